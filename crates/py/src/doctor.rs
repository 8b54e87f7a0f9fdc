//! The examination of everything between a program and its engine, for `python -m dockline doctor`.

use std::collections::HashMap;
use std::time::Duration;

use dockline::doctor;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::runtime::{block_on, handle};

/// One line: what was looked at, how it came out (`good`, `warning`, `bad`), what was found, what to do, and all of it for people.
type Line = (&'static str, &'static str, String, Option<String>, String);

/// Examine the engine that `host` or the environment chooses; it has so many seconds to answer.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "extracted from arguments")]
pub(crate) fn examine(
    py: Python<'_>,
    host: Option<String>,
    environment: HashMap<String, String>,
    seconds: f64,
) -> PyResult<Vec<Line>> {
    let patience = Duration::try_from_secs_f64(seconds)
        .map_err(|error| PyValueError::new_err(format!("{seconds} seconds: {error}")))?;
    let env = |name: &str| environment.get(name).cloned();
    // Its engines and helper programs are waited for by the runtime, which has to be there.
    handle(py)?;
    let checks = block_on(py, doctor::examine_within(host.as_deref(), &env, patience))?;
    Ok(checks.into_iter().map(line).collect())
}

fn line(check: doctor::Check) -> Line {
    let text = check.to_string();
    (
        check.name,
        check.outcome.as_str(),
        check.found,
        check.fix,
        text,
    )
}
