//! Plain TCP, every resolved address in turn.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpStream, lookup_host};

#[cfg(unix)]
use super::hosted::Hosted;
use super::{Connection, Sockets};
use crate::config::Endpoint;
use crate::error::{Error, ErrorKind};

pub(super) async fn connect(
    endpoint: &Endpoint,
    host: &str,
    port: u16,
    sockets: &Sockets,
) -> Result<Connection, Error> {
    let addresses = lookup_host((host, port)).await.map_err(|error| {
        let message = format!(
            "the host of {} cannot be resolved: {error}",
            endpoint.summary()
        );
        Error::new(ErrorKind::NameResolution, message)
            .with_os_code(error.raw_os_error())
            .with_source(error)
    })?;
    let mut last = io::Error::new(io::ErrorKind::AddrNotAvailable, "the name has no address");
    for address in addresses {
        match open(address, sockets).await {
            Ok(connection) => return Ok(connection),
            Err(error) => last = error,
        }
    }
    Err(failed(endpoint, last))
}

#[cfg_attr(not(unix), expect(unused_variables, reason = "the runtime waits"))]
async fn open(address: SocketAddr, sockets: &Sockets) -> io::Result<Connection> {
    // Requests are small and answered at once; waiting to fill a packet only delays them.
    #[cfg(unix)]
    if let Some(hosted) = Hosted::connect_tcp(sockets, address).await? {
        let _ = hosted.socket().set_tcp_nodelay(true);
        return Ok(Connection::Hosted(hosted));
    }
    let socket = TcpStream::connect(address).await?;
    let _ = socket.set_nodelay(true);
    Ok(Connection::Tcp(Arc::new(socket)))
}

fn failed(endpoint: &Endpoint, error: io::Error) -> Error {
    let summary = endpoint.summary();
    let (kind, message, hint) = match error.kind() {
        io::ErrorKind::ConnectionRefused => (
            ErrorKind::DaemonRefused,
            format!("nothing listens at {summary}"),
            "start the engine there, or correct the port",
        ),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => (
            ErrorKind::ConnectionLost,
            format!("{summary} closed the connection without an answer, as soon as it was open"),
            "see what listens there: a proxy or a tunnel whose other end is gone does this",
        ),
        io::ErrorKind::TimedOut
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable => (
            ErrorKind::ConnectFailed,
            format!("{summary} cannot be reached: {error}"),
            "check the address, the network and any firewall between",
        ),
        _ => (
            ErrorKind::ConnectFailed,
            format!("the connection to {summary} failed: {error}"),
            "check the address",
        ),
    };
    Error::new(kind, message)
        .with_hint(hint)
        .with_os_code(error.raw_os_error())
        .with_source(error)
}
