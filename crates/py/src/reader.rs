//! The body of an answer as every Python class reads it: shared, closable from any thread, pulled in batches.
//!
//! One task or thread reads at a time; the others wait for their turn. A read that `close` interrupts ends cleanly.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dockline::deadline::within;
use dockline::{Bytes, Cancel, Error, ErrorKind, Frame, Head, Stream, Timeouts};
use pyo3::prelude::*;
use pyo3::types::PyList;
use tokio::sync::Mutex as AsyncMutex;

use crate::error::{Raised, fields};
use crate::runtime::{lock, present};

/// What to ask a stream for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Chunk,
    HttpChunk,
    HttpChunks,
    Read(usize),
    Frames,
    Lines,
    Values,
}

/// What a stream gave: never empty.
pub(crate) enum Batch {
    One(Bytes),
    Many(Vec<Bytes>),
    Frames(Vec<Frame>),
}

/// Why a read failed.
pub(crate) enum Failure {
    Core(Error),
    /// Nothing came within the time between two reads.
    Idle(Duration),
}

pub(crate) struct Reader {
    pid: u32,
    head: Head,
    stream: AsyncMutex<Option<Stream>>,
    cancel: Cancel,
    closed: AtomicBool,
    ended: AtomicBool,
    received: AtomicU64,
    idle: Mutex<Option<Duration>>,
    /// What the request body raised while it was still being sent.
    raised: Raised,
    /// The list whose items are being given out.
    handed: Mutex<Option<Py<PyList>>>,
}

impl Reader {
    /// Reads from `stream`, or from what `give` brings later.
    pub(crate) fn new(
        head: Head,
        cancel: Cancel,
        stream: Option<Stream>,
        limits: &Timeouts,
        raised: Raised,
    ) -> Arc<Self> {
        Arc::new(Self {
            pid: std::process::id(),
            head,
            stream: AsyncMutex::new(stream),
            cancel,
            closed: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            received: AtomicU64::new(0),
            idle: Mutex::new(limits.idle),
            raised,
            handed: Mutex::new(None),
        })
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) fn cancel_handle(&self) -> Cancel {
        self.cancel.clone()
    }

    /// Sets the stream to read from; it is not being read yet.
    pub(crate) fn give(&self, stream: Stream) {
        if let Ok(mut slot) = self.stream.try_lock() {
            *slot = Some(stream);
        }
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.cancel.cancel();
        if let Ok(mut slot) = self.stream.try_lock() {
            *slot = None;
        }
        let handed = lock(&self.handed).take();
        if let Some(list) = handed {
            Python::try_attach(|py| drop(list.bind(py).call_method0("clear")));
        }
    }

    /// Remembers the list that is being given out: closing ends it, too.
    pub(crate) fn hand_out(&self, list: &Bound<'_, PyList>) {
        *lock(&self.handed) = Some(list.clone().unbind());
    }

    /// Whether `close` was called.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Whether nothing more will come.
    pub(crate) fn is_over(&self) -> bool {
        self.is_closed() || self.ended.load(Ordering::Acquire)
    }

    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    pub(crate) fn set_idle(&self, limit: Option<Duration>) {
        *lock(&self.idle) = limit;
    }

    /// Waits for the next batch; `None` at a clean end and after `close`.
    pub(crate) async fn pull(&self, verb: Verb) -> Result<Option<Batch>, Failure> {
        let mut slot = self.stream.lock().await;
        if self.is_over() {
            *slot = None;
            return Ok(None);
        }
        let Some(stream) = slot.as_mut() else {
            return Ok(None);
        };
        let limit = *lock(&self.idle);
        let outcome = match limit {
            None => ask(stream, verb).await.map_err(Failure::Core),
            Some(limit) => match within(limit, ask(stream, verb)).await {
                Some(outcome) => outcome.map_err(Failure::Core),
                None => Err(Failure::Idle(limit)),
            },
        };
        self.received.store(stream.received(), Ordering::Relaxed);
        if matches!(outcome, Ok(Some(_))) {
            return outcome;
        }
        self.ended.store(true, Ordering::Release);
        *slot = None;
        match outcome {
            Err(Failure::Core(error))
                if error.kind() == ErrorKind::Cancelled && self.is_closed() =>
            {
                Ok(None)
            }
            outcome => outcome,
        }
    }

    /// The exception for a failed read.
    pub(crate) fn exception(&self, py: Python<'_>, failure: &Failure) -> PyErr {
        match failure {
            Failure::Core(error) => self.raised.or_mapped(py, error, &Timeouts::default()),
            Failure::Idle(limit) => self
                .idle_exception(py, *limit)
                .unwrap_or_else(|failure| failure),
        }
    }

    fn idle_exception(&self, py: Python<'_>, limit: Duration) -> PyResult<PyErr> {
        let seconds = limit.as_secs_f64();
        let message = format!("the engine sent nothing more within {seconds:.1} s (idle)");
        let error = Error::new(ErrorKind::Timeout, message);
        let fields = fields(py, &error)?;
        fields.set_item("phase", "idle")?;
        fields.set_item("seconds", seconds)?;
        fields.set_item("received", self.received())?;
        let module = py.import("dockline.errors")?;
        Ok(PyErr::from_value(
            module.call_method1("_from_native", (fields,))?,
        ))
    }
}

/// Dropping the stream closes its socket, or returns it to the pool. In a forked child neither may happen: the parent still
/// uses them.
impl Drop for Reader {
    fn drop(&mut self) {
        let Some(stream) = self.stream.get_mut().take() else {
            return;
        };
        if std::process::id() != self.pid {
            std::mem::forget(stream);
            return;
        }
        let context = Python::try_attach(present).flatten();
        let _guard = context.as_ref().map(tokio::runtime::Handle::enter);
        drop(stream);
    }
}

async fn ask(stream: &mut Stream, verb: Verb) -> Result<Option<Batch>, Error> {
    Ok(match verb {
        Verb::Chunk => stream.chunk().await?.map(Batch::One),
        Verb::HttpChunk => stream.http_chunk().await?.map(Batch::One),
        Verb::HttpChunks => stream.http_chunks().await?.map(Batch::Many),
        Verb::Read(n) => {
            let bytes = stream.read(n).await?;
            (!bytes.is_empty()).then_some(Batch::One(bytes))
        }
        Verb::Frames => stream.frames().await?.map(Batch::Frames),
        Verb::Lines => stream.lines().await?.map(Batch::Many),
        Verb::Values => stream.values().await?.map(Batch::Many),
    })
}
