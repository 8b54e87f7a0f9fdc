//! What the core knows about a request or an answer, without sending anything.

use dockline::{ApiVersion, Error, Reply, Timeouts, versions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyDict;

use crate::error::fields;

/// What the API version in the target's prefix does not know of a request, as JSON text; None when nothing was found.
#[pyfunction]
#[pyo3(signature = (method, target, headers, body=None))]
#[expect(clippy::needless_pass_by_value, reason = "extracted from arguments")]
pub(crate) fn check_request(
    py: Python<'_>,
    method: &str,
    target: &str,
    headers: Vec<(String, String)>,
    body: Option<PyBackedBytes>,
) -> Option<String> {
    // Without a prefix the engine speaks its newest version.
    let version = ApiVersion::NEWEST;
    let found =
        py.detach(|| versions::check(method, target, version, &[], &headers, body.as_deref()));
    (!found.is_empty()).then(|| versions::to_json(&found))
}

/// Check a request given as JSON text; return the findings as JSON text. With `unknown`, report names no version knows, too.
#[pyfunction]
#[pyo3(signature = (case, unknown=true))]
pub(crate) fn check_json(case: &str, unknown: bool) -> PyResult<String> {
    versions::check_json(case, unknown).map_err(PyValueError::new_err)
}

/// The newer of what an engine serves and what is known here, capped by the latter.
#[pyfunction]
pub(crate) fn newest_common(served: &str) -> PyResult<String> {
    let served: ApiVersion = served
        .parse()
        .map_err(|error: versions::ParseVersionError| PyValueError::new_err(error.to_string()))?;
    Ok(served.min(ApiVersion::NEWEST).to_string())
}

/// What the core makes of an unwelcome answer, as the fields of an error.
#[pyfunction]
pub(crate) fn describe_reply<'py>(
    py: Python<'py>,
    method: &str,
    target: &str,
    status: u16,
    reason: String,
    headers: Vec<(String, String)>,
    body: PyBackedBytes,
) -> PyResult<Bound<'py, PyDict>> {
    let reply = Reply {
        status,
        reason,
        headers,
        body: dockline::Bytes::from_owner(body),
    };
    fields(py, &Error::from_reply(method, target, &reply, None))
}

/// The exception for a kind of failure; lets tests walk every kind.
#[pyfunction]
pub(crate) fn failure(py: Python<'_>, kind: &str, message: &str) -> PyResult<Py<PyAny>> {
    let kind = dockline::ErrorKind::ALL
        .iter()
        .find(|known| known.as_str() == kind)
        .ok_or_else(|| PyValueError::new_err(format!("there is no kind {kind:?}")))?;
    let error = Error::new(*kind, message);
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
