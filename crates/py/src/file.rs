//! Regular files as request bodies: read by descriptor, with the GIL released.

use std::io;
use std::os::fd::{BorrowedFd, RawFd};
use std::sync::Mutex;

use dockline::{BodySource, FilePart, PieceSource};
use pyo3::prelude::*;

use crate::runtime::lock;

/// A part of a file, as a request body. It is sent once.
#[pyclass(frozen, module = "dockline._native")]
pub(crate) struct FileBody(Mutex<Option<FilePart>>);

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
        let file = borrowed.try_clone_to_owned()?;
        Ok(Self(Mutex::new(Some(FilePart::new(file, offset, length)))))
    }
}

impl FileBody {
    /// The body; `waiting` when whoever polls it must not block.
    pub(crate) fn source(&self, waiting: bool) -> Box<dyn BodySource> {
        Box::new(PieceSource::new(lock(&self.0).take(), waiting, |error| {
            error
        }))
    }
}
