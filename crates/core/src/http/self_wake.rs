//! hyper tells its own caller that an answer is there, by waking the task that is just being polled. Waking a task costs a system call or
//! a turn of an event loop; here it costs nothing, because whoever polls looks again anyway.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

const POLLING: u8 = 1;
const WOKEN: u8 = 2;

/// Polls something that wakes the task it is polled by.
pub(super) struct SelfWaking {
    waker: Waker,
    shared: Arc<Shared>,
}

struct Shared {
    state: AtomicU8,
    outer: Mutex<Waker>,
}

impl Shared {
    fn outer(&self) -> MutexGuard<'_, Waker> {
        self.outer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace_outer(&self, waker: &Waker) {
        if self.outer().will_wake(waker) {
            return;
        }
        let old = std::mem::replace(&mut *self.outer(), waker.clone());
        // Not under the lock: with its last waker a task is dropped, and with the task whatever it owns.
        drop(old);
    }

    fn wake_outer(&self) {
        self.outer().wake_by_ref();
    }
}

/// A connection keeps the waker it was polled with last. Whoever uses it next drives it, and wakes nobody.
impl Drop for SelfWaking {
    fn drop(&mut self) {
        self.shared.replace_outer(Waker::noop());
    }
}

impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.fetch_or(WOKEN, Ordering::AcqRel) & POLLING == 0 {
            self.wake_outer();
        }
    }
}

impl Default for SelfWaking {
    fn default() -> Self {
        let shared = Arc::new(Shared {
            state: AtomicU8::new(0),
            outer: Mutex::new(Waker::noop().clone()),
        });
        Self {
            waker: Waker::from(Arc::clone(&shared)),
            shared,
        }
    }
}

impl SelfWaking {
    /// `work` is polled once. What wakes it meanwhile is passed on only if it is pending after all.
    pub(super) fn poll<T>(
        &self,
        cx: &Context<'_>,
        work: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        self.shared.replace_outer(cx.waker());
        self.shared.state.store(POLLING, Ordering::Release);
        let polled = work(&mut Context::from_waker(&self.waker));
        let woken = self.shared.state.swap(0, Ordering::AcqRel) & WOKEN != 0;
        if woken && polled.is_pending() {
            self.shared.wake_outer();
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn only_what_is_still_pending_is_woken() {
        let count = Arc::new(Count::default());
        let outer = Waker::from(Arc::clone(&count));
        let cx = Context::from_waker(&outer);
        let subject = SelfWaking::default();
        let wake = |cx: &mut Context<'_>| cx.waker().wake_by_ref();
        let woken = || count.0.load(Ordering::Relaxed);

        let done = subject.poll(&cx, |cx| {
            wake(cx);
            Poll::Ready(())
        });
        assert_eq!((done, woken()), (Poll::Ready(()), 0));

        let mut kept = None;
        let pending: Poll<()> = subject.poll(&cx, |cx| {
            wake(cx);
            kept = Some(cx.waker().clone());
            Poll::Pending
        });
        assert_eq!((pending, woken()), (Poll::Pending, 1));

        kept.iter().for_each(Waker::wake_by_ref);
        assert_eq!(woken(), 2);

        drop(subject);
        kept.iter().for_each(Waker::wake_by_ref);
        assert_eq!(woken(), 2);
    }
}
