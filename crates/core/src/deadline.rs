//! Limits for whoever drives a future by hand. Setting an alarm costs more than a small request; a driver that is told the nearest
//! deadline can sleep until then and needs no alarm.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::Phase;
use crate::http::Timer;

/// Who polls in this thread.
#[derive(Clone, Copy)]
enum Watch {
    /// Somebody who wants to be woken.
    Nobody,
    /// A driver, who has met no deadline so far.
    Free,
    /// A driver, and the nearest deadline so far.
    Until(Instant),
}

thread_local! {
    static WATCH: Cell<Watch> = const { Cell::new(Watch::Nobody) };
}

/// Puts back what was there, also after a panic: drivers may be nested.
struct Restore(Watch);

impl Drop for Restore {
    fn drop(&mut self) {
        WATCH.set(self.0);
    }
}

/// Polls a future of this crate once, and says when it must be polled again even if nothing wakes it.
pub fn poll_watched<R>(poll: impl FnOnce() -> R) -> (R, Option<std::time::Instant>) {
    let _restore = Restore(WATCH.replace(Watch::Free));
    let polled = poll();
    let nearest = match WATCH.get() {
        Watch::Until(nearest) => Some(nearest.into_std()),
        Watch::Nobody | Watch::Free => None,
    };
    (polled, nearest)
}

/// Tells the driver of this thread about a deadline; `false` when there is none, and an alarm is needed.
pub(crate) fn note(deadline: Instant) -> bool {
    match WATCH.get() {
        Watch::Nobody => return false,
        Watch::Free => WATCH.set(Watch::Until(deadline)),
        Watch::Until(nearest) => WATCH.set(Watch::Until(nearest.min(deadline))),
    }
    true
}

/// The output of a future, or `None` if that takes longer than `limit`.
pub async fn within<F: Future>(limit: Duration, work: F) -> Option<F::Output> {
    let mut timer = Timer::start(Phase::Idle, Some(limit));
    let mut work = pin!(work);
    std::future::poll_fn(|cx| {
        if let Poll::Ready(output) = work.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        timer.poll_expired(cx).map(|_| None)
    })
    .await
}

/// Waits for so long.
pub(crate) async fn pause(wait: Duration) {
    let mut timer = Timer::start(Phase::Idle, Some(wait));
    std::future::poll_fn(|cx| timer.poll_expired(cx)).await;
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_driver_is_told_the_nearest_deadline() {
        let mut context = Context::from_waker(Waker::noop());
        let (long, short) = (Duration::from_secs(60), Duration::from_secs(6));
        // No runtime: an alarm could not even be set here.
        let mut work = pin!(within(long, within(short, std::future::pending::<()>())));
        let before = std::time::Instant::now();
        let (polled, nearest) = poll_watched(|| work.as_mut().poll(&mut context));
        assert!(polled.is_pending());
        let nearest = nearest.unwrap() - before;
        assert!(nearest >= short && nearest < long, "{nearest:?}");
        let ((), none) = poll_watched(|| ());
        assert_eq!(none, None);
    }

    #[test]
    fn a_deadline_that_has_passed_is_found_without_an_alarm() {
        let mut context = Context::from_waker(Waker::noop());
        let mut work = pin!(within(Duration::ZERO, std::future::pending::<()>()));
        let (polled, _) = poll_watched(|| work.as_mut().poll(&mut context));
        assert_eq!(polled, Poll::Ready(None));
    }
}
