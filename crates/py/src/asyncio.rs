//! Rust futures as asyncio futures. Works with every loop that has `create_future` and `call_soon_threadsafe` (uvloop too).
//!
//! Finished results queue up per loop; the loop is woken once and settles everything that queued meanwhile, so a thousand
//! streams cost one wake-up per turn and not one each. Cancelling the asyncio future drops the Rust future.

use std::future::Future;
use std::sync::{Arc, Mutex};

use dockline::Cancel;
use pyo3::exceptions::PyStopIteration;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use tokio::task::AbortHandle;

use crate::gate::enter;
use crate::runtime::{handle, lock};

/// Turns a finished Rust result into a Python one; runs in the loop's thread.
pub(crate) type Finish = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

static RUNNING_LOOP: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static MAILBOXES: Mutex<Vec<Arc<Mailbox>>> = Mutex::new(Vec::new());

/// The results that wait for one event loop.
struct Mailbox {
    event_loop: Py<PyAny>,
    waiting: Mutex<Vec<(Py<PyAny>, Finish)>>,
}

/// The running event loop.
pub(crate) fn running_loop(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    RUNNING_LOOP
        .import(py, "asyncio", "get_running_loop")?
        .call0()
}

fn mailbox(py: Python<'_>, event_loop: &Bound<'_, PyAny>) -> PyResult<Arc<Mailbox>> {
    let mut boxes = lock(&MAILBOXES);
    if let Some(known) = boxes.iter().find(|known| known.event_loop.is(event_loop)) {
        return Ok(Arc::clone(known));
    }
    let mut open = Vec::with_capacity(boxes.len() + 1);
    for known in boxes.drain(..) {
        if !known
            .event_loop
            .bind(py)
            .call_method0("is_closed")?
            .is_truthy()?
        {
            open.push(known);
        }
    }
    let made = Arc::new(Mailbox {
        event_loop: event_loop.clone().unbind(),
        waiting: Mutex::new(Vec::new()),
    });
    open.push(Arc::clone(&made));
    *boxes = open;
    Ok(made)
}

impl Mailbox {
    /// Queues a result and wakes the loop unless that was done already.
    fn post(self: Arc<Self>, future: Py<PyAny>, finish: Finish) {
        let first = {
            let mut waiting = lock(&self.waiting);
            waiting.push((future, finish));
            waiting.len() == 1
        };
        if !first {
            return;
        }
        let woken = enter(|py| {
            let event_loop = self.event_loop.clone_ref(py);
            let drain = Py::new(py, Drain { mailbox: self })?;
            event_loop.call_method1(py, "call_soon_threadsafe", (drain,))
        });
        // The loop is closed, or the interpreter ends: nobody waits any more.
        drop(woken);
    }
}

/// Runs in the loop and settles what waits.
#[pyclass(frozen)]
struct Drain {
    mailbox: Arc<Mailbox>,
}

#[pymethods]
impl Drain {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        let waiting = std::mem::take(&mut *lock(&self.mailbox.waiting));
        for (future, finish) in waiting {
            let future = future.bind(py);
            if future.call_method0("done")?.is_truthy()? {
                continue;
            }
            match finish(py) {
                Ok(value) => future.call_method1("set_result", (value,))?,
                Err(error) => future.call_method1("set_exception", (error.into_value(py),))?,
            };
        }
        Ok(())
    }
}

/// Drops the Rust future, and closes its stream, when the asyncio future was cancelled.
#[pyclass(frozen)]
struct OnDone {
    task: AbortHandle,
    cancel: Option<Cancel>,
}

#[pymethods]
impl OnDone {
    fn __call__(&self, future: &Bound<'_, PyAny>) -> PyResult<()> {
        if future.call_method0("cancelled")?.is_truthy()? {
            self.task.abort();
            if let Some(cancel) = &self.cancel {
                cancel.cancel();
            }
        }
        Ok(())
    }
}

/// Runs a Rust future on the runtime and returns an asyncio future of the running loop for it.
///
/// Cancelling drops the Rust future and calls `cancel`.
pub(crate) fn into_future<F>(
    py: Python<'_>,
    future: F,
    cancel: Option<Cancel>,
) -> PyResult<Bound<'_, PyAny>>
where
    F: Future<Output = Finish> + Send + 'static,
{
    let event_loop = running_loop(py)?;
    let mailbox = mailbox(py, &event_loop)?;
    let waiter = event_loop.call_method0("create_future")?;
    let settled = waiter.clone().unbind();
    let task = handle(py)?.spawn(async move {
        let finish = future.await;
        mailbox.post(settled, finish);
    });
    let on_done = OnDone {
        task: task.abort_handle(),
        cancel,
    };
    waiter.call_method1("add_done_callback", (on_done,))?;
    Ok(waiter)
}

/// An awaitable whose value is there already; costs no turn of the loop.
#[pyclass(frozen)]
pub(crate) struct Ready {
    value: Mutex<Option<Py<PyAny>>>,
}

impl Ready {
    pub(crate) fn new(value: Py<PyAny>) -> Self {
        Self {
            value: Mutex::new(Some(value)),
        }
    }
}

#[pymethods]
impl Ready {
    fn __await__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self) -> PyResult<Option<Py<PyAny>>> {
        match lock(&self.value).take() {
            Some(value) => Err(PyStopIteration::new_err((value,))),
            None => Ok(None),
        }
    }
}
