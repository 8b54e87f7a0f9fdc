"""dockerpty: a container's terminal, and that of an exec, inside a terminal of ours."""

from __future__ import annotations

import os
import pty
import signal
import struct
import termios
from fcntl import ioctl

import docker
import dockerpty


class Terminal:
    """A child process in a pseudo-terminal of its own, and what it wrote."""

    def __init__(self, child):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                child()
            except BaseException as error:
                print(f"failed: {error!r}", flush=True)
                os._exit(1)
            os._exit(0)
        self.seen = b""

    def type(self, text):
        os.write(self.fd, text.encode())

    def expect(self, text):
        while text.encode() not in self.seen:
            self.seen += self._read() or self._missing(text)
        self.seen = self.seen.split(text.encode(), 1)[1]

    def resize(self, rows, columns):
        ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def end(self):
        while True:
            more = self._read()
            if not more:
                break
            self.seen += more
        os.close(self.fd)
        assert os.waitpid(self.pid, 0)[1] == 0, self.seen

    def _read(self):
        try:
            return os.read(self.fd, 4096)
        except OSError:
            return b""

    def _missing(self, text):
        raise AssertionError(f"no {text!r} in {self.seen!r}")


def talk(terminal):
    # What is typed before the shell took over the terminal is thrown away by it.
    terminal.expect("/ # ")
    terminal.type("stty size; echo a$((40+2))b\n")
    terminal.expect("a42b")
    terminal.resize(33, 111)
    # The size is set by a request of its own.
    terminal.type(
        'until stty size | grep "33 111"; do sleep 0.05; done; echo s$((1))s\n'
    )
    terminal.expect("33 111")
    terminal.expect("s1s")
    terminal.type("exit\n")
    terminal.end()


def main():
    assert docker.__name__ == "dockline", docker.__file__
    api = docker.APIClient(version="auto", **docker.utils.kwargs_from_env())
    shell = api.create_container("busybox:latest", "sh", tty=True, stdin_open=True)
    try:
        talk(Terminal(lambda: dockerpty.start(api, shell, logs=0)))
        assert api.wait(shell)["StatusCode"] == 0
        api.start(shell)
        talk(Terminal(lambda: dockerpty.exec_command(api, shell["Id"], "sh")))
        # Without a terminal there are frames to take apart.
        words = ["sh", "-c", "echo out; echo err >&2"]
        once = Terminal(
            lambda: dockerpty.exec_command(api, shell["Id"], words, interactive=False)
        )
        once.end()
        assert sorted(once.seen.split()) == [b"err", b"out"], once.seen
    finally:
        api.remove_container(shell, force=True)
    print("done")


if __name__ == "__main__":
    main()
