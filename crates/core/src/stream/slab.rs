//! The memory reads land in: large while bytes pour in, small while they trickle, none while there is nothing to read.

use std::io;
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::transport::Connection;

/// The smallest and the largest read.
const SMALLEST: usize = 8 * 1024;
pub(crate) const LARGEST: usize = 256 * 1024;
/// So many small reads in a row halve the size.
const PATIENCE: u8 = 4;

/// Memory for reads. What was read leaves as `Bytes`; once its readers dropped those, the memory is used again.
#[derive(Debug)]
pub(crate) struct Slab {
    /// The last read, and how much room its memory has.
    last: Bytes,
    room: usize,
    size: usize,
    small_reads: u8,
}

impl Default for Slab {
    fn default() -> Self {
        Self {
            last: Bytes::new(),
            room: 0,
            size: SMALLEST,
            small_reads: 0,
        }
    }
}

impl Slab {
    /// Reads once; empty at the end. Holds no large memory while it is pending.
    pub(crate) fn poll_read(
        &mut self,
        connection: &mut Connection,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Bytes>> {
        match connection.poll_readable(cx) {
            Poll::Ready(ready) => ready?,
            Poll::Pending => {
                self.rest();
                return Poll::Pending;
            }
        }
        let mut space = self.space();
        let room = space.capacity();
        let read = connection.poll_read_into(cx, &mut space);
        self.last = Bytes::from(space);
        self.room = room;
        match read {
            Poll::Ready(read) => {
                self.adapt(read?, room);
                Poll::Ready(Ok(self.last.clone()))
            }
            Poll::Pending => {
                self.rest();
                Poll::Pending
            }
        }
    }

    /// The memory of the last read where nobody needs it any more and it has the size that is wanted.
    fn space(&mut self) -> Vec<u8> {
        if self.room >= self.size / 2
            && let Ok(mut last) = std::mem::take(&mut self.last).try_into_mut()
        {
            last.clear();
            return last.into();
        }
        Vec::with_capacity(self.size)
    }

    fn adapt(&mut self, length: usize, room: usize) {
        if length == room {
            self.size = (self.size * 2).min(LARGEST);
            self.small_reads = 0;
        } else if length >= self.size / 8 {
            self.small_reads = 0;
        } else if self.small_reads < PATIENCE {
            self.small_reads += 1;
        } else {
            self.size = (self.size / 2).max(SMALLEST);
            self.small_reads = 0;
        }
    }

    fn rest(&mut self) {
        if self.room > SMALLEST {
            self.last = Bytes::new();
            self.room = 0;
        }
    }
}
