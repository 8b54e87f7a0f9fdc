//! The way into Python for threads of our own. It closes before the interpreter ends: `CPython` before 3.14 ends a thread that
//! comes back from a wait in Python code after that, by unwinding it through frames that cannot be unwound, which aborts the process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// The process in the upper half, then how many threads are inside (twice), then whether it is closed. One word, so that a fork
/// cannot find it locked; what it says of the parent does not hold in the child.
static STATE: AtomicU64 = AtomicU64::new(0);
const ONE: u64 = 2;
const CLOSED: u64 = 1;
/// How long an exit waits for Python code that one of our threads runs.
const PATIENCE: Duration = Duration::from_secs(1);

fn change(to: impl Fn(u64) -> Option<u64>) -> Option<u64> {
    let process = u64::from(std::process::id()) << 32;
    let own = |state: u64| {
        if state >> 32 == process >> 32 {
            state
        } else {
            process
        }
    };
    STATE
        .try_update(Ordering::AcqRel, Ordering::Acquire, |state| to(own(state)))
        .ok()
        .map(own)
}

struct Inside;

impl Drop for Inside {
    fn drop(&mut self) {
        change(|state| (state & !CLOSED & 0xffff_ffff >= ONE).then(|| state - ONE));
    }
}

/// What is raised where Python can no longer be reached.
pub(crate) fn ending() -> PyErr {
    PyRuntimeError::new_err("the interpreter is shutting down")
}

/// Runs `work` attached to the interpreter, unless that is about to end.
pub(crate) fn enter<T>(work: impl FnOnce(Python<'_>) -> PyResult<T>) -> PyResult<T> {
    change(|state| (state & CLOSED == 0).then_some(state + ONE)).ok_or_else(ending)?;
    let _inside = Inside;
    Python::try_attach(work).unwrap_or_else(|| Err(ending()))
}

/// Lets nobody in any more, and waits for those inside.
#[pyfunction]
fn close_gate(py: Python<'_>) {
    change(|state| Some(state | CLOSED));
    let end = Instant::now() + PATIENCE;
    py.detach(|| {
        while change(Some).is_some_and(|state| state & 0xffff_ffff > CLOSED) && Instant::now() < end
        {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}

/// Has the gate closed when the interpreter ends.
pub(crate) fn install(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let close = wrap_pyfunction!(close_gate, module)?;
    module
        .py()
        .import("atexit")?
        .call_method1("register", (close,))?;
    Ok(())
}
