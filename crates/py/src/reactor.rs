//! The poller of this process's sockets that event loops wait for.

use std::sync::{Arc, Mutex};

use dockline::Reactor;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use crate::event_loop::EventLoop;
use crate::runtime::{Slot, lock};

static REACTOR: Slot<Arc<Reactor>> = Mutex::new(None);
/// The process in which a thread waits for the reactor.
static KEPT: Mutex<Option<u32>> = Mutex::new(None);

/// The reactor of this process.
pub(crate) fn reactor(_py: Python<'_>) -> PyResult<Arc<Reactor>> {
    let mut slot = lock(&REACTOR);
    let pid = std::process::id();
    if let Some((owner, reactor)) = &*slot
        && *owner == pid
    {
        return Ok(Arc::clone(reactor));
    }
    let made = Arc::new(Reactor::new()?);
    // As with the runtimes, a forked child leaves alone what it shares with its parent.
    std::mem::forget(slot.replace((pid, Arc::clone(&made))));
    Ok(made)
}

/// Has a thread wait for the reactor, for loops that cannot.
pub(crate) fn keep(py: Python<'_>) -> PyResult<()> {
    let reactor = reactor(py)?;
    let mut kept = lock(&KEPT);
    let pid = std::process::id();
    if kept.is_some_and(|owner| owner == pid) {
        return Ok(());
    }
    std::thread::Builder::new()
        .name("dockline".to_owned())
        .spawn(move || {
            loop {
                let ready = poll(&mut [PollFd::new(&reactor, PollFlags::IN)], None);
                let turned = match ready {
                    Ok(_) => reactor.turn(),
                    Err(Errno::INTR) => Ok(()),
                    Err(error) => Err(error.into()),
                };
                if turned.is_err() {
                    // Of no use any more: whoever waits is told so.
                    reactor.close();
                    return;
                }
            }
        })
        .map_err(|error| PyRuntimeError::new_err(format!("cannot start a thread: {error}")))?;
    *kept = Some(pid);
    Ok(())
}

/// Runs in a loop when the reactor has something to tell.
#[pyclass(frozen)]
pub(crate) struct OnReady {
    reactor: Arc<Reactor>,
    event_loop: Arc<EventLoop>,
}

impl OnReady {
    pub(crate) fn new(reactor: Arc<Reactor>, event_loop: Arc<EventLoop>) -> Self {
        Self {
            reactor,
            event_loop,
        }
    }
}

#[pymethods]
impl OnReady {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        self.event_loop.turn(py, || Ok(self.reactor.turn()?))
    }
}
