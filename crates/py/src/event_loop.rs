//! One asyncio loop, and what goes on in it: work is polled in the loop's own thread, at once and again whenever something is ready.
//! No other thread takes part in reading, writing or decoding.
//!
//! The core's reactor has one descriptor, which every loop waits for next to everything else of its own. Works with every loop that has
//! `create_future`, `call_soon`, `call_soon_threadsafe`, `call_later` and `is_closed` (uvloop too); where `add_reader` is not implemented,
//! or there is no reactor, other threads wait for the sockets and wake the loop.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use dockline::deadline::poll_watched;
#[cfg(unix)]
use pyo3::exceptions::PyNotImplementedError;
use pyo3::exceptions::PyRuntimeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use tokio::runtime::Handle;

use crate::asyncio::Finish;
use crate::gate::enter;
use crate::runtime::{handle, lock};
#[cfg(unix)]
use crate::runtime::{reactor, watch_reactor};

pub(crate) type Work = Pin<Box<dyn Future<Output = Finish> + Send>>;

/// How long one that never has to wait may hold up everybody else in the loop.
pub(crate) const TURN: Duration = Duration::from_millis(1);

static RUNNING_LOOP: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static LOOPS: Mutex<Vec<Arc<EventLoop>>> = Mutex::new(Vec::new());

/// The running event loop.
pub(crate) fn running_loop(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    RUNNING_LOOP
        .import(py, "asyncio", "get_running_loop")?
        .call0()
}

/// An event loop of this process.
pub(crate) struct EventLoop {
    pid: u32,
    object: Py<PyAny>,
    /// Where clocks, names and files are waited for.
    handle: Handle,
    queue: Mutex<Queue>,
    deadlines: Mutex<Deadlines>,
    /// When the loop was last known to look after everybody.
    turned: Mutex<Instant>,
}

#[derive(Default)]
struct Queue {
    woken: Vec<Arc<Task>>,
    /// The loop will look here, or is doing so.
    is_called: bool,
}

type Timed = (Instant, Arc<Task>);

#[derive(Default)]
struct Deadlines {
    of_tasks: HashMap<usize, Timed>,
    /// When the loop will look at them.
    alarm: Option<Instant>,
}

impl EventLoop {
    /// The one that runs in this thread.
    pub(crate) fn current(py: Python<'_>) -> PyResult<Arc<Self>> {
        let running = running_loop(py)?;
        let pid = std::process::id();
        let known = lock(&LOOPS)
            .iter()
            .find(|known| known.object.is(&running) && known.pid == pid)
            .cloned();
        match known {
            Some(known) => Ok(known),
            None => Self::open(&running, pid),
        }
    }

    fn open(running: &Bound<'_, PyAny>, pid: u32) -> PyResult<Arc<Self>> {
        let py = running.py();
        let made = Arc::new(Self {
            pid,
            object: running.clone().unbind(),
            handle: handle(py)?,
            queue: Mutex::default(),
            deadlines: Mutex::default(),
            turned: Mutex::new(Instant::now()),
        });
        #[cfg(unix)]
        made.wait_for_sockets(running)?;
        let known = lock(&LOOPS).clone();
        // Asked, and dropped, without the lock: both may run Python code.
        let mut closed = Vec::new();
        for known in known {
            if known
                .object
                .bind(py)
                .call_method0("is_closed")?
                .is_truthy()?
            {
                closed.push(known);
            }
        }
        let mut loops = lock(&LOOPS);
        loops.retain(|known| !closed.iter().any(|closed| Arc::ptr_eq(closed, known)));
        loops.push(Arc::clone(&made));
        drop(loops);
        Ok(made)
    }

    #[cfg(unix)]
    fn wait_for_sockets(self: &Arc<Self>, running: &Bound<'_, PyAny>) -> PyResult<()> {
        use std::os::fd::{AsFd, AsRawFd};

        let py = running.py();
        let reactor = reactor(py)?;
        let descriptor = reactor.as_fd().as_raw_fd();
        let waiting = OnReady {
            reactor,
            event_loop: Arc::clone(self),
        };
        match running.call_method1("add_reader", (descriptor, waiting)) {
            // What asyncio has such loops say.
            Err(error) if error.is_instance_of::<PyNotImplementedError>(py) => watch_reactor(py),
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }

    /// Whether others have waited for long enough, which is counted from now on anew.
    pub(crate) fn is_hogged(&self) -> bool {
        let mut turned = lock(&self.turned);
        let now = Instant::now();
        let hogged = now.duration_since(*turned) > TURN;
        if hogged {
            *turned = now;
        }
        hogged
    }

    /// Does something in the loop's thread, then lets go on whatever that has woken; all the rest of it in a later turn.
    fn turn(self: &Arc<Self>, py: Python<'_>, wake: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
        *lock(&self.turned) = Instant::now();
        self.collecting(py, || {
            let mut done = wake();
            let woken = std::mem::take(&mut lock(&self.queue).woken);
            for task in woken {
                // One that fails keeps nobody else from going on.
                done = done.and(task.poll(py));
            }
            done
        })
    }

    /// What is woken meanwhile waits in the queue, and costs nothing to wake.
    fn collecting<T>(
        self: &Arc<Self>,
        py: Python<'_>,
        work: impl FnOnce() -> PyResult<T>,
    ) -> PyResult<T> {
        let before = std::mem::replace(&mut lock(&self.queue).is_called, true);
        let done = work();
        if before {
            return done;
        }
        {
            let mut queue = lock(&self.queue);
            queue.is_called = !queue.woken.is_empty();
            if !queue.is_called {
                return done;
            }
        }
        let resume = Resume(Arc::clone(self));
        self.object
            .call_method1(py, intern!(py, "call_soon"), (resume,))?;
        done
    }

    /// A task can go on. Called in any thread, whatever that holds: the interpreter's lock is taken elsewhere.
    fn post(self: &Arc<Self>, task: Arc<Task>) {
        let mut queue = lock(&self.queue);
        queue.woken.push(task);
        if std::mem::replace(&mut queue.is_called, true) {
            return;
        }
        drop(queue);
        let shared = Arc::clone(self);
        self.handle.spawn(async move {
            let called = enter(|py| {
                let resume = Resume(Arc::clone(&shared));
                let object = shared.object.bind(py);
                object.call_method1(intern!(py, "call_soon_threadsafe"), (resume,))?;
                Ok(())
            });
            if called.is_err() {
                // The loop is closed, or the interpreter ends: nobody waits any more.
                let left = std::mem::take(&mut lock(&shared.queue).woken);
                drop(left);
            }
        });
    }

    /// A task must be polled again then, whatever happens.
    fn note(self: &Arc<Self>, py: Python<'_>, task: &Arc<Task>, deadline: Instant) -> PyResult<()> {
        let mut deadlines = lock(&self.deadlines);
        let entry = (deadline, Arc::clone(task));
        deadlines.of_tasks.insert(task.key(), entry);
        if deadlines.alarm.is_some_and(|alarm| alarm <= deadline) {
            return Ok(());
        }
        deadlines.alarm = Some(deadline);
        drop(deadlines);
        let left = deadline.saturating_duration_since(Instant::now());
        let alarm = Alarm(Arc::clone(self));
        let arguments = (left.as_secs_f64(), alarm);
        self.object
            .call_method1(py, intern!(py, "call_later"), arguments)?;
        Ok(())
    }

    fn forget(&self, task: &Arc<Task>) {
        let forgotten = lock(&self.deadlines).of_tasks.remove(&task.key());
        drop(forgotten);
    }

    /// The tasks whose time has come, and the one whose time comes next.
    fn late(&self) -> (Vec<Arc<Task>>, Option<Timed>) {
        let mut deadlines = lock(&self.deadlines);
        deadlines.alarm = None;
        let now = Instant::now();
        let all = deadlines.of_tasks.values();
        let (late, early): (Vec<_>, Vec<_>) = all.partition(|timed| timed.0 <= now);
        let next = early.into_iter().min_by_key(|timed| timed.0).cloned();
        let late = late.into_iter().map(|timed| Arc::clone(&timed.1));
        (late.collect(), next)
    }
}

/// Runs in a loop when the reactor has something to tell.
#[cfg(unix)]
#[pyclass(frozen)]
struct OnReady {
    reactor: Arc<dockline::Reactor>,
    event_loop: Arc<EventLoop>,
}

#[cfg(unix)]
#[pymethods]
impl OnReady {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        self.event_loop.turn(py, || Ok(self.reactor.turn()?))
    }
}

/// Lets go on what can.
#[pyclass(frozen)]
struct Resume(Arc<EventLoop>);

#[pymethods]
impl Resume {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        lock(&self.0.queue).is_called = false;
        self.0.turn(py, || Ok(()))
    }
}

/// Polls whatever is late.
#[pyclass(frozen)]
struct Alarm(Arc<EventLoop>);

#[pymethods]
impl Alarm {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        let shared = &self.0;
        let (late, next) = shared.late();
        if let Some((deadline, task)) = next {
            shared.note(py, &task, deadline)?;
        }
        shared.turn(py, || {
            late.into_iter().for_each(Wake::wake);
            Ok(())
        })
    }
}

/// One piece of work of an event loop.
pub(crate) struct Task {
    home: Arc<EventLoop>,
    /// None while it is polled, when it is done, and once it was given up.
    work: Mutex<Option<Work>>,
    outcome: Mutex<Option<Finish>>,
    /// The future of the loop that is told when the outcome is there.
    waiter: Mutex<Option<Py<PyAny>>>,
    /// Its outcome was taken, or nobody wants one any more.
    is_over: AtomicBool,
    /// The loop has been told already that it can go on.
    is_woken: AtomicBool,
}

impl Task {
    /// Begins with `work`, in the loop that runs in this thread.
    pub(crate) fn begin(py: Python<'_>, work: Work) -> PyResult<Arc<Self>> {
        let home = EventLoop::current(py)?;
        let task = Arc::new(Self {
            home: Arc::clone(&home),
            work: Mutex::new(Some(work)),
            outcome: Mutex::default(),
            waiter: Mutex::default(),
            is_over: AtomicBool::new(false),
            is_woken: AtomicBool::new(false),
        });
        home.collecting(py, || task.poll(py))?;
        Ok(task)
    }

    pub(crate) fn home(&self) -> &Arc<EventLoop> {
        &self.home
    }

    pub(crate) fn has_outcome(&self) -> bool {
        lock(&self.outcome).is_some()
    }

    pub(crate) fn take_outcome(&self) -> Option<Finish> {
        let outcome = lock(&self.outcome).take();
        if outcome.is_some() {
            self.is_over.store(true, Ordering::Release);
        }
        outcome
    }

    /// A future of the loop that is told when there is an outcome.
    pub(crate) fn waiter<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if self.is_over.load(Ordering::Acquire) || lock(&self.waiter).is_some() {
            return Err(PyRuntimeError::new_err("this is awaited already"));
        }
        let object = self.home.object.bind(py);
        let waiter = object.call_method0(intern!(py, "create_future"))?;
        *lock(&self.waiter) = Some(waiter.clone().unbind());
        Ok(waiter)
    }

    fn key(self: &Arc<Self>) -> usize {
        Arc::as_ptr(self).addr()
    }

    /// Goes on as far as it can.
    fn poll(self: &Arc<Self>, py: Python<'_>) -> PyResult<()> {
        self.is_woken.store(false, Ordering::Release);
        // Polled without a lock: that may run Python code, which may give it up.
        let Some(mut work) = lock(&self.work).take() else {
            return Ok(());
        };
        let context = self.home.handle.enter();
        let waker = Waker::from(Arc::clone(self));
        let (polled, deadline) =
            poll_watched(|| work.as_mut().poll(&mut Context::from_waker(&waker)));
        let Poll::Ready(outcome) = polled else {
            if !self.is_over.load(Ordering::Acquire) {
                *lock(&self.work) = Some(work);
                return deadline.map_or(Ok(()), |deadline| self.home.note(py, self, deadline));
            }
            return Ok(());
        };
        drop(work);
        drop(context);
        self.home.forget(self);
        *lock(&self.outcome) = Some(outcome);
        let waiter = lock(&self.waiter).take();
        let Some(waiter) = waiter else {
            return Ok(());
        };
        let waiter = waiter.bind(py);
        if !waiter.call_method0(intern!(py, "done"))?.is_truthy()? {
            waiter.call_method1(intern!(py, "set_result"), (py.None(),))?;
        }
        Ok(())
    }

    /// Drops what it was doing, and what came of it; whether there was anything.
    pub(crate) fn give_up(self: &Arc<Self>) -> bool {
        let _context = self.home.handle.enter();
        self.is_over.store(true, Ordering::Release);
        self.home.forget(self);
        let work = lock(&self.work).take();
        let outcome = lock(&self.outcome).take();
        work.is_some() || outcome.is_some()
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        if !self.is_woken.swap(true, Ordering::AcqRel) {
            let home = Arc::clone(&self.home);
            home.post(self);
        }
    }
}
