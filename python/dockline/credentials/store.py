"""One credential helper: a program that keeps secrets for registries.

The helper is run once per question, gets the question on standard input and
must answer within :py:data:`~dockline.credentials.constants.HELPER_TIMEOUT_SECONDS`.
"""

from __future__ import annotations

import errno
import json
import warnings
from typing import Any, Mapping, Optional, Union

from . import constants, errors
from .utils import create_environment_dict


class Store:
    """The helper ``docker-credential-<program>``.

    Args:
        program: Name of the helper without its prefix.
        environment: Variables to set for it.

    A helper that is not installed is warned about here and raises
    :py:class:`~dockline.credentials.StoreError` when it is used.
    """

    def __init__(
        self, program: str, environment: Optional[Mapping[str, str]] = None
    ) -> None:
        """Look for the helper; one that is not installed is warned about."""
        import shutil  # late: most programs need no helper

        self.program = constants.PROGRAM_PREFIX + program
        self.exe = shutil.which(self.program)
        self.environment = environment
        if self.exe is None:
            warnings.warn(self._missing(), stacklevel=1)

    def get(self, server: Union[str, bytes]) -> dict[str, Any]:
        """Ask for the credentials of ``server``: ``Username`` and ``Secret``.

        Raises :py:class:`~dockline.credentials.CredentialsNotFound` when the
        helper has none, StoreError when it fails.
        """
        answer: dict[str, Any] = json.loads(self._execute("get", _encoded(server)))
        if not answer["Username"] and not answer["Secret"]:
            # Some helpers answer with empty strings instead of failing.
            raise errors.CredentialsNotFound(
                f"No matching credentials in {self.program}"
            )
        return answer

    def store(self, server: str, username: str, secret: str) -> bytes:
        """Keep credentials for ``server``. Raises StoreError when it fails."""
        entry = {"ServerURL": server, "Username": username, "Secret": secret}
        return self._execute("store", json.dumps(entry).encode("utf-8"))

    def erase(self, server: Union[str, bytes]) -> None:
        """Forget the credentials of ``server``. Raises StoreError when it fails."""
        self._execute("erase", _encoded(server))

    def list(self) -> dict[str, str]:
        """List the servers that have credentials, each with its user name."""
        answer: dict[str, str] = json.loads(self._execute("list", None))
        return answer

    def _missing(self) -> str:
        return f"{self.program} not installed or not available in PATH"

    def _execute(self, subcmd: str, data_input: Optional[bytes]) -> bytes:
        import subprocess

        if self.exe is None:
            raise errors.StoreError(self._missing())
        limit = constants.HELPER_TIMEOUT_SECONDS
        try:
            return subprocess.check_output(  # noqa: S603 - what the user configured
                [self.exe, subcmd],
                input=data_input,
                env=create_environment_dict(self.environment),
                timeout=limit,
            )
        except subprocess.CalledProcessError as error:
            raise errors.process_store_error(error, self.program) from error
        except subprocess.TimeoutExpired:
            # Not chained: that exception carries what was sent to the helper.
            raise errors.StoreError(
                f"Credentials store {self.program} gave no answer to "
                f'"{subcmd}" within {limit:g} seconds'
            ) from None
        except OSError as error:
            if error.errno == errno.ENOENT:
                raise errors.StoreError(self._missing()) from error
            raise errors.StoreError(
                f'Unexpected OS error "{error.strerror}", errno={error.errno}'
            ) from error


def _encoded(server: Union[str, bytes]) -> bytes:
    return server if isinstance(server, bytes) else server.encode("utf-8")
