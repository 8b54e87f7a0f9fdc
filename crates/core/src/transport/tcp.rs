//! Plain TCP, every resolved address in turn.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, lookup_host};

#[cfg(unix)]
use super::hosted::Hosted;
use super::{Connection, Sockets};
use crate::config::Endpoint;
use crate::error::{Error, ErrorKind};

/// How long a connection is silent before the other host is asked whether it is there, and how long it has to answer before it is asked
/// again. Clients in Go do so, too.
const KEEPALIVE: Duration = Duration::from_secs(30);

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
    #[cfg(unix)]
    if let Some(host) = sockets.host() {
        let hosted = Hosted::connect_tcp(host, address).await?;
        adjust(&SockRef::from(&*hosted));
        return Ok(Connection::Hosted(hosted));
    }
    let socket = TcpStream::connect(address).await?;
    adjust(&SockRef::from(&socket));
    Ok(Connection::Tcp(Arc::new(socket)))
}

/// Settings without which a connection works, too.
fn adjust(socket: &SockRef<'_>) {
    // Requests are small and answered at once; waiting to fill a packet only delays them.
    let _ = socket.set_tcp_nodelay(true);
    // A host that has vanished says nothing: streams that may be silent for days would wait for it for ever.
    let probes = TcpKeepalive::new()
        .with_time(KEEPALIVE)
        .with_interval(KEEPALIVE);
    let _ = socket.set_tcp_keepalive(&probes);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn silent_connections_are_looked_after() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connection = open(address, &Sockets::Runtime).await.unwrap();
        let Connection::Tcp(socket) = connection else {
            panic!("a plain socket")
        };
        let socket = SockRef::from(&*socket);
        assert!(socket.keepalive().unwrap());
        assert!(socket.tcp_nodelay().unwrap());
    }
}
