//! Unix sockets. The plain socket is kept, not a wrapper: upgrades hand it out, cancelling shuts it down.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::UnixStream;

use super::Connection;
use super::hosted::Hosted;
use super::reactor::Reactor;

/// Connects; a path that begins with `@` is a name in Linux's abstract namespace.
pub(super) async fn connect(path: &Path, reactor: Option<&Arc<Reactor>>) -> io::Result<Connection> {
    let abstract_name = path.to_str().and_then(|text| text.strip_prefix('@'));
    let path = abstract_name.map_or_else(
        || path.to_owned(),
        |name| PathBuf::from(format!("\0{name}")),
    );
    Ok(match reactor {
        Some(reactor) => Connection::Hosted(Arc::new(Hosted::connect(reactor, path)?)),
        None => Connection::Unix(Arc::new(UnixStream::connect(path).await?)),
    })
}
