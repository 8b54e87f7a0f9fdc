//! How this process waits. Blocking calls wait in their own threads, for their own sockets (`dockline::drive`); event loops poll their
//! own work (see `event_loop`). What is left for a runtime are names, files, clocks where there is no driver, and what is not a socket.
//!
//! Every future is polled in its caller's thread with the GIL released; it wakes up to let Python run signal handlers. After `fork` the
//! child gets everything anew: the parent's threads do not exist there, and its event queues are shared with the parent, so they must
//! not even be dropped.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[cfg(unix)]
use dockline::Reactor;
use dockline::drive::{Bell, BusyPoll, drive};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, poll};
#[cfg(unix)]
use rustix::io::Errno;
use tokio::runtime::{Builder, Handle, Runtime};

/// How long a blocked call may ignore a signal.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);
const WORKERS: usize = 1;
/// More threads than these share bells.
const BELLS: usize = 4;

/// Something of a process. Locked with the GIL held and never across a release of it, so a fork cannot find it locked.
type Slot<T> = Mutex<Option<(u32, T)>>;

static WORKING: Slot<Runtime> = Mutex::new(None);
static BLOCKING: Slot<Arc<Blocking>> = Mutex::new(None);

/// Locks, whatever became of the last holder.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failed(error: &std::io::Error) -> PyErr {
    PyRuntimeError::new_err(format!("cannot start the runtime: {error}"))
}

/// What a slot holds of this process, made if need be. A forked child leaks its parent's on purpose, see above.
fn own<T, R>(
    slot: &Slot<T>,
    make: impl FnOnce() -> std::io::Result<T>,
    take: impl FnOnce(&T) -> R,
) -> PyResult<R> {
    let mut slot = lock(slot);
    let pid = std::process::id();
    if let Some((owner, held)) = &*slot
        && *owner == pid
    {
        return Ok(take(held));
    }
    let fresh = make().map_err(|error| failed(&error))?;
    let taken = take(&fresh);
    std::mem::forget(slot.replace((pid, fresh)));
    Ok(taken)
}

/// The runtime of this process, with a thread of its own. The token proves that the GIL is held.
pub(crate) fn handle(_py: Python<'_>) -> PyResult<Handle> {
    let make = || {
        Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("dockline")
            .enable_all()
            .build()
    };
    own(&WORKING, make, |runtime| runtime.handle().clone())
}

/// The runtime of this process, if it was started.
pub(crate) fn present(_py: Python<'_>) -> Option<Handle> {
    match &*lock(&WORKING) {
        Some((owner, runtime)) if *owner == std::process::id() => Some(runtime.handle().clone()),
        _ => None,
    }
}

/// What blocking calls share.
struct Blocking {
    /// Has no thread that would wait for anything: it only lends threads to look up names and to read files.
    lending: Runtime,
    bells: [Arc<Bell>; BELLS],
    busy: BusyPoll,
}

impl Blocking {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            lending: Builder::new_current_thread().build()?,
            bells: std::array::from_fn(|_| Arc::default()),
            busy: BusyPoll::default(),
        })
    }

    /// That of this thread.
    fn bell(&self) -> &Arc<Bell> {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static NUMBER: usize = THREADS.fetch_add(1, Ordering::Relaxed);
        }
        &self.bells[NUMBER.with(|number| number % BELLS)]
    }
}

/// Runs a future to its end in this thread, with the GIL released.
///
/// In the main thread Python's signal handlers run within 50 ms; when one raises (Ctrl-C), the future is dropped, which closes
/// its socket, and the exception is returned.
pub(crate) fn block_on<F>(py: Python<'_>, future: F) -> PyResult<F::Output>
where
    F: Future + Send,
    F::Output: Send,
{
    wait_for(py, future, false)
}

/// As `block_on`, for the answer of one request, or its head, which most often comes at once: the thread looks for a moment before it
/// sleeps.
pub(crate) fn block_on_answer<F>(py: Python<'_>, future: F) -> PyResult<F::Output>
where
    F: Future + Send,
    F::Output: Send,
{
    wait_for(py, future, true)
}

fn wait_for<F>(py: Python<'_>, future: F, is_soon: bool) -> PyResult<F::Output>
where
    F: Future + Send,
    F::Output: Send,
{
    let mut signals = Signals::new(py)?;
    let blocking = own(&BLOCKING, || Ok(Arc::new(Blocking::new()?)), Arc::clone)?;
    let running = present(py);
    py.detach(|| {
        let _context = running
            .as_ref()
            .unwrap_or(blocking.lending.handle())
            .enter();
        let interval = signals.interval();
        let busy = is_soon.then_some(&blocking.busy);
        drive(blocking.bell(), pin!(future), busy, interval, || {
            signals.check()
        })
    })
}

#[cfg(unix)]
static REACTOR: Slot<Arc<Reactor>> = Mutex::new(None);
/// The process in which a thread waits for the reactor.
#[cfg(unix)]
static WATCHED: Mutex<Option<u32>> = Mutex::new(None);

/// The poller of this process's sockets that event loops wait for.
#[cfg(unix)]
pub(crate) fn reactor(_py: Python<'_>) -> PyResult<Arc<Reactor>> {
    own(&REACTOR, || Ok(Arc::new(Reactor::new()?)), Arc::clone)
}

/// Has a thread wait for the reactor, for loops that cannot.
#[cfg(unix)]
pub(crate) fn watch_reactor(py: Python<'_>) -> PyResult<()> {
    let reactor = reactor(py)?;
    let mut watched = lock(&WATCHED);
    let pid = std::process::id();
    if watched.is_some_and(|owner| owner == pid) {
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
        .map_err(|error| failed(&error))?;
    *watched = Some(pid);
    Ok(())
}

/// When to let Python look at signals: in the main thread, where it handles them.
struct Signals {
    last: Instant,
    handled_here: bool,
}

thread_local! {
    /// In which process this thread was found to be the main one, or not.
    static MAIN: Cell<Option<(u32, bool)>> = const { Cell::new(None) };
}

impl Signals {
    fn new(py: Python<'_>) -> PyResult<Self> {
        let pid = std::process::id();
        let handled_here = match MAIN.get() {
            Some((known, is_main)) if known == pid => is_main,
            _ => {
                let is_main = is_main_thread(py)?;
                MAIN.set(Some((pid, is_main)));
                is_main
            }
        };
        Ok(Self {
            last: Instant::now(),
            handled_here,
        })
    }

    fn interval(&self) -> Option<Duration> {
        self.handled_here.then_some(SIGNAL_INTERVAL)
    }

    fn check(&mut self) -> PyResult<()> {
        if !self.handled_here || self.last.elapsed() < SIGNAL_INTERVAL {
            return Ok(());
        }
        self.last = Instant::now();
        // `None`: the interpreter is shutting down, there are no handlers left to run.
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method alone is not general enough in its lifetime"
        )]
        let outcome = Python::try_attach(|py| py.check_signals());
        let Some(outcome) = outcome else {
            self.handled_here = false;
            return Ok(());
        };
        outcome
    }
}

fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    let threading = py.import("threading")?;
    let main = threading.call_method0("main_thread")?.getattr("ident")?;
    threading.call_method0("get_ident")?.eq(main)
}
