//! Bodies that are pulled: read below hyper in large reads, decoded in place, bounded, cancelled by dropping.

mod cancel;
pub mod chunked;
pub mod decode;
mod duplex;
pub mod frame;
pub mod json_lines;
pub mod lines;

use bytes::Bytes;

pub use cancel::Cancel;
pub use duplex::{Duplex, DuplexWriter, OwnedSocket, Upgrade};
pub use frame::{Frame, FrameKind};

use crate::error::{Error, ErrorKind};
use crate::reply::Head;

fn pending() -> Error {
    Error::new(ErrorKind::Unsupported, "streams are not built yet")
}

/// The body of an answer, pulled. Dropping it closes its socket.
///
/// The views (`chunk`, `frames`, `lines`, `values` …) decode the same bytes; change from one to another only at a boundary.
#[derive(Debug)]
pub struct Stream {
    head: Head,
    cancel: Cancel,
    received: u64,
}

impl Stream {
    /// The head of the answer.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Whatever arrived, at most 256 KiB; `None` at a clean end.
    ///
    /// # Errors
    /// `Truncated`, `ConnectionLost`, `Protocol`, `Timeout`, `Cancelled`, `Closed`.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        Err(pending())
    }

    /// One HTTP chunk as the engine wrote it; in pieces when it is larger than 256 KiB, as `chunk` when the body is not chunked.
    ///
    /// # Errors
    /// As `chunk`.
    pub async fn http_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        Err(pending())
    }

    /// Exactly `n` bytes, fewer only at the end; empty at the end.
    ///
    /// # Errors
    /// As `chunk`.
    pub async fn read(&mut self, _n: usize) -> Result<Bytes, Error> {
        Err(pending())
    }

    /// The frames that arrived, at least one; `None` at a clean end. Empty frames are skipped.
    ///
    /// # Errors
    /// As `chunk`; `DaemonStream` with the engine's text for a frame of type 3.
    pub async fn frames(&mut self) -> Result<Option<Vec<Frame>>, Error> {
        Err(pending())
    }

    /// The lines that arrived, without their newline, at least one; `None` at a clean end. A last line may lack its newline.
    ///
    /// # Errors
    /// As `chunk`; `TooLarge` for a line above 16 MiB.
    pub async fn lines(&mut self) -> Result<Option<Vec<Bytes>>, Error> {
        Err(pending())
    }

    /// The JSON values that arrived, each complete and valid UTF-8, at least one; `None` at a clean end.
    ///
    /// # Errors
    /// As `chunk`; `Truncated` for a value cut by the end, `TooLarge` for one above 16 MiB, `Protocol` for what is not JSON.
    pub async fn values(&mut self) -> Result<Option<Vec<Bytes>>, Error> {
        Err(pending())
    }

    /// The rest of the body; `TooLarge` when it exceeds `limit`.
    ///
    /// # Errors
    /// As `chunk`.
    pub async fn collect(self, _limit: usize) -> Result<Bytes, Error> {
        Err(pending())
    }

    /// A handle that cancels this stream from any thread.
    #[must_use]
    pub fn cancel_handle(&self) -> Cancel {
        self.cancel.clone()
    }

    /// How many bytes of the body were received so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }
}
