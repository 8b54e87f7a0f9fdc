//! Waiting for a future in the calling thread: for the sockets it names, the nearest deadline, and whoever wakes it from outside.
//!
//! No runtime and no other thread has a part in it. A thread that waits for sockets does so in `poll`, together with a bell that is
//! rung by whoever wakes it; one that waits for something else is parked.

#[cfg(unix)]
mod bell;
mod busy_poll;
#[cfg(unix)]
mod named;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

#[cfg(unix)]
pub use bell::Bell;
pub use busy_poll::BusyPoll;
#[cfg(unix)]
use named::Named;
#[cfg(unix)]
pub(crate) use named::{Wanted, name};

use crate::deadline::poll_watched;

/// Nothing: here threads do not wait for sockets themselves.
#[cfg(not(unix))]
#[derive(Debug, Default)]
pub struct Bell;

/// Runs a future to its end in this thread.
///
/// Futures of an engine with `Sockets::Driver` need nothing else; for others, and for what is done in other threads (names, files),
/// the caller enters a runtime. In the first wait, if `busy` is given and it is for sockets, the thread looks at them before it sleeps: for
/// answers that come at once. `look` is called, while nothing is polled, after every `interval` without a result and when a signal has interrupted the
/// wait; its error ends the work. Threads may share a bell: those who are not meant go on waiting.
///
/// # Errors
/// What `look` says, or the operating system when it cannot wait.
pub fn drive<F: Future, E: From<io::Error>>(
    bell: &Arc<Bell>,
    mut future: Pin<&mut F>,
    mut busy: Option<&BusyPoll>,
    interval: Option<Duration>,
    mut look: impl FnMut() -> Result<(), E>,
) -> Result<F::Output, E> {
    let sleeper = Arc::new(Sleeper::new(bell));
    let waker = Waker::from(Arc::clone(&sleeper));
    let mut context = Context::from_waker(&waker);
    #[cfg(unix)]
    let mut named = Vec::new();
    loop {
        sleeper.is_woken.store(false, Ordering::Release);
        let mut polling = || poll_watched(|| future.as_mut().poll(&mut context));
        #[cfg(unix)]
        let (polled, deadline) = named::during(&mut named, &mut polling);
        #[cfg(not(unix))]
        let (polled, deadline) = polling();
        if let Poll::Ready(output) = polled {
            return Ok(output);
        }
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                break;
            }
            let limit = [left, interval].into_iter().flatten().min();
            #[cfg_attr(not(unix), expect(unused_variables, reason = "threads are parked"))]
            let first = busy.take();
            #[cfg(unix)]
            let goes_on = sleeper.wait(&mut named, &waker, first, limit)?;
            #[cfg(not(unix))]
            let goes_on = sleeper.park(limit);
            if goes_on {
                break;
            }
            look()?;
        }
    }
}

/// A thread that waits.
struct Sleeper {
    thread: Thread,
    is_woken: AtomicBool,
    #[cfg(unix)]
    listener: bell::Listener,
}

impl Sleeper {
    #[cfg_attr(not(unix), expect(unused_variables, reason = "threads are parked"))]
    fn new(bell: &Arc<Bell>) -> Self {
        Self {
            thread: std::thread::current(),
            is_woken: AtomicBool::new(false),
            #[cfg(unix)]
            listener: bell::Listener::new(bell),
        }
    }

    /// Whether it was woken before the limit.
    fn park(&self, limit: Option<Duration>) -> bool {
        if !self.is_woken.load(Ordering::Acquire) {
            match limit {
                Some(limit) => std::thread::park_timeout(limit),
                None => std::thread::park(),
            }
        }
        self.is_woken.load(Ordering::Acquire)
    }

    /// Whether it was woken, or a socket is ready, before the limit.
    #[cfg(unix)]
    fn wait(
        &self,
        named: &mut Vec<Named>,
        waker: &Waker,
        busy: Option<&BusyPoll>,
        limit: Option<Duration>,
    ) -> io::Result<bool> {
        if named.is_empty() {
            return Ok(self.park(limit));
        }
        let is_woken = || self.is_woken.load(Ordering::Acquire);
        let ready = self
            .listener
            .listen(is_woken, |bell| named::wait(named, bell, busy, limit))?
            .unwrap_or_default();
        for one in &ready {
            one.tell(waker);
        }
        Ok(!ready.is_empty() || is_woken())
    }
}

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.is_woken.swap(true, Ordering::AcqRel) {
            return;
        }
        #[cfg(unix)]
        if self.listener.ring() {
            return;
        }
        self.thread.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn};
    use std::pin::pin;
    use std::thread;

    use tokio::sync::oneshot;

    use super::*;
    use crate::deadline::pause;

    fn run<F: Future>(future: F) -> F::Output {
        drive::<_, io::Error>(&Arc::default(), pin!(future), None, None, || Ok(())).unwrap()
    }

    #[test]
    fn what_is_ready_does_not_wait() {
        assert_eq!(run(async { 7 }), 7);
        assert_eq!(run(tokio::task::yield_now()), ());
    }

    #[test]
    fn another_thread_wakes_it() {
        for _ in 0..100 {
            let (sender, receiver) = oneshot::channel();
            let sending = thread::spawn(move || sender.send(7));
            assert_eq!(run(receiver), Ok(7));
            assert_eq!(sending.join().unwrap(), Ok(()));
        }
    }

    #[test]
    fn it_wakes_itself() {
        let mut left = 3;
        let counting = poll_fn(|cx| {
            cx.waker().wake_by_ref();
            left -= 1;
            if left == 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        run(counting);
    }

    #[test]
    fn a_deadline_needs_no_runtime() {
        let wait = Duration::from_millis(5);
        let before = Instant::now();
        run(pause(wait));
        assert!(before.elapsed() >= wait);
    }

    #[test]
    fn a_look_ends_it() {
        let mut looks = 0;
        let outcome = drive(
            &Arc::default(),
            pin!(pending::<()>()),
            None,
            Some(Duration::from_millis(1)),
            || {
                looks += 1;
                if looks < 3 {
                    Ok(())
                } else {
                    Err(io::Error::other("enough"))
                }
            },
        );
        assert_eq!(outcome.unwrap_err().to_string(), "enough");
        assert_eq!(looks, 3);
    }
}
