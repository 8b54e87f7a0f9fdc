"""`install_as_docker`, `python -m dockline`, a light import, adapters on demand."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from fake import FakeEngine


def run(*arguments, code=None, check=True):
    """Run an interpreter of its own; warnings are errors in it."""
    command = [sys.executable, "-W", "error", *arguments]
    if code is not None:
        command += ["-c", textwrap.dedent(code)]
    return subprocess.run(command, check=check, capture_output=True, text=True)


def test_every_docker_module_is_the_same_object():
    run(
        code="""
        import dockline
        dockline.install_as_docker()
        dockline.install_as_docker()
        import docker, docker.api.client, docker.models.containers, docker.utils.socket
        from docker.errors import NotFound
        from docker.types import Mount
        import dockline.api.client, dockline.errors
        assert docker is dockline
        assert docker.api.client is dockline.api.client
        assert docker.api.client.__spec__.name == "dockline.api.client"
        assert NotFound is dockline.errors.NotFound
        from unittest import mock
        with mock.patch("docker.api.client.APIClient.get") as get:
            assert dockline.APIClient.get is get
        try:
            import docker.nonsense
        except ModuleNotFoundError as error:
            assert error.name == "docker.nonsense"
        else:
            raise AssertionError
        """
    )


def test_the_metadata_tells_which_release():
    done = run(
        code="""
        import dockline
        dockline.install_as_docker()
        from importlib.metadata import version
        import docker
        print(version("docker"), docker.__version__)
        """
    )
    assert done.stdout == "7.2.0 7.2.0\n"


def test_too_late_is_said():
    done = run(
        code="""
        import sys, types
        sys.modules["docker"] = types.ModuleType("docker")
        import dockline
        try:
            dockline.install_as_docker()
        except ImportError as error:
            print(error)
        """
    )
    assert "before install_as_docker" in done.stdout


def test_running_a_program(tmp_path):
    (tmp_path / "beside.py").write_text("VALUE = 7\n")
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, docker, beside\n"
        "print(__name__, sys.argv, beside.VALUE, docker.from_env.__module__)\n"
    )
    done = run("-m", "dockline", str(script), "--flag", "x")
    assert done.stdout == f"__main__ {[str(script), '--flag', 'x']} 7 dockline.client\n"
    done = run(
        "-m",
        "dockline",
        "-c",
        "import docker, sys; print(docker.__name__, sys.argv)",
        "a",
    )
    assert done.stdout == "dockline ['-c', 'a']\n"
    done = run("-m", "dockline", "-m", "timeit", "-n1", "-r1", "import docker")
    assert "loop" in done.stdout
    assert run("-m", "dockline", check=False).returncode == 1


def test_a_program_sets_its_own_exit_status():
    assert (
        run("-m", "dockline", "-c", "raise SystemExit(5)", check=False).returncode == 5
    )


def test_importing_loads_next_to_nothing():
    done = run(
        code="""
        import sys
        before = set(sys.modules)
        import dockline
        print(*sorted(name for name in set(sys.modules) - before if not name.startswith("dockline")))
        """
    )
    heavy = {"asyncio", "http.client", "email", "requests", "urllib3", "ssl", "json"}
    assert not heavy & set(done.stdout.split())


def test_a_client_needs_no_third_party_package():
    run(
        code="""
        import sys
        import dockline.client, dockline.aio.client
        paths = [getattr(m, "__file__", None) or "" for m in list(sys.modules.values())]
        foreign = [p for p in paths if "site-packages" in p and "dockline" not in p and ".pth" not in p
                   and "distutils" not in p and "sitecustomize" not in p]
        assert not foreign, foreign
        """
    )


def test_adapters_are_requests_adapters():
    run(
        code="""
        import dockline.transport, sys
        assert "requests" not in sys.modules
        from dockline.transport import UnixHTTPAdapter
        import requests
        assert issubclass(UnixHTTPAdapter, requests.adapters.HTTPAdapter)
        adapter = UnixHTTPAdapter("http+unix:///var/run/docker.sock")
        assert adapter.socket_path == "/var/run/docker.sock"
        from dockline.transport.unixconn import UnixHTTPAdapter as same
        assert same is UnixHTTPAdapter
        try:
            import paramiko
        except ImportError:
            assert not hasattr(dockline.transport, "SSHHTTPAdapter")
        """
    )


def test_a_session_of_requests_over_the_adapter():
    requests = pytest.importorskip("requests")
    from dockline.transport import UnixHTTPAdapter

    with FakeEngine({"default": {"status": 200, "body": {"json": {"a": 1}}}}) as fake:
        with requests.Session() as session:
            session.mount("http+docker://", UnixHTTPAdapter(fake.url[len("unix://") :]))
            response = session.post("http+docker://localhost/x?a=b", json={"k": 1})
            assert isinstance(response, requests.Response)
            assert response.json() == {"a": 1}
            assert fake.requests()[-1]["body"] == b'{"k": 1}'
            streamed = session.get("http+docker://localhost/x", stream=True)
            assert list(streamed.iter_content(4)) == [b'{"a"', b":1}"]


def test_connections_of_urllib3_to_a_unix_socket():
    pytest.importorskip("urllib3")
    from dockline.transport.unixconn import UnixHTTPConnectionPool

    with FakeEngine({"default": {"status": 200, "body": {"json": {"a": 1}}}}) as fake:
        path = fake.url[len("unix://") :]
        pool = UnixHTTPConnectionPool("http+unix://engine", path, maxsize=1)
        assert pool.urlopen("GET", "/x").json() == {"a": 1}
        pool.close()
