"""Credential helpers: the ``docker-credential-*`` programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._late import late

if TYPE_CHECKING:
    from .constants import (
        DEFAULT_LINUX_STORE,
        DEFAULT_OSX_STORE,
        DEFAULT_WIN32_STORE,
        PROGRAM_PREFIX,
    )
    from .errors import CredentialsNotFound, StoreError
    from .store import Store

__all__ = [
    "DEFAULT_LINUX_STORE",
    "DEFAULT_OSX_STORE",
    "DEFAULT_WIN32_STORE",
    "PROGRAM_PREFIX",
    "CredentialsNotFound",
    "Store",
    "StoreError",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = late(
        __name__,
        {
            ".constants": (
                "DEFAULT_LINUX_STORE",
                "DEFAULT_OSX_STORE",
                "DEFAULT_WIN32_STORE",
                "PROGRAM_PREFIX",
            ),
            ".errors": ("CredentialsNotFound", "StoreError"),
            ".store": ("Store",),
            ".utils": (),
        },
    )
