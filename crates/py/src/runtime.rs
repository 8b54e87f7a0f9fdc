//! The one process-wide runtime, and the only two ways into it: `block_on` for sync Python, `into_future` for asyncio.
//!
//! `block_on` polls its future in the calling thread with the GIL released, so a request body may itself call the client;
//! it wakes up to let Python run signal handlers. After `fork` the child gets a runtime of its own: the parent's threads do
//! not exist there, and its event queue is shared with the parent, so it must not even be dropped.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::runtime::{Builder, Handle, Runtime};

/// How long a blocked call may ignore a signal.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);
const WORKERS: usize = 2;

/// The runtime and the process it belongs to. Locked with the GIL held and never across a release of it, so a fork
/// cannot find it locked.
static RUNTIME: Mutex<Option<(u32, Runtime)>> = Mutex::new(None);

/// Locks, whatever became of the last holder.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The runtime of this process. The token proves that the GIL is held.
pub(crate) fn handle(_py: Python<'_>) -> PyResult<Handle> {
    let mut slot = lock(&RUNTIME);
    let pid = std::process::id();
    if let Some((owner, runtime)) = &*slot
        && *owner == pid
    {
        return Ok(runtime.handle().clone());
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_name("dockline")
        .enable_all()
        .build()
        .map_err(|error| PyRuntimeError::new_err(format!("cannot start the runtime: {error}")))?;
    let handle = runtime.handle().clone();
    // A forked child leaks its parent's runtime on purpose, see above.
    std::mem::forget(slot.replace((pid, runtime)));
    Ok(handle)
}

struct Parker {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
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
    let handle = handle(py)?;
    py.detach(|| {
        let _context = handle.enter();
        drive(pin!(future))
    })
}

fn drive<F: Future>(mut future: std::pin::Pin<&mut F>) -> PyResult<F::Output> {
    let parker = Arc::new(Parker {
        thread: std::thread::current(),
        woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&parker));
    let mut context = Context::from_waker(&waker);
    let mut signals = Signals::new();
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Ok(output);
        }
        while !parker.woken.swap(false, Ordering::Acquire) {
            match signals.interval() {
                Some(interval) => std::thread::park_timeout(interval),
                None => std::thread::park(),
            }
            signals.check()?;
        }
    }
}

/// When to let Python look at signals. Threads other than the main one learn once that they need not.
struct Signals {
    last: Instant,
    handled_here: bool,
    known: bool,
}

impl Signals {
    fn new() -> Self {
        Self {
            last: Instant::now(),
            handled_here: true,
            known: false,
        }
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
        let Some(outcome) = Python::try_attach(|py| {
            if !self.known {
                self.known = true;
                self.handled_here = is_main_thread(py)?;
            }
            py.check_signals()
        }) else {
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
