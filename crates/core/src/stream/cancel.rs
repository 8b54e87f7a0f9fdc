//! One cancel mechanism: a token that wakes pending reads, and a shutdown of the socket that stops the engine at once.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::transport::SocketControl;

/// Cancels a stream from any thread. Clones cancel the same stream; dropping one does nothing.
#[derive(Clone, Debug)]
pub struct Cancel {
    token: CancellationToken,
    engine: CancellationToken,
    socket: Arc<OnceLock<SocketControl>>,
}

impl Cancel {
    /// A handle below the engine's own token: closing the engine cancels the stream, too.
    pub(crate) fn below(engine: &CancellationToken) -> Self {
        Self {
            token: engine.child_token(),
            engine: engine.clone(),
            socket: Arc::default(),
        }
    }

    /// Makes pending and later reads and writes return `Cancelled`, and shuts the socket down.
    pub fn cancel(&self) {
        self.token.cancel();
        if let Some(socket) = self.socket.get() {
            socket.shutdown();
        }
    }

    /// Whether the stream was cancelled, or the engine closed.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Lets `cancel` reach the socket. The first socket counts.
    pub(crate) fn watch(&self, socket: SocketControl) {
        if self.socket.set(socket).is_ok() && self.token.is_cancelled() {
            self.cancel();
        }
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Why: the engine was closed, or the caller cancelled.
    pub(crate) fn error(&self) -> Error {
        if self.engine.is_cancelled() {
            Error::closed()
        } else {
            Error::cancelled()
        }
    }
}
