"""What can go wrong with a credential helper."""

from __future__ import annotations

from typing import Any


class StoreError(RuntimeError):
    """A credential helper failed, is missing, or did not answer in time."""


class CredentialsNotFound(StoreError):
    """A credential helper works but holds nothing for the registry."""


class InitializationError(StoreError):
    """A credential helper cannot be used at all."""


def process_store_error(cpe: Any, program: str) -> StoreError:
    """Turn a failed run (a ``CalledProcessError``) into the fitting error."""
    message = cpe.output.decode("utf-8")
    if "credentials not found in native keychain" in message:
        return CredentialsNotFound(f"No matching credentials in {program}")
    return StoreError(f'Credentials store {program} exited with "{message}".')
