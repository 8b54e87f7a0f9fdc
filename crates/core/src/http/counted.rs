//! Counts what a connection received: whether the engine answered at all decides whether a request may be sent again.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::transport::Connection;

/// How many bytes were received, and the first of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counter(Arc<Count>);

#[derive(Debug, Default)]
struct Count {
    received: AtomicU64,
    start: OnceLock<Vec<u8>>,
}

/// How many of the first bytes are kept, to say what it was when it was not HTTP.
const START: usize = 32;

impl Counter {
    pub(crate) fn get(&self) -> u64 {
        self.0.received.load(Ordering::Relaxed)
    }

    /// The first bytes that the connection ever received.
    pub(crate) fn start(&self) -> &[u8] {
        self.0.start.get().map(Vec::as_slice).unwrap_or_default()
    }

    fn add(&self, bytes: &[u8]) {
        let before = self
            .0
            .received
            .fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if before == 0 {
            let start = bytes.get(..bytes.len().min(START)).unwrap_or_default();
            // Only the first read comes here.
            let _ = self.0.start.set(start.to_vec());
        }
    }
}

/// A connection that counts.
pub(crate) struct Counted {
    connection: Connection,
    counter: Counter,
}

impl Counted {
    pub(crate) fn new(connection: Connection) -> (Self, Counter) {
        let counter = Counter::default();
        let whole = Self {
            connection,
            counter: counter.clone(),
        };
        (whole, counter)
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = space.filled().len();
        let read = Pin::new(&mut self.connection).poll_read(cx, space);
        let arrived = space.filled().get(before..).unwrap_or_default();
        if !arrived.is_empty() {
            self.counter.add(arrived);
        }
        read
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_shutdown(cx)
    }
}
