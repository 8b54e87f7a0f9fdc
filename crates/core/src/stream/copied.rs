//! A body copied into memory of the caller's: for whoever has buffers of its own to fill and pass on.
//!
//! `room` makes such a buffer, empty; it is asked for one only when there is something to put into it. No more is put into it than
//! it has capacity for, except a single HTTP chunk.

use super::PIECE_LIMIT;
use super::body::Stream;
use crate::error::Error;

impl Stream {
    /// What arrived, at least one byte and one read of the socket at most (256 KiB); `None` at a clean end.
    ///
    /// # Errors
    /// As `chunk`.
    pub async fn bytes_into<B: AsMut<Vec<u8>>>(
        &mut self,
        room: impl Fn() -> B,
    ) -> Result<Option<B>, Error> {
        loop {
            self.check()?;
            if self.has_more() {
                let mut given = room();
                let buffer = given.as_mut();
                buffer.append(&mut self.assembled.split().into());
                let failed = self.copy(buffer, None);
                if !buffer.is_empty() {
                    // The next call repeats an error: what came before it is delivered first.
                    return Ok(Some(given));
                }
                failed?;
            }
            if !self.fill().await? {
                return Ok(None);
            }
        }
    }

    /// The HTTP chunks that arrived, and where each of them ends; `None` at a clean end. Chunks are cut as by `http_chunk`.
    ///
    /// # Errors
    /// As `chunk`.
    pub async fn chunks_into<B: AsMut<Vec<u8>>>(
        &mut self,
        room: impl Fn() -> B,
    ) -> Result<Option<(B, Vec<usize>)>, Error> {
        loop {
            self.check()?;
            if self.has_more() {
                let mut given = room();
                let buffer = given.as_mut();
                let mut ends = Vec::new();
                buffer.append(&mut self.assembled.split().into());
                let failed = self.copy(buffer, Some(&mut ends));
                // A chunk that has only begun waits for the rest of it.
                let end = ends.last().copied().unwrap_or_default();
                self.assembled
                    .extend_from_slice(buffer.get(end..).unwrap_or_default());
                buffer.truncate(end);
                if end > 0 {
                    return Ok(Some((given, ends)));
                }
                failed?;
            }
            if !self.fill().await? {
                if self.assembled.is_empty() {
                    return Ok(None);
                }
                let mut given = room();
                let buffer = given.as_mut();
                buffer.append(&mut self.assembled.split().into());
                let end = buffer.len();
                return Ok(Some((given, vec![end])));
            }
        }
    }

    /// Copies what is left of the slab, as far as there is room, and notes where HTTP chunks end.
    fn copy(
        &mut self,
        buffer: &mut Vec<u8>,
        mut ends: Option<&mut Vec<usize>>,
    ) -> Result<(), Error> {
        let mut end = 0;
        loop {
            // The first chunk is not cut for want of room.
            let limit = match &ends {
                Some(_) if end == 0 => PIECE_LIMIT - buffer.len(),
                // Also a buffer without room makes progress.
                _ => buffer.capacity().max(1) - buffer.len(),
            };
            if limit == 0 {
                return Ok(());
            }
            let Some((range, is_end)) = self.next_range(limit)? else {
                return Ok(());
            };
            buffer.extend_from_slice(self.slab().get(range).unwrap_or_default());
            if is_end || buffer.len() - end >= PIECE_LIMIT {
                end = buffer.len();
                if let Some(ends) = &mut ends {
                    ends.push(end);
                }
            }
        }
    }
}
