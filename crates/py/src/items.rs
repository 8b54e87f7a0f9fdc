//! Items out of batches: a queue that native iterators empty without waiting, and refill when it is empty.

use std::vec::IntoIter;

use dockline::{Bytes, Frame, FrameKind};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use crate::reader::{Batch, Reader, Verb};

/// What an iterator gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Whatever arrived.
    Raw,
    /// The same as `(stdout, None)`.
    RawDemux,
    /// One HTTP chunk per item.
    HttpChunks,
    /// HTTP chunks cut to at most this many bytes; exactly as many when the body is not chunked.
    Pieces(usize),
    /// The payloads of frames.
    Frames,
    /// The payloads as `(stdout, stderr)`, one of them None.
    FramesDemux,
    /// Frames as `(type, payload)`.
    Tagged,
    /// Lines without their ends.
    Lines,
    /// JSON values.
    Values,
}

impl Kind {
    pub(crate) fn parse(name: &str, size: usize) -> PyResult<Self> {
        Ok(match name {
            "raw" | "chunks" => Self::Raw,
            "raw_demux" => Self::RawDemux,
            "http_chunks" => Self::HttpChunks,
            "pieces" if size == 0 => Self::HttpChunks,
            "pieces" => Self::Pieces(size),
            "frames" => Self::Frames,
            "frames_demux" => Self::FramesDemux,
            "tagged" => Self::Tagged,
            "lines" => Self::Lines,
            "values" => Self::Values,
            _ => return Err(PyValueError::new_err(format!("no stream has {name:?}"))),
        })
    }

    /// What to ask the stream for.
    pub(crate) fn verb(self, reader: &Reader) -> Verb {
        match self {
            Self::Raw | Self::RawDemux => Verb::Chunk,
            Self::HttpChunks => Verb::HttpChunk,
            Self::Pieces(size) => {
                let coding = reader.head().header("transfer-encoding");
                if coding.is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked")) {
                    Verb::HttpChunk
                } else {
                    Verb::Read(size)
                }
            }
            Self::Frames | Self::FramesDemux | Self::Tagged => Verb::Frames,
            Self::Lines => Verb::Lines,
            Self::Values => Verb::Values,
        }
    }
}

/// The items of a batch that were not given out yet.
#[derive(Default)]
pub(crate) enum Queue {
    #[default]
    Empty,
    One(Bytes),
    Many(IntoIter<Bytes>),
    Frames(IntoIter<Frame>),
}

impl From<Batch> for Queue {
    fn from(batch: Batch) -> Self {
        match batch {
            Batch::One(bytes) => Self::One(bytes),
            Batch::Many(items) => Self::Many(items.into_iter()),
            Batch::Frames(frames) => Self::Frames(frames.into_iter()),
        }
    }
}

impl Queue {
    /// The next item as a Python object; `None` when the queue is empty.
    pub(crate) fn next<'py>(
        &mut self,
        py: Python<'py>,
        kind: Kind,
        decode: Option<&Py<PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Self::Frames(frames) = self {
            return frames
                .next()
                .map(|frame| framed(py, &frame, kind))
                .transpose();
        }
        let Some(bytes) = self.bytes(kind) else {
            return Ok(None);
        };
        if let Some(decode) = decode {
            let text = match std::str::from_utf8(&bytes) {
                Ok(text) => PyString::new(py, text).into_any(),
                Err(_) => PyBytes::new(py, &bytes).into_any(),
            };
            return decode.bind(py).call1((text,)).map(Some);
        }
        let data = PyBytes::new(py, &bytes);
        if kind == Kind::RawDemux {
            return Ok(Some(
                PyTuple::new(py, [data.into_any(), py.None().into_bound(py)])?.into_any(),
            ));
        }
        Ok(Some(data.into_any()))
    }

    fn bytes(&mut self, kind: Kind) -> Option<Bytes> {
        match self {
            Self::One(whole) => {
                if let Kind::Pieces(size) = kind
                    && whole.len() > size
                {
                    return Some(whole.split_to(size));
                }
                let last = std::mem::take(whole);
                *self = Self::Empty;
                Some(last)
            }
            Self::Many(items) => items.next(),
            Self::Empty | Self::Frames(_) => None,
        }
    }
}

fn framed<'py>(py: Python<'py>, frame: &Frame, kind: Kind) -> PyResult<Bound<'py, PyAny>> {
    let data = PyBytes::new(py, &frame.data).into_any();
    Ok(match kind {
        Kind::FramesDemux => {
            let none = py.None().into_bound(py);
            let pair = if frame.kind == FrameKind::Stderr {
                [none, data]
            } else {
                [data, none]
            };
            PyTuple::new(py, pair)?.into_any()
        }
        Kind::Tagged => (frame.kind as u8, data).into_pyobject(py)?.into_any(),
        _ => data,
    })
}

/// Everything a stream has left, joined: bytes, or for the demultiplexed kinds `(stdout, stderr)` with None for a silent one.
pub(crate) struct Gathered {
    kind: Kind,
    output: Option<Vec<u8>>,
    errors: Option<Vec<u8>>,
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
        side.get_or_insert_default().extend_from_slice(bytes);
    }

    pub(crate) fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let bytes = |side: Option<Vec<u8>>| side.map(|side| PyBytes::new(py, &side));
        if matches!(self.kind, Kind::FramesDemux | Kind::RawDemux) {
            let pair = (bytes(self.output), bytes(self.errors));
            return Ok(pair.into_pyobject(py)?.into_any().unbind());
        }
        Ok(PyBytes::new(py, &self.output.unwrap_or_default())
            .into_any()
            .unbind())
    }
}
