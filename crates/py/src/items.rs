//! Items out of batches: one Python list for each batch, so that iterating costs no native call for each item.

use dockline::{Bytes, Frame, FrameKind};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};

use crate::json;

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
    /// The payloads that arrived together, joined.
    Joined,
    /// The same for each stream, as `(stdout, stderr)`, one of them None.
    JoinedDemux,
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
            "joined" => Self::Joined,
            "joined_demux" => Self::JoinedDemux,
            "tagged" => Self::Tagged,
            "lines" => Self::Lines,
            "values" => Self::Values,
            _ => return Err(PyValueError::new_err(format!("no stream has {name:?}"))),
        })
    }

    fn joins(self) -> bool {
        matches!(self, Self::Joined | Self::JoinedDemux)
    }

    /// What to ask the stream for.
    pub(crate) fn verb(self, reader: &Reader) -> Verb {
        match self {
            Self::Raw | Self::RawDemux => Verb::Chunk,
            Self::HttpChunks => Verb::HttpChunks,
            Self::Pieces(size) => {
                let coding = reader.head().header("transfer-encoding");
                if coding.is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked")) {
                    Verb::HttpChunks
                } else {
                    Verb::Read(size)
                }
            }
            Self::Frames | Self::FramesDemux | Self::Joined | Self::JoinedDemux | Self::Tagged => {
                Verb::Frames
            }
            Self::Lines => Verb::Lines,
            Self::Values => Verb::Values,
        }
    }
}

/// How values become objects.
pub(crate) enum Decode {
    /// They stay bytes.
    Not,
    /// As `json.loads` does it.
    Json,
    /// By a function of the caller.
    By(Py<PyAny>),
}

impl Decode {
    pub(crate) fn new(py: Python<'_>, function: Option<Py<PyAny>>) -> PyResult<Self> {
        Ok(match function {
            None => Self::Not,
            Some(function) if function.bind(py).is(json::standard(py)?) => Self::Json,
            Some(function) => Self::By(function),
        })
    }

    fn apply<'py>(&self, py: Python<'py>, bytes: &Bytes) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Not => Ok(PyBytes::new(py, bytes).into_any()),
            Self::Json => json::decode(py, bytes, json::Otherwise::Text),
            Self::By(function) => {
                let text = match std::str::from_utf8(bytes) {
                    Ok(text) => PyString::new(py, text).into_any(),
                    Err(_) => PyBytes::new(py, bytes).into_any(),
                };
                function.bind(py).call1((text,))
            }
        }
    }
}

/// A piece that is larger than its consumer wants is cut into at most so many at a time.
const MOST_PIECES: usize = 4096;
/// Frames are joined up to this size; one that is larger stands alone.
const MOST_JOINED: usize = 256 * 1024;

/// Turns batches into lists.
pub(crate) struct Lister {
    pub(crate) kind: Kind,
    pub(crate) decode: Decode,
}

impl Lister {
    /// The items of a batch, and the exception that the first bad one raised. What does not fit is left in `rest`.
    pub(crate) fn list<'py>(
        &self,
        py: Python<'py>,
        batch: Batch,
        rest: &mut Option<Bytes>,
    ) -> PyResult<(Bound<'py, PyList>, Option<PyErr>)> {
        match batch {
            Batch::One(whole) => Ok((self.pieces(py, whole, rest)?, None)),
            Batch::Many(items) => self.many(py, &items, rest),
            Batch::Frames(frames) if self.kind.joins() => {
                Ok((joined(py, &frames, self.kind)?, None))
            }
            Batch::Frames(frames) => {
                let list = PyList::empty(py);
                for frame in &frames {
                    list.append(framed(py, frame, self.kind)?)?;
                }
                Ok((list, None))
            }
        }
    }

    fn many<'py>(
        &self,
        py: Python<'py>,
        items: &[Bytes],
        rest: &mut Option<Bytes>,
    ) -> PyResult<(Bound<'py, PyList>, Option<PyErr>)> {
        let list = PyList::empty(py);
        for item in items {
            if let Kind::Pieces(_) = self.kind {
                list.call_method1("extend", (self.pieces(py, item.clone(), rest)?,))?;
                continue;
            }
            match self.decode.apply(py, item) {
                Ok(object) => list.append(object)?,
                Err(error) => return Ok((list, Some(error))),
            }
        }
        Ok((list, None))
    }

    fn pieces<'py>(
        &self,
        py: Python<'py>,
        mut whole: Bytes,
        rest: &mut Option<Bytes>,
    ) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        if let Kind::Pieces(size) = self.kind {
            while whole.len() > size && list.len() < MOST_PIECES {
                list.append(PyBytes::new(py, &whole.split_to(size)))?;
            }
            if whole.len() > size {
                *rest = Some(whole);
                return Ok(list);
            }
        }
        let data = match &self.decode {
            Decode::Not => PyBytes::new(py, &whole).into_any(),
            decode => decode.apply(py, &whole)?,
        };
        if self.kind == Kind::RawDemux {
            list.append(pair(data, false)?)?;
        } else {
            list.append(data)?;
        }
        Ok(list)
    }
}

/// Joins what arrived together, up to 256 KiB, and keeps the streams apart where that is asked for.
fn joined<'py>(py: Python<'py>, frames: &[Frame], kind: Kind) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    let mut rest = frames;
    while let Some(first) = rest.first() {
        let mut size = 0;
        let many = rest
            .iter()
            .take_while(|frame| {
                size += frame.data.len();
                let same = kind == Kind::Joined || is_error(frame) == is_error(first);
                same && (size <= MOST_JOINED || size == frame.data.len())
            })
            .count();
        let (together, others) = rest.split_at_checked(many).unwrap_or((rest, &[]));
        let size = together.iter().map(|frame| frame.data.len()).sum();
        let data = PyBytes::new_with(py, size, |mut room| {
            for frame in together {
                let Some((here, behind)) = room.split_at_mut_checked(frame.data.len()) else {
                    break;
                };
                here.copy_from_slice(&frame.data);
                room = behind;
            }
            Ok(())
        })?;
        match kind {
            Kind::JoinedDemux => list.append(pair(data.into_any(), is_error(first))?)?,
            _ => list.append(data)?,
        }
        rest = others;
    }
    Ok(list)
}

fn is_error(frame: &Frame) -> bool {
    frame.kind == FrameKind::Stderr
}

/// `(stdout, stderr)`.
fn pair(data: Bound<'_, PyAny>, is_error: bool) -> PyResult<Bound<'_, PyTuple>> {
    let py = data.py();
    let none = py.None().into_bound(py);
    PyTuple::new(py, if is_error { [none, data] } else { [data, none] })
}

pub(crate) fn framed<'py>(
    py: Python<'py>,
    frame: &Frame,
    kind: Kind,
) -> PyResult<Bound<'py, PyAny>> {
    let data = PyBytes::new(py, &frame.data).into_any();
    Ok(match kind {
        Kind::FramesDemux => pair(data, is_error(frame))?.into_any(),
        Kind::Tagged => (frame.kind as u8, data).into_pyobject(py)?.into_any(),
        _ => data,
    })
}
