//! The memory reads land in: large while bytes pour in, small while they trickle, none while there is nothing to read.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};

use crate::transport::Connection;

/// The smallest and the largest read.
const SMALLEST: usize = 8 * 1024;
pub(crate) const LARGEST: usize = 256 * 1024;
/// So many small reads in a row halve the size.
const PATIENCE: u8 = 4;

/// Memory for reads. What was read leaves as `Bytes`; once its readers dropped those, the memory is used again.
#[derive(Debug)]
pub(crate) struct Slab {
    buffer: BytesMut,
    size: usize,
    small_reads: u8,
}

impl Default for Slab {
    fn default() -> Self {
        Self {
            buffer: BytesMut::new(),
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
        self.make_room();
        let room = self.buffer.capacity();
        let read = tokio_util::io::poll_read_buf(Pin::new(connection), cx, &mut self.buffer);
        if read.is_pending() {
            self.rest();
        }
        let length = ready!(read)?;
        self.adapt(length, room);
        Poll::Ready(Ok(self.buffer.split().freeze()))
    }

    fn make_room(&mut self) {
        if self.buffer.capacity() >= self.size / 2 {
            return;
        }
        if !self.buffer.try_reclaim(self.size) {
            self.buffer = BytesMut::with_capacity(self.size);
        }
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
        if self.buffer.capacity() > SMALLEST {
            self.buffer = BytesMut::new();
        }
    }
}
