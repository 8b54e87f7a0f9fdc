//! A core error as the Python exception that `dockline.errors` makes of it. No class is chosen here.

use std::sync::{Arc, Mutex};

use dockline::{Error, Timeouts};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict};

use crate::runtime::lock;

static MAPPING: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Where a request body that is a Python object leaves the exception it raised.
#[derive(Clone, Default)]
pub(crate) struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    pub(crate) fn set(&self, error: PyErr) {
        *lock(&self.0) = Some(error);
    }

    /// The exception the body raised, else the mapped error.
    pub(crate) fn or_mapped(&self, py: Python<'_>, error: &Error, limits: &Timeouts) -> PyErr {
        let raised = lock(&self.0).take();
        raised.unwrap_or_else(|| to_python(py, error, limits))
    }
}

/// The fields of an error, as `dockline.errors` reads them. Absent ones are left out.
pub(crate) fn fields<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("kind", error.kind().as_str())?;
    fields.set_item("message", error.message())?;
    let texts = [
        ("hint", Some(error.hint())),
        ("explanation", Some(error.explanation())),
        ("family", Some(error.kind().family().as_str())),
        ("engine_message", error.engine_message()),
        ("reason", error.reason()),
        ("method", error.method()),
        ("path", error.path()),
        ("endpoint", error.endpoint()),
        ("phase", error.phase()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            fields.set_item(name, text)?;
        }
    }
    let named = PyDict::new(py);
    for (name, value) in error.fields() {
        named.set_item(name, value)?;
    }
    fields.set_item("fields", named)?;
    fields.set_item("retryable", error.retryable())?;
    if let Some(version) = error.api_version() {
        fields.set_item("api_version", version.to_string())?;
    }
    if let Some(status) = error.status() {
        fields.set_item("status", status)?;
    }
    if let Some(code) = error.os_code() {
        fields.set_item("os_code", code)?;
    }
    if let Some(received) = error.received() {
        fields.set_item("received", received)?;
    }
    if let Some(body) = error.body() {
        fields.set_item("body", PyBytes::new(py, body))?;
    }
    Ok(fields)
}

/// The exception for an error; `limits` tells how long was waited.
pub(crate) fn to_python(py: Python<'_>, error: &Error, limits: &Timeouts) -> PyErr {
    mapped(py, error, limits).unwrap_or_else(|failure| failure)
}

fn mapped(py: Python<'_>, error: &Error, limits: &Timeouts) -> PyResult<PyErr> {
    let fields = fields(py, error)?;
    let limit = match error.phase() {
        Some("connect") => limits.connect,
        Some("first_byte") => limits.first_byte,
        Some("idle") => limits.idle,
        Some("total") => limits.total,
        _ => None,
    };
    if let Some(limit) = limit {
        fields.set_item("seconds", limit.as_secs_f64())?;
    }
    let mapping = MAPPING.import(py, "dockline.errors", "_from_native")?;
    Ok(PyErr::from_value(mapping.call1((fields,))?))
}
