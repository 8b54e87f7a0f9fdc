#!/usr/bin/env python3
"""Certificates of every kind a TLS test needs, made once with openssl beside the harness' own.

``certificates.py`` prints the folder. In it, ``<name>.pem`` is a certificate (or chain) and
``<name>-key.pem`` its key. Servers: ``good`` ``rsa`` ``expired`` ``early`` (not valid yet)
``elsewhere`` (another host's name) ``strange`` (signed by an authority nobody trusts) ``chained``
(through an intermediate authority, which the chain holds). Clients: ``client-rsa``
``client-chained`` ``client-strange`` ``client-first`` (version 1 of X.509, without extensions).
``own`` and ``own-leaf`` are servers that have signed themselves, the first of them an authority,
too, as ``openssl req -x509`` makes them unless told otherwise. ``locked*-key.pem`` are keys of ``client`` and
``client-rsa`` with the password ``harbour-42``. All are signed by the authority in
``authority.pem`` but the strange ones, which ``stranger.pem`` signed.
"""

from __future__ import annotations

import fcntl
import shutil
import sys
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parent))

import tls
from layout import BASE
from packages import run

FOLDER = BASE / "certificates"
PASSWORD = "harbour-42"
FIRST, LAST = "20200101000000Z", "20491231235959Z"
PAST, FUTURE = "20210101000000Z", "20480101000000Z"
LOOPBACK = "DNS:localhost,IP:127.0.0.1,IP:::1"
KEY_KINDS = {
    "ec": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
    "rsa": ["-newkey", "rsa:2048"],
    "ed25519": ["-newkey", "ed25519"],
}


def make() -> Path:
    """Make them unless they are there; give the folder."""
    BASE.mkdir(parents=True, exist_ok=True)
    with open(BASE / "certificates.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (FOLDER / "done").exists():
            shutil.rmtree(FOLDER, ignore_errors=True)
            FOLDER.mkdir()
            make_all()
            (FOLDER / "done").write_text("")
        if not (FOLDER / "done-alone").exists():
            make_without_desk()
            (FOLDER / "done-alone").write_text("")
    return FOLDER


def make_all() -> None:
    """The authorities, then everybody they signed."""
    # The authority that the engines of the harness trust: what it signs is good there, too.
    tls.make()
    for mine, theirs in (("authority", "authority"), ("stranger", "stranger")):
        shutil.copy(tls.FOLDER / theirs / "ca.pem", FOLDER / f"{mine}.pem")
        shutil.copy(tls.FOLDER / theirs / "ca-key.pem", FOLDER / f"{mine}-key.pem")
    issue("middle", uses=None)
    for name, kind in (("good", "ec"), ("rsa", "rsa"), ("ed25519", "ed25519")):
        issue(name, kind=kind)
    issue("expired", last=PAST)
    issue("early", first=FUTURE)
    issue("elsewhere", names="DNS:elsewhere.example,IP:192.0.2.1")
    issue("nameless", names="")
    issue("strange", signer="stranger")
    issue("chained", signer="middle")
    issue("serves-nothing", uses="clientAuth")
    for name, kind in (
        ("client", "ec"),
        ("client-rsa", "rsa"),
        ("client-25519", "ed25519"),
    ):
        issue(name, kind=kind, uses="clientAuth")
    issue("client-expired", uses="clientAuth", last=PAST)
    issue("client-strange", signer="stranger", uses="clientAuth")
    issue("client-chained", signer="middle", uses="clientAuth")
    for name in ("chained", "client-chained"):
        chain = [FOLDER / f"{part}.pem" for part in (name, "middle")]
        (FOLDER / f"{name}.pem").write_text("".join(part.read_text() for part in chain))
    for name in ("client", "client-rsa"):
        lock(name)


def make_without_desk() -> None:
    """Those that `openssl ca` does not make."""
    for name, uses in (("own", "CA:TRUE"), ("own-leaf", "CA:FALSE")):
        files = ["-keyout", f"{FOLDER}/{name}-key.pem", "-out", f"{FOLDER}/{name}.pem"]
        words = [*KEY_KINDS["ec"], "-nodes", "-days", "3650", "-subj", f"/CN={name}"]
        added = [f"basicConstraints=critical,{uses}", f"subjectAltName={LOOPBACK}"]
        extensions = [word for line in added for word in ("-addext", line)]
        plain = ["openssl", "req", "-x509", "-config", "/dev/null"]
        run([*plain, *words, *extensions, *files])
    first, key = FOLDER / "client-first.csr", FOLDER / "client-first-key.pem"
    subject = ["-subj", "/CN=client-first", "-keyout", str(key), "-out", str(first)]
    run(["openssl", "req", "-new", *KEY_KINDS["ec"], "-nodes", *subject])
    by = ["-CA", f"{FOLDER}/authority.pem", "-CAkey", f"{FOLDER}/authority-key.pem"]
    out = ["-set_serial", "7", "-days", "3650", "-out", f"{FOLDER}/client-first.pem"]
    run(["openssl", "x509", "-req", "-in", str(first), *by, *out])
    first.unlink()


def issue(
    name: str,
    signer: str = "authority",
    kind: str = "ec",
    uses: str | None = "serverAuth",
    names: str = LOOPBACK,
    first: str = FIRST,
    last: str = LAST,
) -> None:
    """Make a key and a certificate; without ``uses`` it is an authority."""
    request = FOLDER / f"{name}.csr"
    key = FOLDER / f"{name}-key.pem"
    subject = ["-subj", f"/CN={name}", "-keyout", str(key), "-out", str(request)]
    run(["openssl", "req", "-new", *KEY_KINDS[kind], "-nodes", *subject])
    desk = FOLDER / f"{name}.desk"
    desk.mkdir()
    (desk / "index.txt").write_text("")
    (desk / "config").write_text("\n".join(desk_lines(desk, uses, names)) + "\n")
    dates = ["-startdate", first, "-enddate", last]
    files = [
        "-in",
        str(request),
        "-out",
        str(FOLDER / f"{name}.pem"),
        "-outdir",
        str(desk),
    ]
    by = [
        "-cert",
        str(FOLDER / f"{signer}.pem"),
        "-keyfile",
        str(FOLDER / f"{signer}-key.pem"),
    ]
    run(
        ["openssl", "ca", "-batch", "-notext", "-config", str(desk / "config")]
        + [*dates, *by, *files]
    )
    shutil.rmtree(desk)
    request.unlink()


def desk_lines(desk: Path, uses: str | None, names: str) -> List[str]:
    """What `openssl ca` wants to be told."""
    lines = ["[ca]", "default_ca=desk", "[desk]", f"database={desk}/index.txt"]
    lines += ["rand_serial=yes"]
    lines += ["default_md=sha256", "policy=anything", "x509_extensions=extensions"]
    lines += ["unique_subject=no", "[anything]", "commonName=supplied", "[extensions]"]
    lines.append("authorityKeyIdentifier=keyid")
    if uses is None:
        return [
            *lines,
            "basicConstraints=critical,CA:TRUE",
            "keyUsage=keyCertSign,cRLSign",
        ]
    lines += ["basicConstraints=CA:FALSE", f"extendedKeyUsage={uses}"]
    if uses == "serverAuth" and names:
        lines.append(f"subjectAltName={names}")
    return lines


def lock(name: str) -> None:
    """Encrypt a key in each form there is: PKCS#8 as openssl makes it today, and OpenSSL's old own."""
    plain = str(FOLDER / f"{name}-key.pem")
    password = ["-passout", f"pass:{PASSWORD}"]
    modern = str(FOLDER / f"locked-{name}-key.pem")
    run(
        [
            "openssl",
            "pkcs8",
            "-topk8",
            "-v2",
            "aes-256-cbc",
            "-in",
            plain,
            "-out",
            modern,
            *password,
        ]
    )
    old = str(FOLDER / f"old-{name}-key.pem")
    form = ["ec"] if name == "client" else ["rsa", "-traditional"]
    run(["openssl", *form, "-aes128", "-in", plain, "-out", old, *password])
    classic = str(FOLDER / f"classic-{name}-key.pem")
    form = ["ec"] if name == "client" else ["rsa", "-traditional"]
    run(["openssl", *form, "-in", plain, "-out", classic])


if __name__ == "__main__":
    print(make())
