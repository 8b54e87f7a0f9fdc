"""TLS options of a client: which files, and whether the engine is verified.

The files are named here and read by the native engine; nothing of their
content is kept in Python.
"""

from __future__ import annotations

import os
import warnings
from typing import Any, Optional, Union

from . import errors


class TLSConfig:
    """Certificates and verification for ``tls=`` of a client.

    Args:
        client_cert: Paths ``(certificate, key)`` to show to the engine.
        ca_cert: Path of the CA certificates to verify the engine with.
        verify: True verifies against ``ca_cert`` (or the system's roots
            without one), a path against that file; False and None do not
            verify.
        assert_hostname: The name the engine's certificate must hold; False
            for any name of a certificate that is otherwise good. By default
            it must be for the host of the address.
        key_password: Password of the key, when that is encrypted (PKCS#8).
        ssl_version: Accepted for programs written for docker-py before 7; the
            newest version that both sides know is spoken whatever it says.

    Raises:
        dockline.errors.TLSParameterError: ``client_cert`` is not a pair, or a
            file that is needed does not exist.
    """

    cert: Optional[tuple[str, str]] = None
    ca_cert: Optional[str] = None
    verify: Optional[Union[bool, str]] = None
    assert_hostname: Optional[Union[bool, str]] = None
    key_password: Optional[str] = None

    def __init__(
        self,
        client_cert: Optional[tuple[str, str]] = None,
        ca_cert: Optional[str] = None,
        verify: Optional[Union[bool, str]] = None,
        *,
        assert_hostname: Optional[Union[bool, str]] = None,
        key_password: Optional[str] = None,
        ssl_version: Any = None,
    ) -> None:
        if client_cert:
            self.cert = _checked_pair(client_cert)
        self.verify = verify
        self.ca_cert = ca_cert
        self.set_older_options(ssl_version, assert_hostname)
        self.key_password = key_password
        if verify and ca_cert and not os.path.isfile(ca_cert):
            raise errors.TLSParameterError(
                "Invalid CA certificate provided for `ca_cert`."
            )

    def set_older_options(
        self, ssl_version: Any, assert_hostname: Optional[Union[bool, str]]
    ) -> None:
        """Take what docker-py took before 7; say so where it has no effect."""
        self.assert_hostname = assert_hostname
        if ssl_version is not None:
            warnings.warn(
                "ssl_version has no effect: the newest version of TLS that both "
                "sides know is spoken",
                DeprecationWarning,
                stacklevel=3,
            )

    def configure_client(self, client: Any) -> None:
        """Set ``verify`` and ``cert`` of a session-like client, and of ours the rest."""
        client.verify = self.ca_cert if self.verify and self.ca_cert else self.verify
        if self.cert:
            client.cert = self.cert
        if hasattr(client, "_tls_options"):
            client._tls_options = {
                "assert_hostname": self.assert_hostname,
                "key_password": self.key_password,
            }


def _checked_pair(client_cert: Any) -> tuple[str, str]:
    try:
        certificate, key = client_cert
    except ValueError:
        raise errors.TLSParameterError(
            "client_cert must be a tuple of (client certificate, key file)"
        ) from None
    if not (
        certificate and key and os.path.isfile(certificate) and os.path.isfile(key)
    ):
        raise errors.TLSParameterError(
            "Path to a certificate and key files must be provided"
            " through the client_cert param"
        )
    return (certificate, key)
