//! What the core knows about an answer, without sending anything.

use dockline::{Error, Reply, Timeouts};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyDict;

use crate::error::fields;

/// A request as it was sent: method, target and headers, and the engine's address.
type Sent = (String, String, Vec<(String, String)>, String);

fn about(error: Error, (method, target, headers, address): &Sent) -> Error {
    let error = error
        .with_request(method, target)
        .with_credentials(target, headers);
    if address.is_empty() {
        error
    } else {
        error.with_address(address)
    }
}

/// What the core makes of an unwelcome answer, as the fields of an error.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "extracted from arguments")]
pub(crate) fn describe_reply(
    py: Python<'_>,
    sent: Sent,
    status: u16,
    reason: String,
    headers: Vec<(String, String)>,
    body: PyBackedBytes,
) -> PyResult<Bound<'_, PyDict>> {
    let reply = Reply {
        status,
        reason,
        headers,
        body: dockline::Bytes::from_owner(body),
    };
    let error = Error::from_reply(&sent.0, &sent.1, &reply, None);
    fields(py, &about(error, &sent))
}

/// What the core makes of a failure that was reported inside a welcome answer, as the fields of an error.
#[pyfunction]
#[pyo3(signature = (words, code=None, sent=None, log=None))]
#[expect(clippy::needless_pass_by_value, reason = "extracted from arguments")]
pub(crate) fn describe_words<'py>(
    py: Python<'py>,
    words: &[u8],
    code: Option<i64>,
    sent: Option<Sent>,
    log: Option<&[u8]>,
) -> PyResult<Bound<'py, PyDict>> {
    let mut error = Error::from_words(&String::from_utf8_lossy(words), code);
    if let Some(log) = log {
        error = error.with_build_log(&String::from_utf8_lossy(log));
    }
    if let Some(sent) = &sent {
        error = about(error, sent);
    }
    fields(py, &error)
}

/// How a container died: the signal, one sentence, what to do.
#[pyfunction]
pub(crate) fn describe_exit(
    code: i64,
    oom_killed: bool,
    state_error: &str,
) -> (Option<&'static str>, String, &'static str) {
    let exit = dockline::error::describe_exit(code, oom_killed, state_error);
    (exit.signal, exit.explanation, exit.hint)
}

/// Every kind of failure: name, family, retry advice, meaning, hint.
#[pyfunction]
pub(crate) fn kind_table() -> Vec<(
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
)> {
    let row = |kind: &dockline::ErrorKind| {
        (
            kind.as_str(),
            kind.family().as_str(),
            kind.retry().as_str(),
            kind.summary(),
            kind.hint(),
        )
    };
    dockline::ErrorKind::ALL.iter().map(row).collect()
}

/// The exception for a kind of failure; lets tests walk every kind.
#[pyfunction]
pub(crate) fn failure(py: Python<'_>, kind: &str, message: &str) -> PyResult<Py<PyAny>> {
    let kind = dockline::ErrorKind::named(kind)
        .ok_or_else(|| PyValueError::new_err(format!("there is no kind {kind:?}")))?;
    let error = Error::new(kind, message);
    let raised = crate::error::to_python(py, &error, &Timeouts::default());
    Ok(raised.into_value(py).into_any())
}

/// The names of all kinds of failure.
#[pyfunction]
pub(crate) fn kinds() -> Vec<&'static str> {
    dockline::ErrorKind::ALL
        .iter()
        .map(|kind| kind.as_str())
        .collect()
}
