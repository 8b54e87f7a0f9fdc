"""A certificate authority for the engines' TLS listeners, made once with openssl.

``good`` holds what a client needs (the names that DOCKER_CERT_PATH wants); the other folders hold
clients that an engine or a client must turn away, each bad in one way only.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Dict, List

from layout import BASE
from packages import run
from processes import lock

FOLDER = BASE / "tls"
SERVER = FOLDER / "server"


def make() -> Dict[str, str]:
    """Make the authority, the server's and the clients' certificates; name the client folders."""
    # Engines that start and tests that want certificates of other kinds may come at once.
    with lock("tls"):
        make_once()
    names = ("good", "expired", "unknown-client", "unknown-authority")
    return {name: str(FOLDER / name) for name in names}


def make_once() -> None:
    """Make all of them unless they are there."""
    if (FOLDER / "done").exists():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    authority(FOLDER / "authority", "dockline harness")
    authority(FOLDER / "stranger", "dockline stranger")
    issue(SERVER, "authority", "server", "serverAuth", days=3650)
    issue(FOLDER / "good", "authority", "client", "clientAuth", days=3650)
    issue(FOLDER / "expired", "authority", "client", "clientAuth", days=-1)
    issue(FOLDER / "unknown-client", "stranger", "client", "clientAuth", days=3650)
    shutil.copy(FOLDER / "authority/ca.pem", FOLDER / "unknown-client/ca.pem")
    issue(FOLDER / "unknown-authority", "authority", "client", "clientAuth", days=3650)
    shutil.copy(FOLDER / "stranger/ca.pem", FOLDER / "unknown-authority/ca.pem")
    (FOLDER / "done").write_text("")


def openssl(*words: str) -> None:
    """Run openssl."""
    run(["openssl", *words])


def authority(folder: Path, name: str) -> None:
    """Make a self-signed authority."""
    folder.mkdir(parents=True)
    options = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "3650",
    ]
    files = ["-keyout", str(folder / "ca-key.pem"), "-out", str(folder / "ca.pem")]
    uses = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    openssl("req", "-x509", *options, "-subj", f"/CN={name}", *uses, *files)


def issue(folder: Path, signer: str, name: str, use: str, days: int) -> None:
    """Make a key and a certificate of it; a negative number of days makes one that has ended."""
    folder.mkdir(parents=True)
    issuer = FOLDER / signer
    request, key, certificate = (
        folder / "request.pem",
        folder / "key.pem",
        folder / "cert.pem",
    )
    options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(
        "req",
        "-new",
        *options,
        "-subj",
        f"/CN={name}",
        "-keyout",
        str(key),
        "-out",
        str(request),
    )
    extensions = folder / "extensions"
    extensions.write_text(extension_lines(use))
    signing: List[str] = [
        "-CA",
        str(issuer / "ca.pem"),
        "-CAkey",
        str(issuer / "ca-key.pem"),
        "-CAcreateserial",
    ]
    ending = ["-days", str(days)]
    openssl(
        "x509",
        "-req",
        *signing,
        *ending,
        "-in",
        str(request),
        "-extfile",
        str(extensions),
        "-out",
        str(certificate),
    )
    shutil.copy(issuer / "ca.pem", folder / "ca.pem")
    request.unlink()
    extensions.unlink()


def extension_lines(use: str) -> str:
    """The extensions of a certificate; a server's names are those of loopback."""
    lines = ["basicConstraints=CA:FALSE", f"extendedKeyUsage={use}"]
    if use == "serverAuth":
        lines.append("subjectAltName=DNS:localhost,IP:127.0.0.1")
    return "\n".join(lines) + "\n"
