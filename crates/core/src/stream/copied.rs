//! A body read into memory of the caller's, with the framing taken out in place: for whoever has buffers of its own to pass on.
//!
//! `room` makes such a buffer, empty, and is asked for one only when there is something to put into it. One read of the socket fills
//! it, as far as it has capacity.

use super::PIECE_LIMIT;
use super::body::{SMALL_PIECE, Stream, fail};
use crate::error::Error;

impl Stream {
    /// What arrived, at least one byte; `None` at a clean end.
    ///
    /// # Errors
    /// As `chunk`.
    pub async fn bytes_into<B: AsMut<Vec<u8>>>(
        &mut self,
        room: impl Fn() -> B,
    ) -> Result<Option<B>, Error> {
        self.check()?;
        // What came with the head.
        let failed = loop {
            match self.next_range(PIECE_LIMIT) {
                Ok(Some((range, _))) => {
                    let part = self.slab().slice(range);
                    self.assembled.extend_from_slice(&part);
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        if !self.assembled.is_empty() {
            // The next call repeats an error: what came before it is delivered first.
            return Ok(Some(self.take_assembled(&room)));
        }
        failed?;
        while let Some(mut given) = self.fill_given(&room).await? {
            let failed = self.unframe(given.as_mut(), 0, |_| ());
            if !given.as_mut().is_empty() {
                // As above.
                return Ok(Some(given));
            }
            failed?;
        }
        Ok(None)
    }

    /// The HTTP chunks that arrived, and where each of them ends; `None` at a clean end. Of a chunk that is still to be completed, 8 KiB
    /// and more are given as they come, in pieces; a smaller part waits for the rest.
    ///
    /// # Errors
    /// As `chunk`.
    pub async fn chunks_into<B: AsMut<Vec<u8>>>(
        &mut self,
        room: impl Fn() -> B,
    ) -> Result<Option<(B, Vec<usize>)>, Error> {
        self.check()?;
        // What came with the head.
        while let Some((range, is_end)) = self.next_range(PIECE_LIMIT)? {
            let part = self.slab().slice(range);
            self.assembled.extend_from_slice(&part);
            if is_end || self.assembled.len() >= SMALL_PIECE {
                let end = self.assembled.len();
                return Ok(Some((self.take_assembled(&room), vec![end])));
            }
        }
        loop {
            let begun = self.assembled.len();
            let Some(mut given) = self.fill_given(&room).await? else {
                let end = self.assembled.len();
                return Ok((end > 0).then(|| (self.take_assembled(&room), vec![end])));
            };
            let buffer = given.as_mut();
            let mut ends = Vec::new();
            let failed = self.unframe(buffer, begun, |end| ends.push(end));
            let mut end = ends.last().copied().unwrap_or_default();
            if buffer.len() - end >= SMALL_PIECE {
                end = buffer.len();
                ends.push(end);
            }
            self.assembled
                .extend_from_slice(buffer.get(end..).unwrap_or_default());
            buffer.truncate(end);
            if end > 0 {
                // As above.
                return Ok(Some((given, ends)));
            }
            failed?;
        }
    }

    /// Reads into memory that `room` gives, behind what is assembled already; `None` at the clean end.
    async fn fill_given<B: AsMut<Vec<u8>>>(
        &mut self,
        room: impl Fn() -> B,
    ) -> Result<Option<B>, Error> {
        let assembled = &self.assembled;
        let begun = || {
            let mut given = room();
            let buffer = given.as_mut();
            buffer.extend_from_slice(assembled);
            if buffer.capacity() == buffer.len() {
                buffer.reserve(SMALL_PIECE);
            }
            given
        };
        match self.reader.fill_given(begun).await {
            Ok(given) => {
                if given.is_some() {
                    self.assembled.clear();
                }
                Ok(given)
            }
            Err(error) => Err(fail(&mut self.reader, &mut self.failed, error)),
        }
    }

    /// Takes the framing out of what `fill_given` has read behind the first `kept` bytes.
    fn unframe(
        &mut self,
        buffer: &mut Vec<u8>,
        kept: usize,
        chunk_ends: impl FnMut(usize),
    ) -> Result<(), Error> {
        let outcome = self.reader.unframe(buffer, kept, chunk_ends);
        outcome.map_err(|error| fail(&mut self.reader, &mut self.failed, error))
    }

    fn take_assembled<B: AsMut<Vec<u8>>>(&mut self, room: impl Fn() -> B) -> B {
        let mut given = room();
        given.as_mut().extend_from_slice(&self.assembled);
        self.assembled.clear();
        given
    }
}
