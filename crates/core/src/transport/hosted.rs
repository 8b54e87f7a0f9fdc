//! A socket whose readiness a reactor tells.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::net::RecvFlags;
use socket2::{Domain, SockAddr, Socket, Type};

use super::reactor::{Reactor, Watch};

/// A connected stream socket.
pub(crate) struct Hosted {
    // Before the socket: it must not be closed while it is watched.
    watch: Watch,
    socket: Socket,
}

impl Hosted {
    /// Watches a connected, non-blocking socket.
    pub(super) fn new(reactor: &Arc<Reactor>, socket: Socket) -> io::Result<Self> {
        let watch = reactor.watch(socket.as_fd())?;
        Ok(Self { watch, socket })
    }

    /// Connects to a unix socket, which is done at once or not at all.
    pub(super) fn connect(reactor: &Arc<Reactor>, path: impl AsRef<Path>) -> io::Result<Self> {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.connect(&SockAddr::unix(path)?)?;
        Self::new(reactor, socket)
    }

    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The socket, which nobody watches any more.
    pub(crate) fn into_socket(self) -> Socket {
        drop(self.watch);
        self.socket
    }

    pub(super) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.watch.poll_readable(cx).map_ok(drop)
    }

    /// `receive` is given once there is something; it says how much it received, and whether there was room for more.
    fn poll_receive<T>(
        &self,
        cx: &mut Context<'_>,
        mut receive: impl FnMut() -> Result<(T, bool), Errno>,
    ) -> Poll<io::Result<T>> {
        loop {
            let seen = ready!(self.watch.poll_readable(cx))?;
            match receive() {
                Ok((received, had_room)) => {
                    if had_room {
                        self.watch.drained(seen, true);
                    }
                    return Poll::Ready(Ok(received));
                }
                Err(Errno::WOULDBLOCK) => self.watch.drained(seen, false),
                Err(Errno::INTR) => {}
                Err(error) => return Poll::Ready(Err(error.into())),
            }
        }
    }

    /// Reads into `space`; nothing at the end.
    pub(super) fn poll_read(
        &self,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_receive(cx, || {
            let room = space.len();
            let (count, _) = rustix::net::recv(&self.socket, &mut *space, RecvFlags::empty())?;
            Ok((count, count > 0 && count < room))
        })
    }

    /// As `poll_read`, behind what `space` holds.
    pub(super) fn poll_read_into(
        &self,
        cx: &mut Context<'_>,
        space: &mut Vec<u8>,
    ) -> Poll<io::Result<usize>> {
        self.poll_receive(cx, || {
            let room = space.capacity() - space.len();
            let (count, _) =
                rustix::net::recv(&self.socket, spare_capacity(space), RecvFlags::empty())?;
            Ok((count, count > 0 && count < room))
        })
    }

    /// Reads what has arrived without taking it; waits until there is something.
    pub(super) fn poll_peek(
        &self,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_receive(cx, || {
            let (count, _) = rustix::net::recv(&self.socket, &mut *space, RecvFlags::PEEK)?;
            Ok((count, false))
        })
    }

    fn poll_send(
        &self,
        cx: &mut Context<'_>,
        mut send: impl FnMut() -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            match send() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    ready!(self.watch.poll_writable(cx))?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return Poll::Ready(done),
            }
        }
    }

    pub(super) fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_send(cx, || self.socket.send(bytes))
    }

    pub(super) fn poll_write_vectored(
        &self,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, || self.socket.send_vectored(pieces))
    }
}
