"""A unix socket that leads to one engine, then to another: an engine upgraded in place. Standard library only."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from contextlib import suppress
from types import TracebackType
from typing import Optional, final


@final
class Switch:
    """Passes bytes to the socket at `target` until `to` names another; a context manager."""

    def __init__(self, target: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="switch-")
        self._target = target
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket(socket.AF_UNIX)
        path = os.path.join(self._folder.name, "engine.sock")
        self._listener.bind(path)
        self._listener.listen()
        #: Where it listens, as ``DOCKER_HOST`` has it.
        self.url = f"unix://{path}"
        threading.Thread(target=self._accept, daemon=True).start()

    def to(self, target: str) -> None:
        """Lead to another engine; connections to the one before are cut, as when it stops."""
        with self._lock:
            self._target = target
            cut, self._open = self._open, set()
        for end in cut:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            with self._lock:
                target = self._target
                self._open |= {near, far}
            far.connect(target)
            serve = threading.Thread(target=self._serve, args=(near, far), daemon=True)
            serve.start()
            self._threads.append(serve)

    def _serve(self, near: socket.socket, far: socket.socket) -> None:
        with near, far:
            back = threading.Thread(target=self._pump, args=(far, near), daemon=True)
            back.start()
            self._pump(near, far)
            back.join()
            with self._lock:
                self._open -= {near, far}

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while True:
                data = source.recv(65536)
                if not data:
                    break
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def __enter__(self) -> Switch:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.to("")
        for thread in self._threads:
            thread.join()
        self._folder.cleanup()
