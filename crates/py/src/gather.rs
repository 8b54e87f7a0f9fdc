//! Everything a stream has left as one object, with little more memory than the object itself needs.
//!
//! Bytes are kept in segments of a size for which the allocator asks the operating system each time, and gives it back each time:
//! while the result is filled, each segment goes as soon as it was copied.

use dockline::FrameKind;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::items::Kind;
use crate::reader::Batch;

/// No allocator known keeps blocks of this size for itself (glibc's limit for that grows to 32 MiB).
const SEGMENT: usize = 32 * 1024 * 1024;

/// Bytes in segments.
#[derive(Default)]
struct Segments {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
}

impl Segments {
    fn put(&mut self, bytes: &[u8]) {
        if !self.last.is_empty() && self.last.len() + bytes.len() > SEGMENT {
            let next = Vec::with_capacity(SEGMENT);
            self.full.push(std::mem::replace(&mut self.last, next));
        }
        self.last.extend_from_slice(bytes);
    }

    fn into_bytes(self, py: Python<'_>) -> PyResult<Bound<'_, PyBytes>> {
        if self.full.is_empty() {
            return Ok(PyBytes::new(py, &self.last));
        }
        let Self { mut full, last } = self;
        full.push(last);
        let whole: usize = full.iter().map(Vec::len).sum();
        let length = isize::try_from(whole)
            .map_err(|_| pyo3::exceptions::PyMemoryError::new_err("too many bytes"))?;
        // SAFETY: a bytes object nobody else knows yet; exactly its `whole` bytes are written, all of them, before it is shown.
        // `PyBytes::new_with` would write zeros first, which would make all of its memory real while the segments still are.
        #[expect(
            unsafe_code,
            reason = "a bytes object is filled while its source is freed"
        )]
        unsafe {
            let object = pyo3::ffi::PyBytes_FromStringAndSize(std::ptr::null(), length);
            let object = Bound::from_owned_ptr_or_err(py, object)?;
            let mut at = pyo3::ffi::PyBytes_AsString(object.as_ptr()).cast::<u8>();
            for segment in full {
                std::ptr::copy_nonoverlapping(segment.as_ptr(), at, segment.len());
                at = at.add(segment.len());
            }
            Ok(object.cast_into_unchecked())
        }
    }
}

/// Everything a stream has left, joined: bytes, or for the demultiplexed kinds `(stdout, stderr)` with None for a silent one.
pub(crate) struct Gathered {
    kind: Kind,
    output: Option<Segments>,
    errors: Option<Segments>,
}

impl Gathered {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            output: None,
            errors: None,
        }
    }

    pub(crate) fn add(&mut self, batch: Batch) {
        match batch {
            Batch::One(bytes) => self.put(false, &bytes),
            Batch::Many(items) => items.iter().for_each(|bytes| self.put(false, bytes)),
            Batch::Frames(frames) => {
                let apart = self.kind == Kind::FramesDemux;
                for frame in &frames {
                    self.put(apart && frame.kind == FrameKind::Stderr, &frame.data);
                }
            }
        }
    }

    fn put(&mut self, is_errors: bool, bytes: &[u8]) {
        let side = if is_errors {
            &mut self.errors
        } else {
            &mut self.output
        };
        side.get_or_insert_default().put(bytes);
    }

    pub(crate) fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let bytes = |side: Option<Segments>| side.map(|side| side.into_bytes(py)).transpose();
        let (output, errors) = (bytes(self.output)?, bytes(self.errors)?);
        if matches!(self.kind, Kind::FramesDemux | Kind::RawDemux) {
            return Ok((output, errors).into_pyobject(py)?.into_any().unbind());
        }
        Ok(output
            .unwrap_or_else(|| PyBytes::new(py, b""))
            .into_any()
            .unbind())
    }
}
