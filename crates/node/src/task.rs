//! Operations that run in the JavaScript thread: polled there at once, and again whenever something is ready,
//! which the event loop says, or the runtime. No other thread takes part in reading, writing or decoding.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use crate::runtime;
use crate::settle::{Outcome, Settler};

pub(crate) type Work = Pin<Box<dyn Future<Output = Outcome> + Send>>;
/// Makes the work anew: what an operation does that comes to one thing after another.
pub(crate) type Again = Box<dyn Fn() -> Work + Send + Sync>;

/// One operation, and whose completion it is.
pub(crate) struct Task {
    pub(crate) id: u32,
    settler: Settler,
    /// None when it is done or was given up.
    work: Mutex<Option<Work>>,
    again: Option<Again>,
    /// Its thread has been told already.
    told: AtomicBool,
}

impl Task {
    pub(crate) fn new(id: u32, settler: Settler, work: Work) -> Arc<Self> {
        Self::with(id, settler, work, None)
    }

    /// An operation that may go on once it has come to something.
    pub(crate) fn repeated(id: u32, settler: Settler, again: Again) -> Arc<Self> {
        let work = again();
        Self::with(id, settler, work, Some(again))
    }

    fn with(id: u32, settler: Settler, work: Work, again: Option<Again>) -> Arc<Self> {
        Arc::new(Self {
            id,
            settler,
            work: Mutex::new(Some(work)),
            again,
            told: AtomicBool::new(false),
        })
    }

    fn work(&self) -> MutexGuard<'_, Option<Work>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on as far as it can; to be called in the JavaScript thread.
    pub(crate) fn poll(self: &Arc<Self>) -> Option<Outcome> {
        self.told.store(false, Ordering::Release);
        let mut slot = self.work();
        let work = slot.as_mut()?;
        let waker = Waker::from(Arc::clone(self));
        let polled = runtime::within(|| work.as_mut().poll(&mut Context::from_waker(&waker)));
        let outcome = match polled {
            Some(Poll::Pending) => return None,
            Some(Poll::Ready(outcome)) => outcome,
            None => Outcome::no_threads(),
        };
        // Dropped without the lock: what it owns may wake this task.
        let done = slot.take();
        drop(slot);
        drop(done);
        Some(outcome)
    }

    /// As `poll`, and takes itself off the list when it is done.
    pub(crate) fn resume(self: &Arc<Self>) -> Option<Outcome> {
        let outcome = self.poll();
        if outcome.is_some() {
            self.end();
        }
        outcome
    }

    /// Takes itself off the list.
    pub(crate) fn end(&self) {
        self.settler.forget(self.id);
    }

    /// Prepares to go on, at the next `poll`, after what it has come to; whether it can.
    #[cfg_attr(
        not(unix),
        expect(dead_code, reason = "only turns of libuv's loop have it go on")
    )]
    pub(crate) fn go_on(&self) -> bool {
        let work = self.again.as_ref().map(|again| again());
        let goes_on = work.is_some();
        *self.work() = work;
        goes_on
    }

    /// Drops what it was doing, which closes its connection.
    pub(crate) fn give_up(&self) {
        let work = self.work().take();
        drop(work);
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        if !self.told.swap(true, Ordering::AcqRel) {
            let settler = self.settler.clone();
            settler.resume(self);
        }
    }
}
