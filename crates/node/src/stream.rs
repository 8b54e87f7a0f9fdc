//! A streamed body: pulled one batch at a time in the JavaScript thread, closed by `close()` or when the handle is collected.

use std::sync::Arc;

use dockline::stream::Cancel;
use dockline::{Error, ErrorKind, Stream};
use napi_derive::napi;
use tokio::sync::Mutex;

use crate::settle::{Outcome, Settler};
use crate::slab::Slab;
use crate::task::Work;

/// Bytes; when there are several pieces, cut at `ends` where the engine cut them.
pub struct Batch {
    pub(crate) slab: Slab,
    pub(crate) ends: Vec<u32>,
}

/// The pulled side of a stream or a duplex. Dropping it closes the connection.
pub(crate) struct Reader {
    /// None once nothing can follow.
    stream: Arc<Mutex<Option<Stream>>>,
    cancel: Cancel,
}

impl Reader {
    pub(crate) fn new(stream: Stream) -> Self {
        let cancel = stream.cancel_handle();
        Self {
            stream: Arc::new(Mutex::new(Some(stream))),
            cancel,
        }
    }

    /// The next batch if it is here already; else `id` is settled, after it was delivered what came in small batches. With `whole`
    /// nobody wants to know where the engine cut.
    pub(crate) fn read(&self, settler: &Settler, id: u32, whole: bool) -> Option<Outcome> {
        let stream = Arc::clone(&self.stream);
        let reading = move || -> Work { Box::pin(read(Arc::clone(&stream), whole)) };
        let outcome = settler.attempt_repeated(id, Box::new(reading))?;
        if matches!(outcome, Outcome::Batch(_)) {
            return Some(outcome);
        }
        settler.send(id, outcome);
        None
    }

    /// Closes the connection; a read in flight ends as cancelled.
    pub(crate) fn close(&self) {
        self.cancel.cancel();
        if let Ok(mut stream) = self.stream.try_lock() {
            *stream = None;
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.close();
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the stream is closed")
}

async fn read(stream: Arc<Mutex<Option<Stream>>>, whole: bool) -> Outcome {
    let mut stream = stream.lock().await;
    let outcome = match stream.as_mut() {
        Some(stream) => next(stream, whole).await,
        None => Outcome::Failed(closed()),
    };
    if !matches!(outcome, Outcome::Batch(_)) {
        // Nothing can follow an end or an error: the socket is closed now, not when the handle is collected.
        *stream = None;
    }
    outcome
}

async fn next(stream: &mut Stream, whole: bool) -> Outcome {
    let read = if whole {
        let slab = stream.bytes_into(Slab::take).await;
        slab.map(|slab| slab.map(|slab| (slab, Vec::new())))
    } else {
        stream.chunks_into(Slab::take).await
    };
    match read {
        Ok(Some((slab, ends))) => Outcome::Batch(Batch {
            slab,
            ends: positions(&ends),
        }),
        Ok(None) => Outcome::End,
        Err(error) => Outcome::Failed(error),
    }
}

/// Empty for a single piece.
fn positions(ends: &[usize]) -> Vec<u32> {
    if ends.len() < 2 {
        return Vec::new();
    }
    let position = |at: &usize| u32::try_from(*at).unwrap_or(u32::MAX);
    ends.iter().map(position).collect()
}

/// A streamed body.
#[napi]
pub struct StreamHandle {
    reader: Reader,
    settler: Settler,
}

impl StreamHandle {
    pub(crate) fn new(stream: Stream, settler: Settler) -> Self {
        Self {
            reader: Reader::new(stream),
            settler,
        }
    }
}

#[napi]
impl StreamHandle {
    /// Gives what is here already, else settles `id`, with `{slab, ends}`; or null at a clean end.
    #[napi]
    pub fn read(&self, id: u32, whole: bool) -> Option<Outcome> {
        self.reader.read(&self.settler, id, whole)
    }

    /// Gives up a read that goes on; nothing is lost.
    #[napi]
    pub fn rest(&self, id: u32) {
        self.settler.cancel(id);
    }

    /// Closes the connection.
    #[napi]
    pub fn close(&self) {
        self.reader.close();
    }
}
