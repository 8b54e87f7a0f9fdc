//! One byte stream to an engine, whatever carries it.
//!
//! Sockets of the operating system are shared (`Arc`), so that the two directions, the cancel handle and the idle check need
//! no lock. Named pipes of Windows look the same from here. Other carriers (TLS, ssh) go through `Connection::Other`.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_util::io::poll_read_buf;

use super::SocketControl;
#[cfg(unix)]
use super::hosted::{Host, Hosted};
#[cfg(windows)]
use super::npipe::Pipe;
#[cfg(target_os = "linux")]
use crate::file_part::FilePart;

/// Memory has to be written before a socket may read into it here, so that more room than usually comes at once is no gain.
#[cfg(unix)]
const LARGEST_READ: usize = 64 * 1024;

/// A carrier that is not a socket of the operating system.
pub(crate) trait Carrier: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Carrier for T {}

/// A connection, or one of its two directions: the two directions of a socket share it.
pub(crate) enum Connection {
    #[cfg(unix)]
    Unix(Arc<UnixStream>),
    #[cfg(windows)]
    Npipe(Arc<Pipe>),
    Tcp(Arc<TcpStream>),
    /// A unix or TCP socket that the program's own event loop waits for.
    #[cfg(unix)]
    Hosted(Arc<Hosted>),
    /// With the handle that reaches what is underneath.
    Other(Box<dyn Carrier>, SocketControl),
}

impl Connection {
    /// A socket of this process, non-blocking, that a driver waits for.
    #[cfg(unix)]
    pub(crate) fn hosted(socket: socket2::Socket) -> io::Result<Self> {
        Ok(Self::Hosted(Hosted::new(Host::Driver, socket)?))
    }

    /// A socket of this process, non-blocking, that the runtime waits for.
    #[cfg(unix)]
    pub(crate) fn local(socket: std::os::unix::net::UnixStream) -> io::Result<Self> {
        Ok(Self::Unix(Arc::new(UnixStream::from_std(socket)?)))
    }

    /// A socket of this process, non-blocking, that the runtime waits for.
    #[cfg(windows)]
    pub(crate) fn local(socket: std::net::TcpStream) -> io::Result<Self> {
        Ok(Self::Tcp(Arc::new(TcpStream::from_std(socket)?)))
    }

    /// The two directions.
    pub(crate) fn split(self) -> (Self, Self) {
        match self {
            #[cfg(unix)]
            Self::Unix(socket) => (Self::Unix(Arc::clone(&socket)), Self::Unix(socket)),
            #[cfg(windows)]
            Self::Npipe(pipe) => (Self::Npipe(Arc::clone(&pipe)), Self::Npipe(pipe)),
            Self::Tcp(socket) => (Self::Tcp(Arc::clone(&socket)), Self::Tcp(socket)),
            #[cfg(unix)]
            Self::Hosted(socket) => (Self::Hosted(Arc::clone(&socket)), Self::Hosted(socket)),
            Self::Other(carrier, control) => {
                let (read, write) = tokio::io::split(carrier);
                let read = tokio::io::join(read, tokio::io::empty());
                let write = tokio::io::join(tokio::io::empty(), write);
                (
                    Self::Other(Box::new(read), control.clone()),
                    Self::Other(Box::new(write), control),
                )
            }
        }
    }

    /// A handle that can shut the socket down, and does not keep it open.
    pub(crate) fn control(&self) -> SocketControl {
        match self {
            #[cfg(unix)]
            Self::Unix(socket) => SocketControl::Unix(Arc::downgrade(socket)),
            #[cfg(windows)]
            Self::Npipe(pipe) => SocketControl::Npipe(Arc::downgrade(pipe)),
            Self::Tcp(socket) => SocketControl::Tcp(Arc::downgrade(socket)),
            #[cfg(unix)]
            Self::Hosted(socket) => SocketControl::Hosted(Arc::downgrade(socket)),
            Self::Other(_, control) => control.clone(),
        }
    }

    /// Whether a read is worth making room for. Carriers that cannot tell say yes.
    pub(crate) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            #[cfg(unix)]
            Self::Unix(socket) => socket.poll_read_ready(cx),
            #[cfg(windows)]
            Self::Npipe(pipe) => pipe.poll_readable(cx),
            Self::Tcp(socket) => socket.poll_read_ready(cx),
            #[cfg(unix)]
            Self::Hosted(socket) => socket.poll_readable(cx),
            Self::Other(..) => Poll::Ready(Ok(())),
        }
    }

    /// Reads behind what `space` holds, as far as it has capacity; nothing at the end.
    pub(crate) fn poll_read_into(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut Vec<u8>,
    ) -> Poll<io::Result<usize>> {
        match self {
            #[cfg(unix)]
            Self::Hosted(socket) => socket.poll_read_into(cx, space),
            other => poll_read_buf(Pin::new(other), cx, space),
        }
    }

    /// Sends at most so many bytes of a file, whose caller may wait for a disk, without reading them.
    #[cfg(target_os = "linux")]
    pub(crate) fn poll_send_file(
        &mut self,
        cx: &mut Context<'_>,
        part: &mut FilePart,
        most: u64,
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Hosted(socket) => socket.poll_send_file(cx, part, most),
            // What is sent by a runtime is read by its blocking threads.
            _ => Poll::Ready(Err(io::ErrorKind::Unsupported.into())),
        }
    }

    /// Reads what has arrived without taking it; waits until there is something. `None` when the carrier cannot.
    pub(crate) async fn peek(&mut self, space: &mut [u8]) -> Option<io::Result<usize>> {
        match self {
            #[cfg(unix)]
            Self::Unix(socket) => Some(peek_unix(socket, space).await),
            Self::Tcp(socket) => Some(socket.peek(space).await),
            #[cfg(unix)]
            Self::Hosted(socket) => {
                Some(std::future::poll_fn(|cx| socket.poll_peek(cx, space)).await)
            }
            #[cfg(windows)]
            Self::Npipe(_) => None,
            Self::Other(..) => None,
        }
    }
}

#[cfg(unix)]
async fn peek_unix(socket: &UnixStream, space: &mut [u8]) -> io::Result<usize> {
    use rustix::net::{RecvFlags, recv};
    loop {
        socket.readable().await?;
        let peeked = socket.try_io(tokio::io::Interest::READABLE, || {
            let (found, _) = recv(socket, &mut *space, RecvFlags::PEEK)?;
            Ok(found)
        });
        match peeked {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            other => return other,
        }
    }
}

macro_rules! poll_socket {
    ($socket:expr, $cx:expr, $ready:ident, $try:expr) => {
        loop {
            ready!($socket.$ready($cx))?;
            match $try {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return Poll::Ready(other),
            }
        }
    };
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Unix(socket) => {
                poll_socket!(
                    socket,
                    cx,
                    poll_read_ready,
                    socket.try_read_buf(space).map(drop)
                );
            }
            Self::Tcp(socket) => {
                poll_socket!(
                    socket,
                    cx,
                    poll_read_ready,
                    socket.try_read_buf(space).map(drop)
                );
            }
            #[cfg(unix)]
            Self::Hosted(socket) => {
                // First: the room is filled with zeros before it is read into.
                ready!(socket.poll_readable(cx))?;
                let room = space.remaining().min(LARGEST_READ);
                let read = ready!(socket.poll_read(cx, space.initialize_unfilled_to(room)))?;
                space.advance(read);
                Poll::Ready(Ok(()))
            }
            #[cfg(windows)]
            Self::Npipe(pipe) => pipe.poll_read(cx, space),
            Self::Other(carrier, _) => Pin::new(carrier).poll_read(cx, space),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Unix(socket) => {
                poll_socket!(socket, cx, poll_write_ready, socket.try_write(bytes));
            }
            Self::Tcp(socket) => {
                poll_socket!(socket, cx, poll_write_ready, socket.try_write(bytes));
            }
            #[cfg(unix)]
            Self::Hosted(socket) => socket.poll_write(cx, bytes),
            #[cfg(windows)]
            Self::Npipe(pipe) => pipe.poll_write(cx, bytes),
            Self::Other(carrier, _) => Pin::new(carrier).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Unix(socket) => {
                poll_socket!(
                    socket,
                    cx,
                    poll_write_ready,
                    socket.try_write_vectored(pieces)
                );
            }
            Self::Tcp(socket) => {
                poll_socket!(
                    socket,
                    cx,
                    poll_write_ready,
                    socket.try_write_vectored(pieces)
                );
            }
            #[cfg(unix)]
            Self::Hosted(socket) => socket.poll_write_vectored(cx, pieces),
            #[cfg(windows)]
            Self::Npipe(pipe) => {
                let filled = pieces.iter().find(|piece| !piece.is_empty());
                pipe.poll_write(cx, filled.map_or(&[], |piece| &**piece))
            }
            Self::Other(carrier, _) => Pin::new(carrier).poll_write_vectored(cx, pieces),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            #[cfg(windows)]
            Self::Npipe(_) => false,
            Self::Other(carrier, _) => carrier.is_write_vectored(),
            _ => true,
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            #[cfg(windows)]
            Self::Npipe(pipe) => pipe.poll_flush(cx),
            Self::Other(carrier, _) => Pin::new(carrier).poll_flush(cx),
            _ => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Unix(socket) => Poll::Ready(SockRef::from(&**socket).shutdown(Shutdown::Write)),
            Self::Tcp(socket) => Poll::Ready(SockRef::from(&**socket).shutdown(Shutdown::Write)),
            #[cfg(unix)]
            Self::Hosted(socket) => Poll::Ready(socket.socket().shutdown(Shutdown::Write)),
            #[cfg(windows)]
            Self::Npipe(pipe) => pipe.poll_end(cx),
            Self::Other(carrier, _) => Pin::new(carrier).poll_shutdown(cx),
        }
    }
}
