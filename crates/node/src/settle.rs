//! The way back into JavaScript: `settle(id, error, value, head)`, one weak threadsafe function per JavaScript thread.
//! `deliver` brings what the streams of a turn of the event loop have read, while they read on.
//!
//! Node drains many completions in one turn of its loop, so a burst costs one wake-up. When the thread is gone, completions are
//! dropped with everything they own, and so is what is still going on.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::{FnArgs, Function, Unknown};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;
use tokio::task::AbortHandle;

use crate::error::ErrorData;
#[cfg(unix)]
use crate::event_loop;
pub(crate) use crate::outcome::Outcome;
use crate::runtime;
use crate::task::{Again, Task};
#[cfg(unix)]
use crate::turn::Told;

/// What a JavaScript thread is told.
enum Message {
    /// An operation is over.
    Settle(u32, Outcome),
    /// One of its own operations can go on.
    Resume(Arc<Task>),
}

pub(crate) type Settled = FnArgs<(u32, Option<ErrorData>, Outcome, Option<String>)>;
type Deliver = ThreadsafeFunction<Message, (), Settled, Status, false, true, 0>;

/// An operation that is not over.
enum Running {
    /// In the JavaScript thread.
    Here(Arc<Task>),
    /// In the runtime's.
    There(AbortHandle),
}

impl Running {
    /// Drops what it was doing, which closes its connection.
    fn stop(&self) {
        match self {
            Self::Here(task) => task.give_up(),
            Self::There(task) => task.abort(),
        }
    }
}

struct Shared {
    deliver: Deliver,
    /// Waits for sockets in the JavaScript thread, where that is possible.
    #[cfg(unix)]
    reactor: Option<Arc<dockline::Reactor>>,
    running: Mutex<HashMap<u32, Running>>,
}

impl Shared {
    fn running(&self) -> MutexGuard<'_, HashMap<u32, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The JavaScript thread ends: nobody waits for anything any more.
    fn stop_all(&self) {
        let all = std::mem::take(&mut *self.running());
        for running in all.values() {
            running.stop();
        }
    }
}

/// Delivers completions to the thread it was made on.
#[napi]
#[derive(Clone)]
pub struct Settler {
    shared: Arc<Shared>,
}

/// No operation has this id: settling it does nothing.
const NOBODY: u32 = 0;

pub(crate) fn settled(id: u32, outcome: Outcome) -> Settled {
    let error = match &outcome {
        Outcome::Failed(error) => Some(ErrorData::from(error)),
        _ => None,
    };
    let head = outcome.head();
    FnArgs::from((id, error, outcome, head))
}

#[napi]
impl Settler {
    /// `settle(id, error, value, head)` is called for every completion; `head` is that of an answer. Where the event loop is libuv's,
    /// which `is_node` says, `deliver(slab, id, end, id, end, …)` is called for reads that go on, with what each has brought.
    #[napi(constructor)]
    pub fn new(
        env: Env,
        settle: Function<'_, Settled, ()>,
        deliver: Function<'_, Unknown<'_>, ()>,
        is_node: bool,
    ) -> napi::Result<Self> {
        #[cfg(unix)]
        let reactor = is_node
            .then(|| event_loop::open(env, || Told::new(env, &settle, &deliver)))
            .flatten();
        #[cfg(not(unix))]
        let _ = (is_node, deliver);
        let deliver = settle
            .build_threadsafe_function::<Message>()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(|call| {
                Ok(match call.value {
                    Message::Settle(id, outcome) => settled(id, outcome),
                    Message::Resume(task) => match task.resume() {
                        Some(outcome) => settled(task.id, outcome),
                        None => settled(NOBODY, Outcome::Done),
                    },
                })
            })?;
        let shared = Arc::new(Shared {
            deliver,
            #[cfg(unix)]
            reactor,
            running: Mutex::default(),
        });
        env.add_env_cleanup_hook(Arc::clone(&shared), |shared| shared.stop_all())?;
        Ok(Self { shared })
    }
}

impl Settler {
    fn tell(&self, message: Message) {
        // The status says only whether the JavaScript thread is still there; if it is not, nobody waits.
        let _ = self
            .shared
            .deliver
            .call(message, ThreadsafeFunctionCallMode::NonBlocking);
    }

    /// Reports a completion.
    pub(crate) fn send(&self, id: u32, outcome: Outcome) {
        self.tell(Message::Settle(id, outcome));
    }

    /// Who waits for sockets.
    #[cfg_attr(not(unix), expect(clippy::unused_self, reason = "the runtime does"))]
    pub(crate) fn sockets(&self) -> dockline::Sockets {
        #[cfg(unix)]
        if let Some(reactor) = &self.shared.reactor {
            return dockline::Sockets::Reactor(Arc::clone(reactor));
        }
        dockline::Sockets::Runtime
    }

    /// Lets an operation of the JavaScript thread go on there.
    pub(crate) fn resume(&self, task: Arc<Task>) {
        #[cfg(unix)]
        let Some(task) = event_loop::collect(self.shared.reactor.as_ref(), task) else {
            return;
        };
        self.tell(Message::Resume(task));
    }

    /// An operation of the JavaScript thread is over.
    pub(crate) fn forget(&self, id: u32) {
        self.shared.running().remove(&id);
    }

    /// Runs an operation in the calling thread, which is the JavaScript one. What it comes to at once is given back; else it goes on
    /// whenever it can, and is reported.
    pub(crate) fn attempt<F>(&self, id: u32, operation: F) -> Option<Outcome>
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        self.attempt_task(Task::new(id, self.clone(), Box::pin(operation)))
    }

    /// As `attempt`, of an operation that may go on once it has come to something.
    pub(crate) fn attempt_repeated(&self, id: u32, again: Again) -> Option<Outcome> {
        self.attempt_task(Task::repeated(id, self.clone(), again))
    }

    fn attempt_task(&self, task: Arc<Task>) -> Option<Outcome> {
        let outcome = task.poll();
        if outcome.is_none() {
            self.shared.running().insert(task.id, Running::Here(task));
        }
        outcome
    }

    /// As `attempt`, and what it comes to at once is reported like everything else.
    pub(crate) fn run_here<F>(&self, id: u32, operation: F)
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        if let Some(outcome) = self.attempt(id, operation) {
            self.send(id, outcome);
        }
    }

    /// Runs an operation in the runtime's thread and reports what it came to.
    pub(crate) fn run<F>(&self, id: u32, operation: F)
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let settler = self.clone();
        // Held until the handle is registered, so that an operation that ends at once still finds it.
        let mut running = self.shared.running();
        let task = runtime::spawn(async move {
            let outcome = operation.await;
            settler.forget(id);
            settler.send(id, outcome);
        });
        match task {
            Some(task) => {
                running.insert(id, Running::There(task.abort_handle()));
            }
            None => self.send(id, Outcome::no_threads()),
        }
    }

    /// Drops an operation, which closes its connection; nothing is reported.
    pub(crate) fn cancel(&self, id: u32) {
        let running = self.shared.running().remove(&id);
        if let Some(running) = running {
            running.stop();
        }
    }
}
