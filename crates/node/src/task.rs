//! Operations that run in the JavaScript thread: polled there at once, and again whenever something is ready,
//! which the event loop says, or the runtime. No other thread takes part in reading, writing or decoding.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use crate::runtime;
use crate::settle::{Outcome, Settler};

type Work = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// One operation, and whose completion it is.
pub(crate) struct Task {
    pub(crate) id: u32,
    settler: Settler,
    /// None when it is done or was given up.
    work: Mutex<Option<Work>>,
    /// Its thread has been told already.
    told: AtomicBool,
}

impl Task {
    pub(crate) fn new(id: u32, settler: Settler, work: Work) -> Arc<Self> {
        Arc::new(Self {
            id,
            settler,
            work: Mutex::new(Some(work)),
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
            self.settler.forget(self.id);
        }
        outcome
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
