//! Rust futures as awaitables of asyncio. They begin at once; whoever stops waiting for one drops it, which closes its connection.

use std::future::Future;
use std::sync::{Arc, Mutex};

use dockline::Cancel;
use pyo3::exceptions::{PyBaseException, PyStopIteration};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::event_loop::Task;
use crate::runtime::lock;

/// Turns a finished Rust result into a Python one; runs in the loop's thread.
pub(crate) type Finish = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// Begins a Rust future in the running loop and returns an awaitable of what it finishes with.
///
/// Cancelling drops the Rust future and calls `cancel`.
pub(crate) fn into_awaitable<F>(
    py: Python<'_>,
    future: F,
    cancel: Option<Cancel>,
) -> PyResult<Bound<'_, PyAny>>
where
    F: Future<Output = Finish> + Send + 'static,
{
    let task = Task::begin(py, Box::pin(future))?;
    Ok(Bound::new(py, Awaited { task, cancel })?.into_any())
}

/// Awaited by one task. What is there already costs no turn of the loop, unless others have waited for one long enough.
#[pyclass(frozen)]
struct Awaited {
    task: Arc<Task>,
    cancel: Option<Cancel>,
}

impl Awaited {
    fn give_up(&self) {
        if self.task.give_up()
            && let Some(cancel) = &self.cancel
        {
            cancel.cancel();
        }
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.give_up();
    }
}

#[pymethods]
impl Awaited {
    fn __await__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        if self.task.has_outcome() && self.task.home().is_hogged() {
            return Ok(py.None());
        }
        if let Some(finish) = self.task.take_outcome() {
            return Err(PyStopIteration::new_err((finish(py)?,)));
        }
        let waiting = self
            .task
            .waiter(py)?
            .call_method0(intern!(py, "__await__"))?;
        Ok(waiting.call_method0(intern!(py, "__next__"))?.unbind())
    }

    #[pyo3(signature = (kind, value=None, _traceback=None))]
    fn throw(
        &self,
        kind: Bound<'_, PyAny>,
        value: Option<Bound<'_, PyAny>>,
        _traceback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.give_up();
        let exception = match value {
            Some(value) if value.is_instance_of::<PyBaseException>() => value,
            _ if kind.is_instance_of::<PyType>() => kind.call0()?,
            _ => kind,
        };
        Err(PyErr::from_value(exception))
    }

    fn close(&self) {
        self.give_up();
    }
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
