#!/usr/bin/env python3
"""A listener of our own before an engine: a forwarder, a TLS front, a fault-injecting proxy.

``front.py --to unix:/run/docker.sock`` prints the port it listens on and passes bytes both ways
until its standard input ends. ``--netns`` makes the outgoing connections in an engine's network
namespace, while the port stays outside; ``--cert``/``--key`` make it speak TLS. Faults are named
by lines on standard input and hold for connections made after them; each line is answered ``ok``:

    none              pass everything
    drop              accept, then close at once
    reset             accept, then reset at once
    silent            accept, and never answer
    say TEXT          answer with TEXT (escapes as in Python) whatever is asked, then close
    cut N             close after N bytes of answers
    cut-reset N       reset after N bytes of answers
    stall N           pass N bytes of answers, then nothing more, and stay open
    drip MS           pass answers one byte at a time, MS milliseconds apart
    count             answered with the number of connections so far instead of ``ok``
"""

from __future__ import annotations

import argparse
import asyncio
import codecs
import contextlib
import ctypes
import os
import socket
import ssl
import struct
import sys
from typing import Any, Callable, List, Optional, Tuple, cast

PIECE = 64 * 1024
CLONE_NEWNET = 0x40000000


class Secure:
    """Server-side TLS over a pair of streams. asyncio's own sends no alert when a handshake fails."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        context: ssl.SSLContext,
    ) -> None:
        """Speak TLS through the two."""
        self.reader, self.writer = reader, writer
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)

    async def step(self, act: Callable[[], Any]) -> Any:
        """Do one thing, feeding what it wants and sending what it has to say, also when it fails."""
        while True:
            try:
                done = act()
            except ssl.SSLWantReadError:
                await self.drain()
                piece = await self.reader.read(PIECE)
                if piece:
                    self.incoming.write(piece)
                else:
                    self.incoming.write_eof()
            except ssl.SSLError:
                await self.drain()
                raise
            else:
                return done

    async def handshake(self) -> None:
        """Shake hands; a client that is not welcome is told why."""
        await self.step(self.tls.do_handshake)
        await self.drain()

    async def read(self, size: int) -> bytes:
        """Read what there is; nothing at the end."""
        try:
            return cast("bytes", await self.step(lambda: self.tls.read(size)))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    def write(self, data: bytes) -> None:
        """Encrypt; `drain` sends."""
        self.tls.write(data)

    async def drain(self) -> None:
        """Send what is encrypted."""
        self.writer.write(self.outgoing.read())
        await self.writer.drain()

    def can_write_eof(self) -> bool:
        """TLS has an end of its own."""
        return True

    def write_eof(self) -> None:
        """Say that nothing more comes."""
        with contextlib.suppress(ssl.SSLError):
            self.tls.unwrap()
        self.writer.write(self.outgoing.read())

    def get_extra_info(self, name: str) -> Any:
        """As the stream below."""
        return self.writer.get_extra_info(name)

    @property
    def transport(self) -> Any:
        """As the stream below."""
        return self.writer.transport


class Front:
    """Accepts connections and passes them on, as the present fault allows."""

    def __init__(self, target: str) -> None:
        """Pass connections on to ``unix:PATH`` or ``HOST:PORT``."""
        self.target = target
        self.context: Optional[ssl.SSLContext] = None
        self.fault: List[str] = ["none"]
        self.connections = 0

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        self.connections += 1
        try:
            if self.context is None:
                await self.play(reader, writer, *self.fault)
            else:
                secure = Secure(reader, writer, self.context)
                await secure.handshake()
                await self.play(secure, secure, *self.fault)
        except OSError:
            pass
        finally:
            writer.close()

    async def play(
        self,
        reader: Any,
        writer: Any,
        fault: str,
        value: str = "",
    ) -> None:
        """One connection with one fault."""
        if fault == "drop":
            return
        if fault == "reset":
            abort(writer)
            return
        if fault == "silent":
            await wait_for_end(reader)
            return
        if fault == "say":
            await reader.read(PIECE)
            writer.write(codecs.decode(value, "unicode_escape").encode("latin-1"))
            await writer.drain()
            return
        up = await self.open()
        asking = asyncio.ensure_future(copy(reader, up[1]))
        try:
            await self.limited(up[0], asking, writer, fault, value)
        finally:
            asking.cancel()
            up[1].close()

    async def open(self) -> Tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the engine."""
        if self.target.startswith("unix:"):
            return await asyncio.open_unix_connection(self.target[len("unix:") :])
        host, _, port = self.target.rpartition(":")
        return await asyncio.open_connection(host, int(port))

    @staticmethod
    async def limited(
        answers: Any,
        asking: asyncio.Future[None],
        writer: Any,
        fault: str,
        value: str,
    ) -> None:
        """Pass answers on until they end or the fault says so."""
        if fault == "none":
            await copy(answers, writer)
            return
        amount = int(value)
        left = amount
        while True:
            size = 1 if fault == "drip" else min(PIECE, left)
            piece = await answers.read(size) if size else b""
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
            left -= len(piece)
            if fault == "drip":
                await asyncio.sleep(amount / 1000)
                left = amount
        if fault == "cut-reset":
            abort(writer)
        elif fault == "stall":
            await asking


async def copy(reader: Any, writer: Any) -> None:
    """Pass bytes on, and their end."""
    while True:
        piece = await reader.read(PIECE)
        if not piece:
            break
        writer.write(piece)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def wait_for_end(reader: Any) -> None:
    """Read and forget until the other side is gone."""
    while await reader.read(PIECE):
        pass


def abort(writer: Any) -> None:
    """Close with a reset."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def enter(namespace: str) -> None:
    """Make sockets in another network namespace from here on; those that are open stay where they are."""
    library = ctypes.CDLL(None, use_errno=True)
    with open(namespace, "rb") as file:
        if library.setns(file.fileno(), CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), namespace)


def tls_context(options: argparse.Namespace) -> Optional[ssl.SSLContext]:
    """How to speak TLS; None to speak in the clear."""
    if not options.cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    if options.client_ca:
        context.load_verify_locations(options.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    if options.tls == "1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    elif options.tls == "1.3":
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    elif options.tls == "1.0":
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    return context


async def commands(front: Front) -> None:
    """Obey standard input until it ends."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while True:
        line = (await reader.readline()).decode()
        if not line:
            return
        words = line.strip().split(" ", 1)
        if words == ["count"]:
            print(front.connections, flush=True)
            continue
        front.fault = words
        print("ok", flush=True)


async def main() -> None:
    """Listen, say where, and serve until standard input ends."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", required=True, metavar="unix:PATH|HOST:PORT")
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT")
    parser.add_argument("--netns", metavar="FILE")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--client-ca")
    parser.add_argument("--tls", choices=("1.0", "1.2", "1.3"))
    options = parser.parse_args()
    host, _, port = options.listen.rpartition(":")
    listener = socket.create_server((host, int(port)))
    if options.netns:
        enter(options.netns)
    front = Front(options.to)
    front.context = tls_context(options)
    await asyncio.start_server(front.serve, sock=listener)
    print(listener.getsockname()[1], flush=True)
    await commands(front)
    # Connections that are still open end with the process, without complaints of their tasks.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
