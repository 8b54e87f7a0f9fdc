"""TLS for real: dockerd with --tlsverify, and a front that shows every bad certificate there is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable, Optional

import pytest

import dockline
from conftest import RealEngine
from dockline import errors
from dockline.tls import TLSConfig
from transports import PASSWORD, Front, certificates

FOLDER = certificates()


def pem(name: str) -> str:
    """Path of a certificate or key."""
    return str(FOLDER / f"{name}.pem")


def pair(name: str, key: Optional[str] = None) -> tuple[str, str]:
    """A client's certificate and key."""
    return pem(name), pem(key or f"{name}-key")


def settings(client: Optional[str] = "client", **options: Any) -> TLSConfig:
    """What is right, but for `options`."""
    options.setdefault("ca_cert", pem("authority"))
    options.setdefault("verify", True)
    if client:
        options.setdefault("client_cert", pair(client))
    return TLSConfig(**options)


def connect(front: Front, tls: Any, host: str = "127.0.0.1", **options: Any) -> Any:
    """A client that has not asked for anything yet."""
    options.setdefault("version", "1.41")
    options.setdefault("timeout", 20)
    return dockline.APIClient(f"tcp://{host}:{front.port}", tls=tls, **options)


@pytest.fixture(scope="module")
def dockerd(engines: dict[str, RealEngine]) -> Iterator[Front]:
    """The way to the TLS port of a real dockerd --tlsverify."""
    with Front.into(engines["28.5"], "127.0.0.1:2376") as front:
        yield front


@pytest.fixture
def server(newest_engine: RealEngine) -> Iterator[Callable[..., Front]]:
    """Start a TLS server with a certificate of our choice before a real engine."""
    started = []

    def start(name: str, *options: str) -> Front:
        files = ["--cert", pem(name), "--key", pem(f"{name}-key")]
        front = Front(f"unix:{newest_engine.socket}", *files, *options)
        started.append(front)
        return front

    yield start
    for front in started:
        front.close()


def refused(client: Any, kind: str, *words: str) -> errors.DockerException:
    """Ask, and check the error's kind, its sentence, and who can catch it."""
    with pytest.raises(errors.DockerException) as caught:
        client.ping()
    error = caught.value
    assert error.kind == kind, (error.kind, error.summary)
    address = client.base_url.partition("://")[2]
    for word in (address, "(given by the caller)", *words):
        assert word in error.summary, error.summary
        assert word in str(error), str(error)
    assert error.hint
    assert error.hint in str(error)
    return error


def test_dockerd_trusts_and_is_trusted(engine: RealEngine) -> None:
    with Front.into(engine, "127.0.0.1:2376") as front:
        client = dockline.DockerClient(front.url, tls=settings())
        assert client.version()["Version"] == engine.release
        assert client.endpoint.address == f"https://{front.address}"


@pytest.mark.parametrize(
    ("client", "key"),
    [
        ("client", None),
        ("client", "classic-client-key"),
        ("client-rsa", None),
        ("client-rsa", "classic-client-rsa-key"),
        ("client-25519", None),
        ("client-chained", None),
    ],
)
def test_keys_of_every_kind(dockerd: Front, client: str, key: Optional[str]) -> None:
    tls = settings(None, client_cert=pair(client, key))
    assert connect(dockerd, tls).ping()


@pytest.mark.parametrize("client", ["client", "client-rsa"])
def test_a_key_with_a_password(dockerd: Front, client: str) -> None:
    locked = pair(client, f"locked-{client}-key")
    assert connect(dockerd, settings(client_cert=locked, key_password=PASSWORD)).ping()
    for password, words in (("wrong", "does not fit"), (None, "no password was given")):
        tls = settings(client_cert=locked, key_password=password)
        with pytest.raises(errors.TLSError, match=words) as caught:
            connect(dockerd, tls).ping()
        assert "harbour" not in repr(vars(caught.value))
    tls = settings(client_cert=pair(client, f"old-{client}-key"), key_password=PASSWORD)
    with pytest.raises(errors.TLSError, match="openssl pkcs8"):
        connect(dockerd, tls).ping()


def test_no_client_certificate(dockerd: Front) -> None:
    error = refused(
        connect(dockerd, settings(None)),
        "tls_client_certificate",
        "the engine wants a client certificate and none was shown",
    )
    assert "cert.pem and key.pem" in str(error.hint)


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ("client-strange", "an authority signed it that the engine does not trust"),
        ("client-expired", "the engine refused the client's certificate"),
        ("good", "the engine refused the client's certificate"),
    ],
)
def test_a_wrong_client_certificate(
    engine: RealEngine, client: str, words: str
) -> None:
    with Front.into(engine, "127.0.0.1:2376") as front:
        if engine.version == "20.10":
            words = "the engine refused the client's certificate"
        refused(connect(front, settings(client)), "tls_client_certificate", words)


def test_a_key_of_another_certificate(dockerd: Front) -> None:
    tls = settings(client_cert=pair("client", "client-rsa-key"))
    with pytest.raises(errors.TLSError, match="client certificate and its key"):
        connect(dockerd, tls).ping()


BAD_SERVERS = [
    ("expired", "tls_expired", "the engine's certificate has expired"),
    ("early", "tls_expired", "the engine's certificate is not valid yet"),
    ("elsewhere", "tls_wrong_host", "it is for elsewhere.example, 192.0.2.1, not for"),
    ("nameless", "tls_wrong_host", "it holds no name at all"),
    ("strange", "tls_unknown_authority", "an authority that is not trusted here"),
    ("own", "tls_unknown_authority", "is self-signed, and not one that is trusted"),
    ("own-leaf", "tls_unknown_authority", "is self-signed, and not one that is"),
    ("serves-nothing", "tls", "is not one for a server"),
]


@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize(("name", "kind", "words"), BAD_SERVERS)
def test_a_bad_server(
    server: Any, name: str, kind: str, words: str, version: str
) -> None:
    import requests

    client = connect(server(name, "--tls", version), settings())
    error = refused(client, kind, words)
    assert isinstance(error, errors.TLSError)
    assert isinstance(error, requests.exceptions.SSLError)
    assert isinstance(error, requests.exceptions.ConnectionError)
    assert isinstance(error, OSError)


@pytest.mark.parametrize("name", ["good", "rsa", "ed25519", "chained"])
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_servers_of_every_kind(server: Any, name: str, version: str) -> None:
    ca = pem("authority")
    front = server(name, "--tls", version, "--client-ca", ca)
    for host in ("127.0.0.1", "localhost"):
        assert connect(front, settings(), host).ping()
    refused(connect(front, settings(None)), "tls_client_certificate")


def test_a_server_that_speaks_only_old_tls(server: Any) -> None:
    front = server("rsa", "--tls", "1.0")
    refused(connect(front, settings()), "tls", "share no TLS version")


def test_names(server: Any) -> None:
    front = server("elsewhere")
    named = settings(assert_hostname="elsewhere.example")
    assert connect(front, named).ping()
    assert connect(front, settings(assert_hostname=False)).ping()
    # Without the name, the rest is still verified.
    strange = server("strange")
    refused(connect(strange, settings(assert_hostname=False)), "tls_unknown_authority")


@pytest.mark.parametrize("name", ["own", "own-leaf"])
def test_the_certificate_itself_as_authority(server: Any, name: str) -> None:
    """A self-signed certificate that is trusted as it is: OpenSSL takes it, so do we."""
    front = server(name)
    for host in ("127.0.0.1", "localhost"):
        assert connect(front, settings(ca_cert=pem(name)), host).ping()
    elsewhere = settings(ca_cert=pem(name), assert_hostname="elsewhere.example")
    refused(connect(front, elsewhere), "tls_wrong_host", "not for elsewhere.example")
    anywhere = settings(ca_cert=pem(name), assert_hostname=False)
    assert connect(front, anywhere).ping()
    refused(connect(front, settings(ca_cert=pem("strange"))), "tls_unknown_authority")


def test_another_authority(server: Any) -> None:
    assert connect(server("strange"), settings(ca_cert=pem("stranger"))).ping()


def test_certificates_of_the_first_version(server: Any) -> None:
    front = server("good", "--client-ca", pem("authority"))
    assert connect(front, settings("client-first")).ping()
    old = connect(server("client-first"), settings())
    refused(old, "tls", "is of version 1 of X.509")


def test_without_verification(server: Any) -> None:
    client = connect(server("expired"), settings(None, ca_cert=None, verify=False))
    with pytest.warns(UserWarning, match="TLS without verification"):
        assert client.ping()
    assert client.ping()


def test_the_systems_authorities(server: Any) -> None:
    front = server("good")
    refused(connect(front, True), "tls_unknown_authority")
    script = (
        "import sys, dockline; print(dockline.APIClient(sys.argv[1], tls=True).ping())"
    )
    named = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    others = {key: text for key, text in os.environ.items() if key not in named}
    for variable in named:
        done = subprocess.run(
            [sys.executable, "-c", script, front.url],
            env={**others, variable: pem("authority")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == "True\n", done.stderr


def test_http_to_a_tls_port(dockerd: Front) -> None:
    for verb in ("ping", "version", "events"):
        with pytest.raises(errors.DockerException) as caught:
            getattr(connect(dockerd, False), verb)()
        assert caught.value.kind == "wrong_protocol", verb
        assert "that port wants TLS" in str(caught.value)
        assert "(given by the caller)" in str(caught.value)
        assert "DOCKER_TLS_VERIFY" in str(caught.value.hint)
    with pytest.raises(errors.DockerException, match="that port wants TLS"):
        connect(dockerd, False, version=None)


def test_http_to_a_tls_port_of_another_server(server: Any) -> None:
    with pytest.raises(errors.DaemonNotResponding):
        connect(server("good"), False).ping()


def test_tls_to_a_plain_port(newest_engine: RealEngine) -> None:
    with Front(f"unix:{newest_engine.socket}") as front:
        refused(connect(front, settings()), "wrong_protocol", "does not speak TLS")
        front.tell("drop")
        refused(connect(front, settings()), "wrong_protocol", "does not speak TLS")
        front.tell(r"say SSH-2.0-OpenSSH_9.2\r\n")
        refused(connect(front, settings()), "wrong_protocol", "does not speak TLS")


def test_something_that_is_no_engine(newest_engine: RealEngine) -> None:
    with Front(f"unix:{newest_engine.socket}") as front:
        front.tell(r"say SSH-2.0-OpenSSH_9.2\r\n")
        refused(
            connect(front, False), "wrong_protocol", "it answered with ssh", "SSH-2.0"
        )
        page = (
            r"HTTP/1.1 404 Not Found\r\nServer: nginx\r\nContent-Length: 4\r\n\r\nnope"
        )
        front.tell(f"say {page}")
        with pytest.raises(errors.DockerException) as caught:
            connect(front, False, version=None)
        assert caught.value.kind == "wrong_protocol"
        assert "is no Docker engine" in str(caught.value)
        front.tell(r"say +OK POP3 ready\r\n")
        refused(connect(front, False), "protocol", "is not an engine", "+OK POP3")


def test_files_that_cannot_be_used(dockerd: Front, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    with pytest.raises(errors.TLSError, match="no PEM certificate"):
        connect(dockerd, settings(ca_cert=str(empty))).ping()
    with pytest.raises(errors.TLSError, match="key"):
        connect(dockerd, settings(client_cert=(pem("client"), str(empty)))).ping()


def docker_certificates(folder: Path) -> None:
    """What DOCKER_CERT_PATH wants."""
    for name, source in (
        ("ca", "authority"),
        ("cert", "client"),
        ("key", "client-key"),
    ):
        (folder / f"{name}.pem").write_text(Path(pem(source)).read_text())


def test_from_the_environment(dockerd: Front, tmp_path: Path, monkeypatch: Any) -> None:
    docker_certificates(tmp_path)
    monkeypatch.setenv("DOCKER_HOST", dockerd.url)
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    client = dockline.from_env()
    assert client.ping()
    assert str(client.endpoint) == f"https://{dockerd.address} (from DOCKER_HOST)"
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "")
    client = dockline.from_env(version="1.41")
    with pytest.warns(UserWarning, match=r"\(from DOCKER_HOST\).*without verification"):
        assert client.ping()


def test_from_a_context_with_certificates(
    dockerd: Front, newest_engine: RealEngine, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    docker_certificates(tmp_path)
    parts = [
        f"host={dockerd.url}",
        *(f"{n}={tmp_path}/{n}.pem" for n in ("ca", "cert", "key")),
    ]
    command = [newest_engine.facts["docker"], "context"]
    subprocess.run(
        [*command, "create", "harbour", "--docker", ",".join(parts)], check=True
    )
    subprocess.run([*command, "use", "harbour"], check=True)
    client = dockline.from_env()
    assert client.ping()
    assert client.endpoint.rule == 'context "harbour", currentContext of config.json'
    assert dockline.from_context("harbour").endpoint.rule == (
        'context "harbour", given by the caller'
    )
    monkeypatch.setenv("DOCKER_CONTEXT", "harbour")
    assert dockline.from_env().endpoint.rule == 'context "harbour", from DOCKER_CONTEXT'


def test_a_context_that_skips_verification(
    server: Any, newest_engine: RealEngine, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    front = server("expired")
    command = [newest_engine.facts["docker"], "context", "create"]
    for name, skip in (("careless", "true"), ("careful", "false")):
        where = f"host={front.url},ca={pem('authority')},skip-tls-verify={skip}"
        subprocess.run([*command, name, "--docker", where], check=True)
    with pytest.warns(UserWarning, match="without verification"):
        client = dockline.from_context("careless")
    assert client.ping()
    with pytest.raises(errors.TLSError, match="has expired"):
        dockline.from_context("careful").ping()


def test_streams_upgrades_and_reuse(dockerd: Front) -> None:
    before = dockerd.connections
    client = dockline.DockerClient(dockerd.url, tls=settings())
    for _ in range(20):
        client.ping()
    assert dockerd.connections == before + 1
    container = client.containers.run(
        "busybox", ["cat"], detach=True, stdin_open=True, network_mode="none"
    )
    try:
        made = client.api.exec_create(
            container.id, ["sh", "-c", "wc -c; echo done"], stdin=True
        )
        with client.api.exec_start(made["Id"], socket=True) as sock:
            sock._sock.sendall(b"x" * 300_000)
            sock._sock.shutdown(1)
            heard = b""
            while piece := sock._sock.recv(65536):
                heard += piece
        assert b"300000\n" in heard
        assert b"done\n" in heard
    finally:
        container.remove(force=True)
    client.close()
