//! Unix sockets. The plain socket is kept, not a wrapper: upgrades hand it out, cancelling shuts it down.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::UnixStream;

use super::Connection;

/// Connects; a path that begins with `@` is a name in Linux's abstract namespace.
pub(super) async fn connect(path: &Path) -> io::Result<Connection> {
    let socket = match path.to_str().and_then(|text| text.strip_prefix('@')) {
        Some(name) => UnixStream::connect(format!("\0{name}")).await?,
        None => UnixStream::connect(path).await?,
    };
    Ok(Connection::Unix(Arc::new(socket)))
}
