//! Request bodies that are Python objects: bytes, a path, an iterator, or an asynchronous iterator.
//!
//! Pieces are pulled one at a time, while they are sent. What an iterator raises is kept and raised by the call.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use dockline::{Body, BodySource};
use pyo3::exceptions::{PyStopAsyncIteration, PyTypeError};
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::sync::PyOnceLock;
use tokio::sync::oneshot;

use crate::archive::ArchivePieces;
use crate::error::Raised;
use crate::event_loop::running_loop;
use crate::gate::{ending, enter};

type Piece = PyResult<Option<Bytes>>;
type Pending = Pin<Box<dyn Future<Output = Piece> + Send>>;

static ENSURE_FUTURE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Where a call waits, which decides where its body's iterator runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// In its own thread: iterators run there.
    Thread,
    /// In an event loop: asynchronous iterators run there, ordinary ones in a thread of the runtime.
    Loop,
}

/// The body for what the Python layer hands over: None, bytes, a path or an iterator.
pub(crate) fn body(
    object: Option<&Bound<'_, PyAny>>,
    length: Option<u64>,
    caller: Caller,
    raised: &Raised,
) -> PyResult<Body> {
    let Some(object) = object else {
        return Ok(Body::Empty);
    };
    if let Ok(backed) = object.extract::<PyBackedBytes>() {
        return Ok(Body::Bytes(Bytes::from_owner(backed)));
    }
    if let Some(source) = native(object, caller, raised) {
        return Ok(Body::Stream { source, length });
    }
    if object.hasattr("__fspath__")? {
        return Ok(Body::from_path(object.extract::<PathBuf>()?, length));
    }
    let source: Box<dyn BodySource> = if object.hasattr("__anext__")? {
        Box::new(Pulled {
            next: Next::Bridge {
                event_loop: running_loop(object.py())?.unbind(),
                iterator: object.clone().unbind(),
            },
            pending: None,
            raised: raised.clone(),
        })
    } else {
        let iterator = object.try_iter()?.into_any().unbind();
        Box::new(Pulled {
            next: match caller {
                Caller::Thread => Next::Here(iterator),
                Caller::Loop => Next::Blocking(iterator),
            },
            pending: None,
            raised: raised.clone(),
        })
    };
    Ok(Body::Stream { source, length })
}

/// A body that is made without running Python code that could call a client.
fn native(
    object: &Bound<'_, PyAny>,
    caller: Caller,
    raised: &Raised,
) -> Option<Box<dyn BodySource>> {
    let waiting = caller == Caller::Loop;
    #[cfg(unix)]
    if let Ok(file) = object.cast::<crate::file::FileBody>() {
        return Some(file.get().source(waiting));
    }
    let archive = object.cast::<ArchivePieces>().ok()?;
    Some(archive.get().source(raised, waiting))
}

/// Where the next piece comes from.
enum Next {
    /// Pulled in the thread that polls.
    Here(Py<PyAny>),
    /// Pulled in a thread where blocking is allowed.
    Blocking(Py<PyAny>),
    /// Pulled in the event loop.
    Bridge {
        event_loop: Py<PyAny>,
        iterator: Py<PyAny>,
    },
}

struct Pulled {
    next: Next,
    pending: Option<Pending>,
    raised: Raised,
}

impl BodySource for Pulled {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let piece = if let Some(pending) = &mut self.pending {
            let piece = ready!(pending.as_mut().poll(cx));
            self.pending = None;
            piece
        } else {
            match self.start() {
                Ok(piece) => piece,
                Err(pending) => {
                    self.pending = Some(pending);
                    return self.poll_next(cx);
                }
            }
        };
        Poll::Ready(match piece {
            Ok(piece) => piece.map(Ok),
            Err(error) => {
                self.raised.set(error);
                Some(Err(io::Error::other(
                    "the request body raised an exception",
                )))
            }
        })
    }
}

impl Pulled {
    /// The next piece, or the future of it.
    fn start(&self) -> Result<Piece, Pending> {
        match &self.next {
            Next::Here(iterator) => {
                Ok(Python::try_attach(|py| next(iterator.bind(py)))
                    .unwrap_or_else(|| Err(ending())))
            }
            Next::Blocking(iterator) => {
                let iterator = match enter(|py| Ok(iterator.clone_ref(py))) {
                    Ok(iterator) => iterator,
                    Err(error) => return Ok(Err(error)),
                };
                let task = tokio::task::spawn_blocking(move || enter(|py| next(iterator.bind(py))));
                Err(Box::pin(async move { task.await.unwrap_or(Ok(None)) }))
            }
            Next::Bridge {
                event_loop,
                iterator,
            } => {
                let (sender, receiver) = oneshot::channel();
                let asked = enter(|py| {
                    let pull = Pull {
                        iterator: iterator.clone_ref(py),
                        sender: std::sync::Mutex::new(Some(sender)),
                    };
                    event_loop.call_method1(py, "call_soon_threadsafe", (Py::new(py, pull)?,))
                });
                match asked {
                    Ok(_) => Err(Box::pin(async move { receiver.await.unwrap_or(Ok(None)) })),
                    Err(error) => Ok(Err(error)),
                }
            }
        }
    }
}

fn next(iterator: &Bound<'_, PyAny>) -> Piece {
    let Some(item) = iterator.cast::<pyo3::types::PyIterator>()?.clone().next() else {
        return Ok(None);
    };
    item.and_then(|item| piece(&item)).map(Some)
}

/// One piece: bytes as they are, text as UTF-8, other buffers copied.
fn piece(item: &Bound<'_, PyAny>) -> PyResult<Bytes> {
    if let Ok(backed) = item.extract::<PyBackedBytes>() {
        return Ok(Bytes::from_owner(backed));
    }
    if let Ok(text) = item.extract::<PyBackedStr>() {
        return Ok(Bytes::copy_from_slice(text.as_bytes()));
    }
    if item.hasattr("__index__")? {
        return Err(PyTypeError::new_err(
            "a request body must give bytes, not numbers",
        ));
    }
    let copied = item
        .py()
        .get_type::<pyo3::types::PyBytes>()
        .call1((item,))?;
    Ok(Bytes::from_owner(copied.extract::<PyBackedBytes>()?))
}

type Answer = std::sync::Mutex<Option<oneshot::Sender<Piece>>>;

/// Runs in the event loop: starts the next step of an asynchronous iterator.
#[pyclass(frozen)]
struct Pull {
    iterator: Py<PyAny>,
    sender: Answer,
}

#[pymethods]
impl Pull {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        let Some(sender) = crate::runtime::lock(&self.sender).take() else {
            return Ok(());
        };
        let step = self.iterator.bind(py).call_method0("__anext__")?;
        let task = ENSURE_FUTURE
            .import(py, "asyncio", "ensure_future")?
            .call1((step,))?;
        let pulled = Got {
            sender: std::sync::Mutex::new(Some(sender)),
        };
        task.call_method1("add_done_callback", (pulled,))?;
        Ok(())
    }
}

/// Runs in the event loop: passes on what the iterator gave.
#[pyclass(frozen)]
struct Got {
    sender: Answer,
}

#[pymethods]
impl Got {
    fn __call__(&self, task: &Bound<'_, PyAny>) {
        let result = match task.call_method0("result") {
            Ok(item) => piece(&item).map(Some),
            Err(error) if error.is_instance_of::<PyStopAsyncIteration>(task.py()) => Ok(None),
            Err(error) => Err(error),
        };
        if let Some(sender) = crate::runtime::lock(&self.sender).take() {
            // Nobody listens when the request is over.
            drop(sender.send(result));
        }
    }
}
