//! A streamed body: pulled one batch at a time, closed by `close()` or when the handle is collected.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use dockline::stream::Cancel;
use dockline::{Error, ErrorKind, Stream};
use napi_derive::napi;
use tokio::sync::Mutex;

use crate::settle::{Outcome, Settler};

/// No batch is larger, unless one piece of the core's is.
const BATCH: usize = 256 * 1024;

/// Bytes, cut at `ends` where the engine cut them.
pub struct Parts {
    pub(crate) slab: Bytes,
    pub(crate) ends: Vec<u32>,
}

/// The payloads of frames, with kind, start and end of each in `table`.
pub struct Frames {
    pub(crate) slab: Bytes,
    pub(crate) table: Vec<u32>,
}

/// What a view of the stream is read as.
#[derive(Clone, Copy)]
pub(crate) enum View {
    Chunks,
    Frames,
    Lines,
}

struct State {
    stream: Option<Stream>,
    /// Came after bytes that had to be delivered first.
    failed: Option<Error>,
}

/// The pulled side of a stream or a duplex.
#[derive(Clone)]
pub(crate) struct Reader {
    state: Arc<Mutex<State>>,
    cancel: Cancel,
}

impl Reader {
    pub(crate) fn new(stream: Stream) -> Self {
        let cancel = stream.cancel_handle();
        let state = State {
            stream: Some(stream),
            failed: None,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            cancel,
        }
    }

    /// Reads one batch and reports it.
    pub(crate) fn read(&self, settler: &Settler, id: u32, view: View) {
        let reader = self.clone();
        settler.run(id, false, async move {
            let mut state = reader.state.lock().await;
            let outcome = match read(&mut state, view).await {
                Ok(Some(outcome)) => return outcome,
                Ok(None) => Outcome::End,
                Err(error) => Outcome::Failed(error),
            };
            // Nothing can follow an end or an error: the socket is closed now, not when the handle is collected.
            state.stream = None;
            outcome
        });
    }

    /// Closes the connection; a read in flight ends as cancelled.
    pub(crate) fn close(&self) {
        self.cancel.cancel();
        if let Ok(mut state) = self.state.try_lock() {
            state.stream = None;
        }
    }
}

async fn read(state: &mut State, view: View) -> Result<Option<Outcome>, Error> {
    if let Some(error) = state.failed.take() {
        return Err(error);
    }
    let Some(stream) = state.stream.as_mut() else {
        return Err(Error::new(ErrorKind::Closed, "the stream is closed"));
    };
    match view {
        View::Chunks => {
            let Some(first) = stream.http_chunk().await? else {
                return Ok(None);
            };
            let mut parts = vec![first];
            state.failed = gather(stream, &mut parts);
            Ok(Some(Outcome::Parts(join(parts))))
        }
        View::Frames => Ok(stream.frames().await?.map(|frames| {
            let mut table = Vec::with_capacity(frames.len() * 3);
            let mut slab =
                BytesMut::with_capacity(frames.iter().map(|frame| frame.data.len()).sum());
            for frame in frames {
                table.push(frame.kind as u32);
                table.push(position(slab.len()));
                slab.extend_from_slice(&frame.data);
                table.push(position(slab.len()));
            }
            Outcome::Frames(Frames {
                slab: slab.freeze(),
                table,
            })
        })),
        View::Lines => Ok(stream
            .lines()
            .await?
            .map(|lines| Outcome::Parts(join(lines)))),
    }
}

/// Adds what has arrived already to a batch, so that many small chunks cross the boundary together.
/// An error met on the way is given back, to be reported after the bytes. An end is found again by the next read.
fn gather(stream: &mut Stream, parts: &mut Vec<Bytes>) -> Option<Error> {
    let mut size = parts.iter().map(Bytes::len).sum::<usize>();
    let mut context = Context::from_waker(Waker::noop());
    while size < BATCH / 2 {
        let next = pin!(stream.http_chunk());
        match next.poll(&mut context) {
            Poll::Ready(Ok(Some(part))) => {
                size += part.len();
                parts.push(part);
            }
            Poll::Ready(Err(error)) => return Some(error),
            Poll::Ready(Ok(None)) | Poll::Pending => break,
        }
    }
    None
}

/// One slab of all parts; a single part is not copied.
fn join(mut parts: Vec<Bytes>) -> Parts {
    if parts.len() == 1
        && let Some(slab) = parts.pop()
    {
        let ends = vec![position(slab.len())];
        return Parts { slab, ends };
    }
    let mut ends = Vec::with_capacity(parts.len());
    let mut slab = BytesMut::with_capacity(parts.iter().map(Bytes::len).sum());
    for part in parts {
        slab.extend_from_slice(&part);
        ends.push(position(slab.len()));
    }
    Parts {
        slab: slab.freeze(),
        ends,
    }
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
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
    /// Settles `id` with `{slab, ends}`, or null at a clean end.
    #[napi]
    pub fn read(&self, id: u32) {
        self.reader.read(&self.settler, id, View::Chunks);
    }

    /// Settles `id` with `{slab, table}`: kind, start and end of each frame; or null at a clean end.
    #[napi]
    pub fn read_frames(&self, id: u32) {
        self.reader.read(&self.settler, id, View::Frames);
    }

    /// Settles `id` with `{slab, ends}`, a line each without its newline; or null at a clean end.
    #[napi]
    pub fn read_lines(&self, id: u32) {
        self.reader.read(&self.settler, id, View::Lines);
    }

    /// Closes the connection.
    #[napi]
    pub fn close(&self) {
        self.reader.close();
    }
}
