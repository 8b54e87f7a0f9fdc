//! A real socket of the operating system for the rest of an upgraded connection, with no byte lost.

use std::future::Future;
use std::io;
#[cfg(windows)]
use std::net::TcpStream as StdStream;
#[cfg(unix)]
use std::os::unix::net::UnixStream as StdStream;
#[cfg(unix)]
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use socket2::{SockRef, Socket};

use super::cancel::Cancel;
#[cfg(unix)]
use crate::drive::drive;
use crate::error::{Error, ErrorKind};
use crate::transport::Connection;

/// A socket of the operating system that carries the rest of an upgraded connection.
#[derive(Debug)]
pub struct OwnedSocket {
    /// The descriptor, in blocking mode.
    #[cfg(unix)]
    pub fd: std::os::fd::OwnedFd,
    /// The socket, in blocking mode.
    #[cfg(windows)]
    pub socket: std::os::windows::io::OwnedSocket,
}

impl OwnedSocket {
    fn new(socket: Socket) -> Result<Self, Error> {
        socket.set_nonblocking(false).map_err(refused)?;
        Ok(Self {
            #[cfg(unix)]
            fd: socket.into(),
            #[cfg(windows)]
            socket: socket.into(),
        })
    }
}

/// The socket itself where nothing was read ahead; otherwise one end of a pair that a task pumps.
pub(super) fn hand_over(
    rest: Bytes,
    read: Connection,
    write: Connection,
    cancel: Cancel,
) -> Result<OwnedSocket, Error> {
    match (rest.is_empty(), read, write) {
        #[cfg(unix)]
        (true, Connection::Unix(socket), Connection::Unix(other)) => {
            drop(other);
            unshared(socket, |socket| Ok(socket.into_std()?.into()))
        }
        (true, Connection::Tcp(socket), Connection::Tcp(other)) => {
            drop(other);
            unshared(socket, |socket| Ok(socket.into_std()?.into()))
        }
        #[cfg(unix)]
        (true, Connection::Hosted(socket), Connection::Hosted(other)) => {
            drop(other);
            unshared(socket, |socket| Ok(socket.into_socket()))
        }
        (_, read, write) => pumped(rest, read, write, cancel),
    }
}

/// The socket, or another handle of it while somebody else holds it.
fn unshared<T>(
    socket: Arc<T>,
    own: impl FnOnce(T) -> io::Result<Socket>,
) -> Result<OwnedSocket, Error>
where
    for<'a> SockRef<'a>: From<&'a T>,
{
    let plain = match Arc::try_unwrap(socket) {
        Ok(socket) => own(socket),
        Err(shared) => SockRef::from(&*shared).try_clone(),
    };
    OwnedSocket::new(plain.map_err(refused)?)
}

fn pumped(
    rest: Bytes,
    read: Connection,
    write: Connection,
    cancel: Cancel,
) -> Result<OwnedSocket, Error> {
    let (theirs, ours) = pair().map_err(refused)?;
    let theirs = OwnedSocket::new(theirs.into())?;
    ours.set_nonblocking(true).map_err(refused)?;
    #[cfg(unix)]
    if read.control().needs_driver() {
        let ours = Connection::hosted(ours.into()).map_err(refused)?;
        let pumping = pump_until(cancel, pump(rest, read, write, ours));
        std::thread::Builder::new()
            .name("dockline".to_owned())
            .spawn(move || {
                drive::<_, io::Error>(&Arc::default(), pin!(pumping), None, None, || Ok(()))
            })
            .map_err(refused)?;
        return Ok(theirs);
    }
    let runtime = tokio::runtime::Handle::try_current().map_err(|_| {
        Error::new(
            ErrorKind::Unsupported,
            "a pumped socket needs a running tokio runtime",
        )
    })?;
    let ours = Connection::local(ours).map_err(refused)?;
    runtime.spawn(pump_until(cancel, pump(rest, read, write, ours)));
    Ok(theirs)
}

async fn pump_until(cancel: Cancel, pumping: impl Future<Output = ()>) {
    tokio::select! {
        () = pumping => {}
        () = cancel.token().cancelled() => {}
    }
}

#[cfg(unix)]
fn pair() -> io::Result<(StdStream, StdStream)> {
    StdStream::pair()
}

/// Windows has no pairs of sockets: two ends of a connection over the loopback interface. Whoever else connects in between is
/// turned away.
#[cfg(windows)]
fn pair() -> io::Result<(StdStream, StdStream)> {
    let listener = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))?;
    let ours = StdStream::connect(listener.local_addr()?)?;
    let own = ours.local_addr()?;
    loop {
        let (theirs, peer) = listener.accept()?;
        if peer == own {
            theirs.set_nodelay(true)?;
            ours.set_nodelay(true)?;
            return Ok((theirs, ours));
        }
    }
}

/// Copies both ways until both ends are done. Whoever fails ends its direction; the other side sees the end.
async fn pump(rest: Bytes, mut read: Connection, mut write: Connection, ours: Connection) {
    use tokio::io::AsyncWriteExt;
    let (mut from_user, mut to_user) = ours.split();
    let down = async {
        if to_user.write_all(&rest).await.is_ok() {
            let _ = tokio::io::copy(&mut read, &mut to_user).await;
        }
        let _ = to_user.shutdown().await;
    };
    let up = async {
        let _ = tokio::io::copy(&mut from_user, &mut write).await;
        let _ = write.shutdown().await;
    };
    tokio::join!(down, up);
}

fn refused(error: io::Error) -> Error {
    Error::from_io("the socket cannot be handed over", error)
}
