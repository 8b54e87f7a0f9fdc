//! JSON straight to Python objects. No value of any other kind is built in between.
//!
//! What `json.loads` accepts and `json_parse` does not (integers beyond 64 bits, lone surrogates, NaN), and everything that is
//! wrong, is left to `json.loads`: its results and its errors are the rule.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyBytes;

use crate::json_parse::parse;

/// From this size on Python's garbage collector pauses: it would walk the growing tree again and again.
const LARGE: usize = 32 * 1024;

static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// `json.loads`.
pub(crate) fn standard(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    LOADS.import(py, "json", "loads")
}

/// What `json.loads` is given when it is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Otherwise {
    /// The bytes, whose encoding it finds out.
    Bytes,
    /// Text, if it is UTF-8.
    Text,
}

/// Decodes one JSON document.
pub(crate) fn decode<'py>(
    py: Python<'py>,
    bytes: &[u8],
    otherwise: Otherwise,
) -> PyResult<Bound<'py, PyAny>> {
    let paused = if bytes.len() >= LARGE {
        Paused::new(py)?
    } else {
        None
    };
    let found = parse(py, bytes);
    drop(paused);
    match found {
        Some(value) => Ok(value),
        None => match std::str::from_utf8(bytes) {
            Ok(text) if otherwise == Otherwise::Text => standard(py)?.call1((text,)),
            _ => standard(py)?.call1((PyBytes::new(py, bytes),)),
        },
    }
}

/// Decodes one JSON document; the same as `json.loads`, faster.
#[pyo3::pyfunction]
pub(crate) fn decode_json<'py>(data: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
    decode(data.py(), data.as_bytes(), Otherwise::Bytes)
}

/// The garbage collector does not run while this lives.
struct Paused<'py>(Bound<'py, PyModule>);

impl<'py> Paused<'py> {
    fn new(py: Python<'py>) -> PyResult<Option<Self>> {
        let collector = py.import("gc")?;
        if !collector.call_method0("isenabled")?.is_truthy()? {
            return Ok(None);
        }
        collector.call_method0("disable")?;
        Ok(Some(Self(collector)))
    }
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        // `gc.enable` takes nothing and cannot fail.
        drop(self.0.call_method0("enable"));
    }
}
