//! A socket whose readiness somebody else than the runtime tells: a reactor, or whoever polls.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags, sendmsg};
use socket2::{Domain, SockAddr, Socket, Type};

use super::Sockets;
use super::reactor::{Reactor, Watch};
use crate::drive::{self, Wanted};
#[cfg(target_os = "linux")]
use crate::file_part::FilePart;

/// A closed socket must not end a program that does not ignore `SIGPIPE`.
#[cfg(not(target_vendor = "apple"))]
const NO_SIGNAL: SendFlags = SendFlags::NOSIGNAL;
/// Here sockets are made so that they raise none.
#[cfg(target_vendor = "apple")]
const NO_SIGNAL: SendFlags = SendFlags::empty();

/// Who tells.
#[derive(Clone, Copy)]
pub(crate) enum Host<'a> {
    Reactor(&'a Arc<Reactor>),
    Driver,
}

impl Sockets {
    /// None when the runtime tells.
    pub(super) fn host(&self) -> Option<Host<'_>> {
        match self {
            Self::Runtime => None,
            Self::Reactor(reactor) => Some(Host::Reactor(reactor)),
            Self::Driver => Some(Host::Driver),
        }
    }
}

/// By whom a socket is told.
enum Told {
    Reactor(Watch),
    /// The driver, once it was asked. The flag says that there was nothing to read, so that it must be.
    Driver(AtomicBool),
}

/// A stream socket.
pub(crate) struct Hosted {
    // Before the socket: it must not be closed while it is watched.
    told: Told,
    socket: Socket,
}

impl AsFd for Hosted {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Hosted {
    /// A non-blocking socket that is connected, or being connected.
    pub(crate) fn new(host: Host<'_>, socket: Socket) -> io::Result<Arc<Self>> {
        let told = match host {
            Host::Reactor(reactor) => Told::Reactor(reactor.watch(socket.as_fd())?),
            Host::Driver => Told::Driver(AtomicBool::new(false)),
        };
        Ok(Arc::new(Self { told, socket }))
    }

    /// Connects to a unix socket, which is done at once or not at all.
    pub(super) fn connect_unix(host: Host<'_>, path: &Path) -> io::Result<Arc<Self>> {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.connect(&SockAddr::unix(path)?)?;
        Self::new(host, socket)
    }

    /// Connects to an address.
    pub(super) async fn connect_tcp(host: Host<'_>, address: SocketAddr) -> io::Result<Arc<Self>> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        match socket.connect(&address.into()) {
            Err(error) if Errno::from_io_error(&error) != Some(Errno::INPROGRESS) => {
                return Err(error);
            }
            _ => {}
        }
        let hosted = Self::new(host, socket)?;
        poll_fn(|cx| hosted.poll_connected(cx)).await?;
        Ok(hosted)
    }

    fn poll_connected(self: &Arc<Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if let Some(error) = self.socket.take_error()? {
                return Poll::Ready(Err(error));
            }
            match self.socket.peer_addr() {
                Ok(_) => return Poll::Ready(Ok(())),
                Err(error) if Errno::from_io_error(&error) == Some(Errno::NOTCONN) => {
                    ready!(self.poll_writable(cx))?;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The socket, which nobody watches any more.
    pub(crate) fn into_socket(self) -> Socket {
        drop(self.told);
        self.socket
    }

    /// Whether only a driver can wait for it.
    pub(crate) fn needs_driver(&self) -> bool {
        matches!(self.told, Told::Driver(_))
    }

    /// Waits until reading is worth an attempt; gives what `drained` wants to know.
    fn poll_ready(self: &Arc<Self>, cx: &mut Context<'_>) -> Poll<io::Result<u32>> {
        match &self.told {
            Told::Reactor(watch) => watch.poll_readable(cx),
            Told::Driver(is_drained) if is_drained.load(Ordering::Relaxed) => {
                drive::name(self, Wanted::Reading, cx)?;
                Poll::Pending
            }
            Told::Driver(_) => Poll::Ready(Ok(0)),
        }
    }

    /// There is probably nothing left to read.
    fn drained(&self, seen: u32, is_short_read: bool) {
        match &self.told {
            Told::Reactor(watch) => watch.drained(seen, is_short_read),
            // A driver finds what is there, whatever was thought.
            Told::Driver(is_drained) => is_drained.store(true, Ordering::Relaxed),
        }
    }

    /// The driver has found something to read.
    pub(crate) fn found_readable(&self) {
        if let Told::Driver(is_drained) = &self.told {
            is_drained.store(false, Ordering::Relaxed);
        }
    }

    pub(super) fn poll_readable(self: &Arc<Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_ready(cx).map_ok(drop)
    }

    /// Waits until writing is worth another attempt, after one that would have blocked; or until a connection is made, or not.
    fn poll_writable(self: &Arc<Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &self.told {
            Told::Reactor(watch) => watch.poll_writable(cx),
            Told::Driver(_) => {
                drive::name(self, Wanted::Writing, cx)?;
                Poll::Pending
            }
        }
    }

    /// `receive` is given once there is something; it says how much it received, and whether there was room for more.
    fn poll_receive<T>(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        mut receive: impl FnMut() -> Result<(T, bool), Errno>,
    ) -> Poll<io::Result<T>> {
        loop {
            let seen = ready!(self.poll_ready(cx))?;
            match receive() {
                Ok((received, had_room)) => {
                    if had_room {
                        self.drained(seen, true);
                    }
                    return Poll::Ready(Ok(received));
                }
                Err(Errno::WOULDBLOCK) => self.drained(seen, false),
                Err(Errno::INTR) => {}
                Err(error) => return Poll::Ready(Err(error.into())),
            }
        }
    }

    /// Reads into `space`; nothing at the end.
    pub(super) fn poll_read(
        self: &Arc<Self>,
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
        self: &Arc<Self>,
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
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_receive(cx, || {
            let (count, _) = rustix::net::recv(&self.socket, &mut *space, RecvFlags::PEEK)?;
            Ok((count, false))
        })
    }

    fn poll_send(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        mut send: impl FnMut() -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            match send() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    ready!(self.poll_writable(cx))?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => {
                    if let Told::Driver(is_drained) = &self.told {
                        // An answer is not there at once.
                        is_drained.store(true, Ordering::Relaxed);
                    }
                    return Poll::Ready(done);
                }
            }
        }
    }

    pub(super) fn poll_write(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, || {
            Ok(rustix::net::send(&self.socket, bytes, NO_SIGNAL)?)
        })
    }

    /// Sends at most so many bytes of a file.
    #[cfg(target_os = "linux")]
    pub(super) fn poll_send_file(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        part: &mut FilePart,
        most: u64,
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, || part.send_to(&self.socket, most))
    }

    pub(super) fn poll_write_vectored(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, || {
            let mut nothing = SendAncillaryBuffer::default();
            Ok(sendmsg(&self.socket, pieces, &mut nothing, NO_SIGNAL)?)
        })
    }
}
