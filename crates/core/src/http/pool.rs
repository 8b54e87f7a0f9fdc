//! Idle kept-alive connections. A connection is taken out for a request and put back once its answer was read whole.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{Connection, SendRequest};
use hyper_util::rt::TokioIo;

use super::counted::{Counted, Counter};
use crate::transport::SocketControl;

pub(crate) type Driver = Connection<TokioIo<Counted>, Full<Bytes>>;

/// A connection that speaks HTTP through hyper. Whoever holds it drives it; there is no task behind it.
pub(crate) struct Pooled {
    pub(crate) sender: SendRequest<Full<Bytes>>,
    pub(crate) driver: Box<Driver>,
    pub(crate) control: SocketControl,
    pub(crate) counter: Counter,
}

/// The idle connections of one engine.
pub(crate) struct Pool {
    idle: Mutex<Idle>,
    limit: usize,
}

struct Idle {
    connections: Vec<Pooled>,
    process: u32,
    open: bool,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl Pool {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            idle: Mutex::new(Idle {
                connections: Vec::new(),
                process: std::process::id(),
                open: true,
            }),
            limit,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Idle> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let process = std::process::id();
        if idle.process != process {
            // After a fork the sockets are the parent's, too, and so is the poller they are registered with: closing them
            // here would take them out of the parent's poller.
            std::mem::forget(std::mem::take(&mut idle.connections));
            idle.process = process;
        }
        idle
    }

    /// The connection used last that is still alive. A request that `may_repeat` takes any; another takes only what is dear to
    /// open.
    pub(crate) fn take(&self, may_repeat: bool) -> Option<Pooled> {
        loop {
            let mut idle = self.lock();
            if !may_repeat && idle.connections.last()?.control.is_socket() {
                return None;
            }
            let found = idle.connections.pop()?;
            drop(idle);
            if found.control.is_quiet() && !found.sender.is_closed() {
                return Some(found);
            }
        }
    }

    /// Keeps a connection for the next request, if there is room.
    pub(crate) fn put(&self, connection: Pooled) {
        let mut idle = self.lock();
        if idle.open && idle.connections.len() < self.limit {
            idle.connections.push(connection);
        }
    }

    /// Closes all idle connections, and keeps none from now on.
    pub(crate) fn close(&self) {
        let mut idle = self.lock();
        idle.open = false;
        let connections = std::mem::take(&mut idle.connections);
        drop(idle);
        drop(connections);
    }

    /// Closes all idle connections.
    pub(crate) fn clear(&self) {
        let connections = std::mem::take(&mut self.lock().connections);
        drop(connections);
    }
}
