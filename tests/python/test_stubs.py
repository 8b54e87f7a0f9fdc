"""The stubs that type checkers use for docker-py (types-docker) fit dockline as well as they fit docker-py.

`mypy.stubtest` compares the same stubs with both; what it says of dockline and not of docker-py is listed here.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from programs.environments import environment

MORE = "stub does not have parameter"

#: Said of dockline only.
ALLOWED = {
    # Keyword-only arguments that docker-py does not have.
    f'docker.api.client.APIClient.__init__ is inconsistent, {MORE} "on_version_mismatch"',
    f'docker.api.client.APIClient.__init__ is inconsistent, {MORE} "retry"',
    f'docker.api.container.ContainerApiMixin.attach is inconsistent, {MORE} "batches"',
    f'docker.api.container.ContainerApiMixin.logs is inconsistent, {MORE} "batches"',
    f'docker.api.container.ContainerApiMixin.logs is inconsistent, {MORE} "demux"',
    f'docker.api.container.ContainerApiMixin.logs is inconsistent, {MORE} "lines"',
    f'docker.api.exec_api.ExecApiMixin.exec_start is inconsistent, {MORE} "batches"',
    f'docker.tls.TLSConfig.__init__ is inconsistent, {MORE} "assert_hostname"',
    f'docker.tls.TLSConfig.__init__ is inconsistent, {MORE} "key_password"',
    f'docker.tls.TLSConfig.__init__ is inconsistent, {MORE} "ssl_version"',
    # docker-py has these two modules on Windows, and `sshconn` with paramiko, only: here, none of the three
    # can be imported. dockline has their adapters, and none of what stands below them.
    "docker.transport.npipeconn.NpipeHTTPConnection is not present at runtime",
    "docker.transport.npipeconn.NpipeHTTPConnectionPool is not present at runtime",
    "docker.transport.npipeconn.RecentlyUsedContainer is not present at runtime",
    "docker.transport.sshconn.RecentlyUsedContainer is not present at runtime",
    "docker.transport.sshconn.SSHConnection is not present at runtime",
    "docker.transport.sshconn.SSHConnectionPool is not present at runtime",
    "docker.transport.sshconn.SSHSocket is not present at runtime",
}


def test_stubs_fit_dockline_as_they_fit_docker_py(tmp_path):
    settings = tmp_path / "mypy.ini"
    settings.write_text("[mypy]\nignore_missing_imports = True\n")
    theirs, ours = start(settings, []), start(settings, ["-m", "dockline"])
    theirs, ours = complaints(theirs), complaints(ours)
    assert ours - theirs == ALLOWED


def start(settings, before):
    return subprocess.Popen(
        [
            *(str(environment("stubtest")), *before, "-m", "mypy.stubtest", "docker"),
            *("--concise", "--ignore-missing-stub"),
            *("--mypy-config-file", str(settings)),
        ],
        cwd=settings.parent,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def complaints(run):
    said, _ = run.communicate(timeout=300)
    lines = {line.partition(". Maybe ")[0] for line in said.splitlines()}
    assert all(line.startswith("docker.") for line in lines), said
    # docker-py's own differences show that it was compared at all.
    assert "docker._types failed to import" in lines, said
    return lines


def test_the_package_says_that_it_is_typed():
    import dockline

    assert (Path(dockline.__file__).parent / "py.typed").exists()
