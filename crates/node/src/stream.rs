//! A streamed body: pulled one batch at a time, closed by `close()` or when the handle is collected. One batch is read ahead.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use dockline::stream::Cancel;
use dockline::{Error, ErrorKind, Stream};
use napi_derive::napi;
use tokio::sync::Notify;

use crate::runtime;
use crate::settle::{Outcome, Settler, no_threads};

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
#[derive(Clone, Copy, PartialEq, Eq)]
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

/// Where the reading task and the JavaScript thread meet.
struct Desk {
    /// The stream, until the first read starts the task.
    unread: Option<Stream>,
    view: View,
    /// Reads that wait for a batch.
    waiting: VecDeque<u32>,
    /// A batch that nobody has asked for yet.
    ahead: Option<Outcome>,
    /// Nothing more will be put here.
    over: bool,
}

struct Shared {
    desk: Mutex<Desk>,
    /// Told when the batch was taken, and when the stream is closed.
    taken: Notify,
    cancel: Cancel,
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a batch to whoever waits, else keeps it. With the last one, nobody goes on waiting.
    fn put(&self, settler: &Settler, outcome: Outcome, is_last: bool) {
        let mut desk = self.desk();
        desk.over |= is_last;
        match desk.waiting.pop_front() {
            Some(id) => settler.send(id, outcome),
            None => desk.ahead = Some(outcome),
        }
        if is_last {
            for id in desk.waiting.drain(..) {
                settler.send(id, Outcome::Failed(closed()));
            }
        }
    }

    /// Reads one batch ahead of the JavaScript thread, so that neither waits for the other to begin.
    async fn follow(self: Arc<Self>, settler: Settler, stream: Stream, view: View) {
        let mut state = State {
            stream: Some(stream),
            failed: None,
        };
        loop {
            let outcome = match read(&mut state, view).await {
                Ok(Some(outcome)) => outcome,
                Ok(None) => Outcome::End,
                Err(error) => Outcome::Failed(error),
            };
            let is_last = matches!(outcome, Outcome::End | Outcome::Failed(_));
            if is_last {
                // Nothing can follow an end or an error: the socket is closed now, not when the handle is collected.
                state.stream = None;
            }
            self.put(&settler, outcome, is_last);
            while self.desk().ahead.is_some() {
                self.taken.notified().await;
            }
            if self.desk().over {
                return;
            }
        }
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the stream is closed")
}

/// The pulled side of a stream or a duplex. Dropping it closes the connection.
pub(crate) struct Reader(Arc<Shared>);

impl Reader {
    pub(crate) fn new(stream: Stream) -> Self {
        let cancel = stream.cancel_handle();
        let desk = Desk {
            unread: Some(stream),
            view: View::Chunks,
            waiting: VecDeque::new(),
            ahead: None,
            over: false,
        };
        Self(Arc::new(Shared {
            desk: Mutex::new(desk),
            taken: Notify::new(),
            cancel,
        }))
    }

    /// The next batch if it is here already; else `id` is settled. A stream is read in one way from its first byte on.
    pub(crate) fn read(&self, settler: &Settler, id: u32, view: View) -> Option<Outcome> {
        let mut desk = self.0.desk();
        if let Some(stream) = desk.unread.take() {
            desk.view = view;
            desk.waiting.push_back(id);
            drop(desk);
            let reading = Arc::clone(&self.0).follow(settler.clone(), stream, view);
            if runtime::spawn(reading).is_none() {
                self.0.put(settler, Outcome::Failed(no_threads()), true);
            }
            return None;
        }
        if desk.view != view {
            let message = "the stream is being read in another way already";
            let error = Error::new(ErrorKind::InvalidArgument, message);
            settler.send(id, Outcome::Failed(error));
            return None;
        }
        match desk.ahead.take() {
            Some(last @ (Outcome::End | Outcome::Failed(_))) => {
                settler.send(id, last);
                self.0.taken.notify_one();
            }
            Some(batch) => {
                self.0.taken.notify_one();
                return Some(batch);
            }
            None if desk.over => settler.send(id, Outcome::Failed(closed())),
            None => desk.waiting.push_back(id),
        }
        None
    }

    /// Closes the connection; a read in flight ends as cancelled.
    pub(crate) fn close(&self) {
        self.0.cancel.cancel();
        let mut desk = self.0.desk();
        let left = (desk.unread.take(), desk.ahead.take());
        // Whoever waits is told by the task.
        desk.over |= desk.waiting.is_empty();
        drop(desk);
        drop(left);
        self.0.taken.notify_one();
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.close();
    }
}

async fn read(state: &mut State, view: View) -> Result<Option<Outcome>, Error> {
    if let Some(error) = state.failed.take() {
        return Err(error);
    }
    let Some(stream) = state.stream.as_mut() else {
        return Err(closed());
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
    while size < BATCH * 3 / 4 {
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
    /// Gives what is here already, else settles `id`, with `{slab, ends}`, or null at a clean end.
    #[napi]
    pub fn read(&self, id: u32) -> Option<Outcome> {
        self.reader.read(&self.settler, id, View::Chunks)
    }

    /// Gives what is here already, else settles `id`, with `{slab, table}`: kind, start and end of each frame; or null at a clean end.
    #[napi]
    pub fn read_frames(&self, id: u32) -> Option<Outcome> {
        self.reader.read(&self.settler, id, View::Frames)
    }

    /// Gives what is here already, else settles `id`, with `{slab, ends}`, a line each without its newline; or null at a clean end.
    #[napi]
    pub fn read_lines(&self, id: u32) -> Option<Outcome> {
        self.reader.read(&self.settler, id, View::Lines)
    }

    /// Closes the connection.
    #[napi]
    pub fn close(&self) {
        self.reader.close();
    }
}
