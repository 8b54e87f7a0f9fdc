//! Unix sockets. The plain socket is kept, not a wrapper: upgrades hand it out, cancelling shuts it down.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use socket2::{SockRef, Socket};
use tokio::net::UnixStream;

use super::hosted::Hosted;
use super::{Connection, Sockets};
use crate::deadline::pause;

/// Between two attempts to connect to a socket where too many are waiting already.
const FULL_PAUSE: Duration = Duration::from_millis(2);
/// How long that goes on: an engine that accepts nobody for so long hangs.
const FULL_PATIENCE: Duration = Duration::from_secs(10);

/// Bytes on their way to the engine; with more than this, an upload is no faster.
const SEND_ROOM: usize = 512 * 1024;

/// Connects; a path that begins with `@` is a name in Linux's abstract namespace.
pub(super) async fn connect(path: &Path, sockets: &Sockets) -> io::Result<Connection> {
    let abstract_name = path.to_str().and_then(|text| text.strip_prefix('@'));
    let path = abstract_name.map_or_else(
        || path.to_owned(),
        |name| PathBuf::from(format!("\0{name}")),
    );
    let begun = Instant::now();
    loop {
        let opened = open(&path, sockets).await;
        // As many as may are waiting to be accepted. Nothing tells when there is room again.
        let is_full = matches!(&opened, Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        if !is_full || begun.elapsed() > FULL_PATIENCE {
            return opened;
        }
        pause(FULL_PAUSE).await;
    }
}

async fn open(path: &Path, sockets: &Sockets) -> io::Result<Connection> {
    if let Some(host) = sockets.host() {
        let socket = Hosted::connect_unix(host, path)?;
        widen(socket.socket());
        return Ok(Connection::Hosted(socket));
    }
    let socket = UnixStream::connect(path).await?;
    widen(&SockRef::from(&socket));
    Ok(Connection::Unix(Arc::new(socket)))
}

/// Gives an upload more room than the system's default, which keeps sender and receiver waiting for each other.
fn widen(socket: &Socket) {
    if socket.send_buffer_size().is_ok_and(|size| size < SEND_ROOM) {
        // A system that allows less has refused nothing that is needed.
        let _ = socket.set_send_buffer_size(SEND_ROOM);
    }
}
