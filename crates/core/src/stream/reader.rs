//! The connection after the head of the answer: large reads, bounded, cancellable, framing decoded in place.
//!
//! At most one slab is read ahead. A read happens only when the last slab is used up, so a slow reader slows the engine.

use std::io;
use std::ops::Range;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;

use super::cancel::Cancel;
use super::chunked::ChunkedDecoder;
use super::slab::Slab;
use crate::error::{Error, ErrorKind, Phase};
use crate::http::{BodyKind, Outgoing, SendError, Timer, guarded};
use crate::transport::Connection;

/// How the end of the body is known.
#[derive(Debug)]
enum Framing {
    Chunked(ChunkedDecoder),
    Length { left: u64, whole: u64 },
    UntilEnd,
    Done,
}

impl Framing {
    fn new(kind: BodyKind) -> Self {
        match kind {
            BodyKind::Empty | BodyKind::Length(0) => Self::Done,
            BodyKind::Length(whole) => Self::Length { left: whole, whole },
            BodyKind::Chunked => Self::Chunked(ChunkedDecoder::default()),
            BodyKind::UntilEnd => Self::UntilEnd,
        }
    }
}

/// What a look at the bytes that were read has found: how many it is done with, and which of them are a part of the body.
struct Step {
    consumed: usize,
    /// Empty when there is no more.
    data: Range<usize>,
    ends_chunk: bool,
}

impl Framing {
    /// The next part of the body in `input`, at most `limit` bytes.
    fn step(&mut self, input: &[u8], limit: usize) -> Result<Step, Error> {
        let take = input.len().min(limit);
        let (consumed, data, ends_chunk) = match self {
            _ if input.is_empty() => (0, 0..0, false),
            Self::Done => (0, 0..0, false),
            Self::UntilEnd => (take, 0..take, true),
            Self::Length { left, .. } => {
                let take = usize::try_from(*left).map_or(take, |left| left.min(take));
                *left -= take as u64;
                if *left == 0 {
                    *self = Self::Done;
                }
                (take, 0..take, true)
            }
            Self::Chunked(decoder) => {
                let step = decoder.step(input, limit)?;
                if decoder.is_done() {
                    *self = Self::Done;
                }
                (step.consumed, step.data, step.ends_chunk)
            }
        };
        Ok(Step {
            consumed,
            data,
            ends_chunk,
        })
    }
}

/// A part of the body, as a range of the reader's slab.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) range: Range<usize>,
    /// Whether an HTTP chunk ends with it. A body that is not chunked has no chunks to end, so every piece stands for one.
    pub(crate) ends_chunk: bool,
}

/// Reads a body.
pub(crate) struct Reader {
    connection: Option<Connection>,
    slab: Slab,
    raw: Bytes,
    at: usize,
    framing: Framing,
    received: u64,
    idle: Option<Duration>,
    upload: Option<Outgoing>,
    cancel: Cancel,
}

impl Reader {
    pub(crate) fn new(
        connection: Option<Connection>,
        kind: BodyKind,
        rest: Bytes,
        idle: Option<Duration>,
        cancel: Cancel,
    ) -> Self {
        Self {
            connection,
            slab: Slab::default(),
            raw: rest,
            at: 0,
            framing: Framing::new(kind),
            received: 0,
            idle,
            upload: None,
            cancel,
        }
    }

    /// Goes on sending the request while the answer is read.
    pub(crate) fn with_upload(mut self, upload: Option<Outgoing>) -> Self {
        self.upload = upload;
        self
    }

    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    pub(crate) fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// What the body's length was declared to be, as far as it is still to come.
    pub(crate) fn left(&self) -> Option<u64> {
        match self.framing {
            Framing::Length { left, .. } => Some(left),
            Framing::Done => Some(0),
            _ => None,
        }
    }

    /// The slab that the last pieces point into.
    pub(crate) fn slab(&self) -> &Bytes {
        &self.raw
    }

    /// The next part of the body in the slab, at most `limit` bytes; `None` when the slab is used up.
    pub(crate) fn next_piece(&mut self, limit: usize) -> Result<Option<Piece>, Error> {
        let start = self.at;
        let input = self.raw.get(start..).unwrap_or_default();
        let step = self
            .framing
            .step(input, limit)
            .map_err(|error| error.with_received(self.received))?;
        self.at += step.consumed;
        self.received += step.data.len() as u64;
        Ok((!step.data.is_empty()).then(|| Piece {
            range: start + step.data.start..start + step.data.end,
            ends_chunk: step.ends_chunk,
        }))
    }

    /// Takes the framing out of bytes that were read into `buffer` behind its first `kept`; tells where HTTP chunks end.
    pub(crate) fn unframe(
        &mut self,
        buffer: &mut Vec<u8>,
        mut kept: usize,
        mut chunk_ends: impl FnMut(usize),
    ) -> Result<(), Error> {
        let mut at = kept;
        let outcome = loop {
            let input = buffer.get(at..).unwrap_or_default();
            let step = match self.framing.step(input, usize::MAX) {
                Ok(step) => step,
                Err(error) => break Err(error.with_received(self.received)),
            };
            if step.data.is_empty() {
                break Ok(());
            }
            let length = step.data.len();
            let from = at + step.data.start;
            if from != kept {
                buffer.copy_within(from..from + length, kept);
            }
            kept += length;
            at += step.consumed;
            self.received += length as u64;
            if step.ends_chunk {
                chunk_ends(kept);
            }
        };
        buffer.truncate(kept);
        outcome
    }

    /// Reads on, once the slab is used up; `false` at the clean end of the body. Can be dropped and called again.
    pub(crate) async fn fill(&mut self) -> Result<bool, Error> {
        let filled = self.filled(Self::poll_slab).await?;
        Ok(filled.is_some())
    }

    /// As `fill`, into memory that `room` gives once there is something to read; `None` at the clean end.
    pub(crate) async fn fill_given<B: AsMut<Vec<u8>>>(
        &mut self,
        room: impl Fn() -> B,
    ) -> Result<Option<B>, Error> {
        self.filled(|reader, cx| reader.poll_given(cx, &room)).await
    }

    async fn filled<T>(
        &mut self,
        mut poll: impl FnMut(&mut Self, &mut Context<'_>) -> Poll<Result<Option<T>, Error>>,
    ) -> Result<Option<T>, Error> {
        let cancel = self.cancel.clone();
        if cancel.is_cancelled() {
            self.close();
            return Err(cancel.error().with_received(self.received));
        }
        if matches!(self.framing, Framing::Done) {
            self.close();
            return Ok(None);
        }
        let mut idle = Timer::start(Phase::Idle, self.idle);
        let reading = std::future::poll_fn(|cx| {
            self.drive_upload(cx)?;
            // The old slab's memory can be used again only when this handle is gone.
            self.raw = Bytes::new();
            self.at = 0;
            poll(self, cx)
        });
        let filled = guarded(cancel.token(), || cancel.error(), &mut [&mut idle], reading).await;
        filled.map_err(|error| {
            self.close();
            // Cancelling shuts the socket down, which looks like the engine's doing.
            let error = if cancel.is_cancelled() {
                cancel.error()
            } else {
                error
            };
            error.with_received(self.received)
        })
    }

    fn poll_slab(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<()>, Error>> {
        let Some(connection) = &mut self.connection else {
            return Poll::Ready(self.ended());
        };
        Poll::Ready(match ready!(self.slab.poll_read(connection, cx)) {
            Ok(read) if read.is_empty() => self.ended(),
            Ok(read) => {
                self.raw = read;
                Ok(Some(()))
            }
            Err(error) => Err(broken(error)),
        })
    }

    fn poll_given<B: AsMut<Vec<u8>>>(
        &mut self,
        cx: &mut Context<'_>,
        room: impl Fn() -> B,
    ) -> Poll<Result<Option<B>, Error>> {
        let Some(connection) = &mut self.connection else {
            return Poll::Ready(self.ended());
        };
        ready!(connection.poll_readable(cx)).map_err(broken)?;
        let mut given = room();
        let read = connection.poll_read_into(cx, given.as_mut());
        Poll::Ready(match ready!(read) {
            Ok(0) => self.ended(),
            Ok(_) => Ok(Some(given)),
            Err(error) => Err(broken(error)),
        })
    }

    fn drive_upload(&mut self, cx: &mut Context<'_>) -> Result<(), Error> {
        let Some(upload) = &mut self.upload else {
            return Ok(());
        };
        match upload.poll_send(cx) {
            Poll::Pending => {}
            Poll::Ready(Err(SendError::Source(error))) => return Err(error),
            // An engine that stops reading says why in its answer.
            Poll::Ready(Ok(()) | Err(SendError::Connection(_))) => self.upload = None,
        }
        Ok(())
    }

    /// The connection ended: cleanly only where the framing says so.
    fn ended<T>(&mut self) -> Result<Option<T>, Error> {
        let received = self.received;
        let message = match &self.framing {
            Framing::UntilEnd | Framing::Done => {
                self.close();
                return Ok(None);
            }
            Framing::Length { whole, .. } => {
                format!("the answer was cut short: {received} of {whole} bytes were received")
            }
            Framing::Chunked(_) => format!(
                "the answer was cut short: the connection was closed after {received} bytes, before the last chunk"
            ),
        };
        Err(Error::new(ErrorKind::Truncated, message))
    }

    /// Closes the reading side; what follows is the end.
    pub(crate) fn close(&mut self) {
        self.connection = None;
        self.upload = None;
        self.raw = Bytes::new();
        self.at = 0;
        self.slab = Slab::default();
        self.framing = Framing::Done;
    }

    /// What was read and not used yet, and the connection.
    pub(crate) fn into_parts(mut self) -> (Bytes, Option<Connection>) {
        let rest = self.raw.split_off(self.at.min(self.raw.len()));
        (rest, self.connection.take())
    }
}

fn broken(error: io::Error) -> Error {
    Error::from_io("the connection failed within the answer", error)
}
