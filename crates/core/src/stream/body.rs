//! The views of a body: pieces, HTTP chunks, frames, lines, JSON values.
//!
//! Cancel safety: every method can be dropped while it waits and called again; nothing that was read is lost.

use std::fmt;
use std::ops::Range;

use bytes::{Bytes, BytesMut};

use super::PIECE_LIMIT;
use super::cancel::Cancel;
use super::decode::Decoder;
use super::frame::{Frame, FrameDecoder};
use super::json_lines::ValueDecoder;
use super::lines::LineDecoder;
use super::reader::Reader;
use crate::error::{Error, ErrorKind};
use crate::origin::Origin;
use crate::reply::Head;

/// Pieces smaller than this are put together, so that an engine that writes tiny chunks costs no crossing for each.
pub(super) const SMALL_PIECE: usize = 8 * 1024;
/// A batch of tiny items must not make every later batch large.
const MOST_EXPECTED: usize = 4096;
/// How far a declared length is believed before the bytes have come.
const FIRST_ROOM: u64 = 16 * 1024 * 1024;

/// The body of an answer, pulled. Dropping it closes its socket.
///
/// The views (`chunk`, `frames`, `lines`, `values` …) decode the same bytes; change from one to another only at a boundary. After
/// an error every view repeats that error.
pub struct Stream {
    head: Head,
    pub(super) reader: Reader,
    /// Bytes that `read`, `http_chunk` or `chunk` have put together so far.
    pub(super) assembled: BytesMut,
    frames: FrameDecoder,
    lines: LineDecoder,
    values: ValueDecoder,
    pub(super) failed: Failed,
    /// How many items the last batch had: room for as many is made at once.
    expected: usize,
}

/// The error that broke the stream, and what it is about.
pub(super) struct Failed {
    error: Option<Error>,
    origin: Origin,
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("status", &self.head.status)
            .field("received", &self.received())
            .finish_non_exhaustive()
    }
}

impl Stream {
    pub(crate) fn new(head: Head, reader: Reader, origin: Origin) -> Self {
        Self {
            head,
            reader,
            assembled: BytesMut::new(),
            frames: FrameDecoder::default(),
            lines: LineDecoder::default(),
            values: ValueDecoder::default(),
            failed: Failed {
                error: None,
                origin,
            },
            expected: 0,
        }
    }

    /// The head of the answer.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Whatever arrived, at most 256 KiB; `None` at a clean end. Small HTTP chunks are put together.
    ///
    /// # Errors
    /// `Truncated`, `ConnectionLost`, `Protocol`, `Timeout`, `Cancelled`, `Closed`.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            self.check()?;
            while let Some((bytes, _)) = self.next_bytes(PIECE_LIMIT - self.assembled.len())? {
                if self.assembled.is_empty() && bytes.len() >= SMALL_PIECE {
                    return Ok(Some(bytes));
                }
                self.assembled.extend_from_slice(&bytes);
                if self.assembled.len() >= PIECE_LIMIT {
                    break;
                }
            }
            if !self.assembled.is_empty() {
                return Ok(Some(self.assembled.split().freeze()));
            }
            if !self.fill().await? {
                return Ok(None);
            }
        }
    }

    /// One HTTP chunk as the engine wrote it; in pieces when it is larger than 256 KiB; as `chunk` when the body is not chunked.
    ///
    /// # Errors
    /// As `chunk`.
    pub async fn http_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            self.check()?;
            while let Some((bytes, ends)) = self.next_bytes(PIECE_LIMIT - self.assembled.len())? {
                if self.assembled.is_empty() && (ends || bytes.len() == PIECE_LIMIT) {
                    return Ok(Some(bytes));
                }
                self.assembled.extend_from_slice(&bytes);
                if ends || self.assembled.len() >= PIECE_LIMIT {
                    return Ok(Some(self.assembled.split().freeze()));
                }
            }
            if !self.fill().await? {
                return Ok(self.rest());
            }
        }
    }

    /// The HTTP chunks that arrived, at least one and each as `http_chunk` gives it; `None` at a clean end.
    ///
    /// # Errors
    /// As `chunk`.
    pub async fn http_chunks(&mut self) -> Result<Option<Vec<Bytes>>, Error> {
        let Some(first) = self.http_chunk().await? else {
            return Ok(None);
        };
        let mut size = first.len();
        let mut chunks = vec![first];
        while size < PIECE_LIMIT && chunks.len() < MOST_EXPECTED {
            // An error is repeated by the next call: what came before it is delivered first.
            let Ok(Some((bytes, ends))) = self.next_bytes(PIECE_LIMIT) else {
                break;
            };
            if !ends && bytes.len() < PIECE_LIMIT {
                self.assembled.extend_from_slice(&bytes);
                break;
            }
            size += bytes.len();
            chunks.push(bytes);
        }
        Ok(Some(chunks))
    }

    /// Exactly `n` bytes, fewer only at the end; empty at the end.
    ///
    /// # Errors
    /// As `chunk`.
    pub async fn read(&mut self, n: usize) -> Result<Bytes, Error> {
        loop {
            self.check()?;
            while self.assembled.len() < n {
                let Some((bytes, _)) = self.next_bytes(n - self.assembled.len())? else {
                    break;
                };
                if bytes.len() == n {
                    return Ok(bytes);
                }
                self.assembled.extend_from_slice(&bytes);
            }
            if self.assembled.len() >= n {
                return Ok(self.assembled.split_to(n).freeze());
            }
            if !self.fill().await? {
                return Ok(self.rest().unwrap_or_default());
            }
        }
    }

    /// The frames that arrived, at least one; `None` at a clean end. Empty frames are skipped.
    ///
    /// # Errors
    /// As `chunk`; `DaemonStream` with the engine's text for a frame of type 3.
    pub async fn frames(&mut self) -> Result<Option<Vec<Frame>>, Error> {
        self.check()?;
        let (reader, failed) = (&mut self.reader, &mut self.failed);
        batch(reader, &mut self.frames, failed, &mut self.expected).await
    }

    /// The lines that arrived, without their newline, at least one; `None` at a clean end. A last line may lack its newline.
    ///
    /// # Errors
    /// As `chunk`; `TooLarge` for a line above 16 MiB.
    pub async fn lines(&mut self) -> Result<Option<Vec<Bytes>>, Error> {
        self.check()?;
        let (reader, failed) = (&mut self.reader, &mut self.failed);
        batch(reader, &mut self.lines, failed, &mut self.expected).await
    }

    /// The JSON values that arrived, each complete and valid UTF-8, at least one; `None` at a clean end.
    ///
    /// # Errors
    /// As `chunk`; `Truncated` for a value cut by the end, `TooLarge` for one above 16 MiB, `Protocol` for what is not JSON.
    pub async fn values(&mut self) -> Result<Option<Vec<Bytes>>, Error> {
        self.check()?;
        let (reader, failed) = (&mut self.reader, &mut self.failed);
        batch(reader, &mut self.values, failed, &mut self.expected).await
    }

    /// The rest of the body; `TooLarge` when it exceeds `limit`.
    ///
    /// # Errors
    /// As `chunk`.
    pub async fn collect(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut whole = std::mem::take(&mut self.assembled);
        let declared = self.reader.left();
        if declared.is_some_and(|left| left > limit as u64) {
            return Err(self.failed.origin.tell(too_large(limit)));
        }
        loop {
            self.check()?;
            while let Some((bytes, _)) = self.next_bytes(PIECE_LIMIT)? {
                if whole.is_empty() && declared == Some(bytes.len() as u64) {
                    return Ok(bytes);
                }
                if whole.len() + bytes.len() > limit {
                    return Err(self.failed.origin.tell(too_large(limit)));
                }
                if whole.is_empty() {
                    let room = declared.unwrap_or_default().min(FIRST_ROOM);
                    whole.reserve(usize::try_from(room).unwrap_or_default());
                }
                whole.extend_from_slice(&bytes);
            }
            if !self.fill().await? {
                return Ok(whole.freeze());
            }
        }
    }

    /// A handle that cancels this stream from any thread.
    #[must_use]
    pub fn cancel_handle(&self) -> Cancel {
        self.reader.cancel().clone()
    }

    /// How many bytes of the body were received so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.reader.received()
    }

    /// What was read and not used, and the connection.
    pub(crate) fn into_parts(self) -> (Bytes, Option<crate::transport::Connection>) {
        let (rest, connection) = self.reader.into_parts();
        if self.assembled.is_empty() {
            return (rest, connection);
        }
        let mut whole = self.assembled;
        whole.extend_from_slice(&rest);
        (whole.freeze(), connection)
    }

    pub(super) fn check(&mut self) -> Result<(), Error> {
        if let Some(error) = &self.failed.error {
            return Err(error.clone());
        }
        if self.reader.cancel().is_cancelled() {
            let error = self.reader.cancel().error().with_received(self.received());
            return Err(fail(&mut self.reader, &mut self.failed, error));
        }
        Ok(())
    }

    fn next_bytes(&mut self, limit: usize) -> Result<Option<(Bytes, bool)>, Error> {
        let range = self.next_range(limit)?;
        Ok(range.map(|(range, ends)| (self.slab().slice(range), ends)))
    }

    /// The next part of the slab, and whether an HTTP chunk ends with it; `None` when the slab is used up.
    pub(super) fn next_range(
        &mut self,
        limit: usize,
    ) -> Result<Option<(Range<usize>, bool)>, Error> {
        match self.reader.next_piece(limit) {
            Ok(piece) => Ok(piece.map(|piece| (piece.range, piece.ends_chunk))),
            Err(error) => Err(fail(&mut self.reader, &mut self.failed, error)),
        }
    }

    /// The slab that the last ranges point into.
    pub(super) fn slab(&self) -> &Bytes {
        self.reader.slab()
    }

    async fn fill(&mut self) -> Result<bool, Error> {
        match self.reader.fill().await {
            Ok(more) => Ok(more),
            Err(error) => Err(fail(&mut self.reader, &mut self.failed, error)),
        }
    }

    fn rest(&mut self) -> Option<Bytes> {
        (!self.assembled.is_empty()).then(|| self.assembled.split().freeze())
    }
}

fn too_large(limit: usize) -> Error {
    Error::new(
        ErrorKind::TooLarge,
        format!("the answer is larger than the limit of {limit} bytes"),
    )
}

/// The stream is broken from here on.
pub(super) fn fail(reader: &mut Reader, failed: &mut Failed, error: Error) -> Error {
    reader.close();
    let error = failed.origin.tell(error);
    failed.error = Some(error.clone());
    error
}

/// The items that arrived. An error found after items is kept for the next call.
async fn batch<D: Decoder>(
    reader: &mut Reader,
    decoder: &mut D,
    failed: &mut Failed,
    expected: &mut usize,
) -> Result<Option<Vec<D::Item>>, Error> {
    let mut items = Vec::new();
    loop {
        if let Err(error) = drain(reader, decoder, &mut items) {
            let error = fail(reader, failed, error.with_received(reader.received()));
            return if items.is_empty() {
                Err(error)
            } else {
                Ok(Some(items))
            };
        }
        if !items.is_empty() {
            *expected = items.len();
            return Ok(Some(items));
        }
        let received = reader.received();
        let error = match reader.fill().await {
            Ok(true) => {
                items.reserve((*expected).min(MOST_EXPECTED));
                continue;
            }
            Ok(false) => match decoder.finish() {
                Ok(last) => return Ok(last.map(|last| vec![last])),
                Err(error) => error.with_received(received),
            },
            Err(error) => error,
        };
        let error = fail(reader, failed, error);
        let is_ours = matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Closed);
        return match decoder.cut().filter(|_| !is_ours) {
            Some(piece) => Ok(Some(vec![piece])),
            None => Err(error),
        };
    }
}

/// Decodes the slab.
fn drain<D: Decoder>(
    reader: &mut Reader,
    decoder: &mut D,
    items: &mut Vec<D::Item>,
) -> Result<(), Error> {
    while let Some(piece) = reader.next_piece(usize::MAX)? {
        decoder.push(reader.slab(), piece.range, items)?;
    }
    Ok(())
}
