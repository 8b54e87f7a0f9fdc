//! Regular files as request bodies: read by descriptor, with the GIL released and into memory that is used again.

use std::future::Future;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use dockline::BodySource;
use pyo3::prelude::*;
use rustix::buffer::spare_capacity;

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
        Box::new(Source {
            part: lock(&self.0).take(),
            reading: None,
            waiting,
        })
    }
}

struct Part {
    file: OwnedFd,
    at: u64,
    left: u64,
    /// The last piece: its memory is used again once it was sent.
    last: Option<Bytes>,
}

impl Part {
    fn next(&mut self) -> io::Result<Option<Bytes>> {
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

type Answer = (Part, io::Result<Option<Bytes>>);
type Reading = Pin<Box<dyn Future<Output = Option<Answer>> + Send>>;

struct Source {
    part: Option<Part>,
    reading: Option<Reading>,
    waiting: bool,
}

impl BodySource for Source {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if let Some(mut part) = self.part.take() {
            if !self.waiting {
                let piece = part.next();
                return Poll::Ready(self.settle((part, piece)));
            }
            let task = tokio::task::spawn_blocking(move || {
                let piece = part.next();
                (part, piece)
            });
            self.reading = Some(Box::pin(async move { task.await.ok() }));
        }
        let Some(reading) = &mut self.reading else {
            return Poll::Ready(None);
        };
        let answer = ready!(reading.as_mut().poll(cx));
        self.reading = None;
        Poll::Ready(answer.and_then(|answer| self.settle(answer)))
    }
}

impl Source {
    fn settle(&mut self, (part, piece): Answer) -> Option<io::Result<Bytes>> {
        self.part = Some(part).filter(|_| matches!(piece, Ok(Some(_))));
        piece.transpose()
    }
}
