//! Regular files as request bodies: read by descriptor, with the GIL released and into memory that is used again.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::sync::Mutex;

use bytes::Bytes;
use dockline::BodySource;
use pyo3::prelude::*;
use rustix::buffer::spare_capacity;

use crate::pieces::{Pieces, Source};
use crate::runtime::lock;

/// The largest piece.
const PIECE: usize = 256 * 1024;

/// A part of a file, as a request body. It is sent once.
#[pyclass(frozen, module = "dockline._native")]
pub(crate) struct FileBody(Mutex<Option<Part>>);

#[pymethods]
impl FileBody {
    /// `length` bytes from `offset` on of the file with this descriptor, which may be closed from here on.
    #[new]
    fn new(descriptor: RawFd, offset: u64, length: u64) -> PyResult<Self> {
        if descriptor < 0 {
            return Err(
                io::Error::from_raw_os_error(rustix::io::Errno::BADF.raw_os_error()).into(),
            );
        }
        // SAFETY: it is duplicated before anybody can close it: the GIL is held. One that is not open is refused by that.
        #[expect(unsafe_code, reason = "Python has descriptors as numbers")]
        let borrowed = unsafe { BorrowedFd::borrow_raw(descriptor) };
        let part = Part {
            file: borrowed.try_clone_to_owned()?,
            at: offset,
            left: length,
            last: None,
        };
        Ok(Self(Mutex::new(Some(part))))
    }
}

impl FileBody {
    /// The body; `waiting` when whoever polls it must not block.
    pub(crate) fn source(&self, waiting: bool) -> Box<dyn BodySource> {
        Box::new(Source::new(lock(&self.0).take(), waiting, |error| error))
    }
}

struct Part {
    file: OwnedFd,
    at: u64,
    left: u64,
    /// The last piece: its memory is used again once it was sent.
    last: Option<Bytes>,
}

impl Pieces for Part {
    type Error = io::Error;

    fn next_piece(&mut self) -> io::Result<Option<Bytes>> {
        let wanted = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        if wanted == 0 {
            return Ok(None);
        }
        let mut room = match self.last.take().map(Bytes::try_into_mut) {
            Some(Ok(mut sent)) => {
                sent.clear();
                Vec::from(sent)
            }
            _ => Vec::new(),
        };
        room.reserve_exact(wanted);
        rustix::io::retry_on_intr(|| {
            rustix::io::pread(&self.file, spare_capacity(&mut room), self.at)
        })?;
        // It may have grown since its size was announced.
        room.truncate(wanted);
        self.at += room.len() as u64;
        self.left -= room.len() as u64;
        let piece = Bytes::from(room);
        self.last = Some(piece.clone());
        Ok((!piece.is_empty()).then_some(piece))
    }
}
