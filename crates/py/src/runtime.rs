//! Two process-wide runtimes: that of blocking clients, into which `block_on` leads, and that of event loops.
//!
//! A blocking call drives its own connection: the runtime of blocking clients has no threads, whoever waits in it watches the
//! sockets, so that an answer wakes one thread and not two. As soon as there is more to do than one call (several threads wait, a
//! request body calls the client itself, a task was left behind) a keeper thread takes over watching, for as long as that lasts.
//!
//! Event loops poll their own work (see `event_loop`); their runtime's thread waits for clocks, names and files, where there is no
//! reactor for sockets, too.
//!
//! Every other future is polled in its caller's thread with the GIL released; it wakes up to let Python run signal handlers. After
//! `fork` the child gets runtimes of its own: the parent's threads do not exist there, and its event queue is shared with the
//! parent, so it must not even be dropped.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

#[cfg(unix)]
use dockline::Reactor;
use dockline::deadline::poll_watched;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, poll};
#[cfg(unix)]
use rustix::io::Errno;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::turns::{Parker, Turns};

/// How long a blocked call may ignore a signal.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);
/// How often the keeper looks whether it is still needed.
const KEEPER_INTERVAL: Duration = Duration::from_millis(250);
const WORKERS: usize = 1;

/// A runtime and the process it belongs to. Locked with the GIL held and never across a release of it, so a fork cannot find it
/// locked.
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

/// The runtime of event loops in this process. The token proves that the GIL is held.
pub(crate) fn handle(_py: Python<'_>) -> PyResult<Handle> {
    let mut slot = lock(&WORKING);
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
        .map_err(|error| failed(&error))?;
    let handle = runtime.handle().clone();
    // A forked child leaks its parent's runtime on purpose, see above.
    std::mem::forget(slot.replace((pid, runtime)));
    Ok(handle)
}

/// The runtime of blocking clients.
struct Blocking {
    runtime: Runtime,
    /// Calls that are waiting now, and how they are woken.
    turns: Arc<Turns>,
    /// Calls among them that need somebody else to watch the sockets.
    helpless: AtomicUsize,
    /// Whether the keeper runs.
    kept: Mutex<bool>,
}

fn blocking(_py: Python<'_>) -> PyResult<Arc<Blocking>> {
    let mut slot = lock(&BLOCKING);
    let pid = std::process::id();
    if let Some((owner, blocking)) = &*slot
        && *owner == pid
    {
        return Ok(Arc::clone(blocking));
    }
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed(&error))?;
    let made = Arc::new(Blocking {
        runtime,
        turns: Arc::default(),
        helpless: AtomicUsize::new(0),
        kept: Mutex::new(false),
    });
    std::mem::forget(slot.replace((pid, Arc::clone(&made))));
    Ok(made)
}

impl Blocking {
    fn needs_keeper(&self) -> bool {
        self.helpless.load(Ordering::Acquire) > 0
            || self.turns.waiting().load(Ordering::Acquire) > 1
            || self.runtime.metrics().num_alive_tasks() > 0
    }

    /// Starts the keeper unless it runs.
    fn keep(self: &Arc<Self>) -> std::io::Result<()> {
        let mut kept = lock(&self.kept);
        if *kept {
            return Ok(());
        }
        let shared = Arc::clone(self);
        std::thread::Builder::new()
            .name("dockline".to_owned())
            .spawn(move || shared.run_keeper())?;
        *kept = true;
        Ok(())
    }

    fn run_keeper(&self) {
        self.runtime.block_on(async {
            loop {
                self.turns.oversee(KEEPER_INTERVAL).await;
                let mut kept = lock(&self.kept);
                if !self.needs_keeper() {
                    *kept = false;
                    return;
                }
            }
        });
    }
}

#[cfg(unix)]
static REACTOR: Slot<Arc<Reactor>> = Mutex::new(None);
/// The process in which a thread waits for the reactor.
#[cfg(unix)]
static WATCHED: Mutex<Option<u32>> = Mutex::new(None);

/// The poller of this process's sockets that event loops wait for.
#[cfg(unix)]
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

/// A runtime of this process that runs already, for what is closed or dropped.
pub(crate) fn present(_py: Python<'_>) -> Option<Handle> {
    let pid = std::process::id();
    let blocking = lock(&BLOCKING);
    if let Some((owner, blocking)) = &*blocking
        && *owner == pid
    {
        return Some(blocking.runtime.handle().clone());
    }
    let working = lock(&WORKING);
    match &*working {
        Some((owner, runtime)) if *owner == pid => Some(runtime.handle().clone()),
        _ => None,
    }
}

/// What a future needs while it is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing but its own connection.
    Itself,
    /// Polling it may run Python code that calls a client.
    Nesting,
}

/// Runs a future of a blocking client to its end in this thread, with the GIL released.
///
/// In the main thread Python's signal handlers run within 50 ms; when one raises (Ctrl-C), the future is dropped, which closes
/// its socket, and the exception is returned.
pub(crate) fn block_on<F>(py: Python<'_>, future: F) -> PyResult<F::Output>
where
    F: Future + Send,
    F::Output: Send,
{
    block_on_with(py, Needs::Itself, future)
}

/// As `block_on`, for futures that need more.
pub(crate) fn block_on_with<F>(py: Python<'_>, needs: Needs, future: F) -> PyResult<F::Output>
where
    F: Future + Send,
    F::Output: Send,
{
    let signals = Signals::new(py)?;
    let shared = blocking(py)?;
    py.detach(|| shared.wait(needs, signals, pin!(future)))
}

/// Counts a call for as long as it lasts.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> (Self, usize) {
        let before = count.fetch_add(1, Ordering::AcqRel);
        (Self(count), before)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Blocking {
    fn wait<F: Future>(
        self: &Arc<Self>,
        needs: Needs,
        signals: Signals,
        future: Pin<&mut F>,
    ) -> PyResult<F::Output> {
        let (_waiting, before) = Counted::new(self.turns.waiting());
        let alone = needs == Needs::Itself && before == 0 && !*lock(&self.kept);
        let done = if alone {
            self.drive_alone(signals, future)
        } else {
            let _helpless = Counted::new(&self.helpless);
            self.keep().map_err(|error| failed(&error))?;
            let _context = self.runtime.enter();
            drive(&self.turns, signals, future)
        };
        if self.runtime.metrics().num_alive_tasks() > 0 {
            self.keep().map_err(|error| failed(&error))?;
        }
        done
    }

    /// Polls the future and watches its socket in this thread.
    fn drive_alone<F: Future>(
        &self,
        mut signals: Signals,
        mut future: Pin<&mut F>,
    ) -> PyResult<F::Output> {
        loop {
            let turn = Turn {
                future: future.as_mut(),
                tick: signals.interval().map(|interval| Instant::now() + interval),
                alarm: None,
            };
            if let Some(output) = self.runtime.block_on(turn) {
                return Ok(output);
            }
            // Handlers may call a client: nothing is being polled here.
            signals.check()?;
        }
    }
}

/// Ready with the output, or with nothing once it is time to look at signals.
struct Turn<'a, F> {
    future: Pin<&'a mut F>,
    tick: Option<Instant>,
    alarm: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl<F: Future> Future for Turn<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let (polled, deadline) = poll_watched(|| self.future.as_mut().poll(cx));
            if let Poll::Ready(output) = polled {
                return Poll::Ready(Some(output));
            }
            let Some(next) = [deadline, self.tick].into_iter().flatten().min() else {
                return Poll::Pending;
            };
            let next = tokio::time::Instant::from_std(next);
            let alarm = self
                .alarm
                .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(next)));
            if alarm.deadline() != next {
                alarm.as_mut().reset(next);
            }
            if alarm.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.alarm = None;
            if self.tick.is_some_and(|tick| tick <= Instant::now()) {
                return Poll::Ready(None);
            }
        }
    }
}

/// Polls the future in this thread; somebody else watches the sockets.
fn drive<F: Future>(
    turns: &Arc<Turns>,
    signals: Signals,
    future: Pin<&mut F>,
) -> PyResult<F::Output> {
    let parker = turns.parker();
    let output = drive_parked(&parker, signals, future);
    parker.finish();
    output
}

fn drive_parked<F: Future>(
    parker: &Arc<Parker>,
    mut signals: Signals,
    mut future: Pin<&mut F>,
) -> PyResult<F::Output> {
    let waker = Waker::from(Arc::clone(parker));
    let mut context = Context::from_waker(&waker);
    loop {
        let (polled, deadline) = poll_watched(|| future.as_mut().poll(&mut context));
        if let Poll::Ready(output) = polled {
            return Ok(output);
        }
        while !parker.take_wake() {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                break;
            }
            Parker::park([left, signals.interval()].into_iter().flatten().min());
            signals.check()?;
        }
    }
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
