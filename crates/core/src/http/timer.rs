//! Limits and interruptions: one place that races an exchange against its timers and its cancel token.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};
use tokio_util::sync::CancellationToken;

use crate::deadline;
use crate::error::{Error, Phase};

/// The limit of one phase. Without a limit it never fires; the clock's machinery is touched only when something has to wait.
pub(crate) struct Timer {
    phase: Phase,
    limit: Option<Duration>,
    deadline: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timer {
    /// Starts now.
    pub(crate) fn start(phase: Phase, limit: Option<Duration>) -> Self {
        Self {
            phase,
            limit,
            deadline: limit.and_then(|limit| Instant::now().checked_add(limit)),
            sleep: None,
        }
    }

    /// Starts again, because there was progress.
    pub(crate) fn restart(&mut self) {
        self.deadline = self
            .limit
            .and_then(|limit| Instant::now().checked_add(limit));
        if let (Some(sleep), Some(deadline)) = (&mut self.sleep, self.deadline) {
            sleep.as_mut().reset(deadline);
        }
    }

    /// Ready with the error once the limit has passed.
    pub(crate) fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        let (Some(limit), Some(deadline)) = (self.limit, self.deadline) else {
            return Poll::Pending;
        };
        if self.sleep.is_none() && deadline::note(deadline) {
            return if Instant::now() < deadline {
                Poll::Pending
            } else {
                Poll::Ready(Error::timed_out(self.phase, limit))
            };
        }
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        sleep
            .as_mut()
            .poll(cx)
            .map(|()| Error::timed_out(self.phase, limit))
    }
}

/// Runs `work` until it is done, `token` is cancelled or a timer expires. What is done wins over what is late.
pub(crate) async fn guarded<T>(
    token: &CancellationToken,
    interrupted: impl Fn() -> Error,
    timers: &mut [&mut Timer],
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut work = pin!(work);
    let mut cancelled = pin!(token.cancelled());
    std::future::poll_fn(|cx| {
        if token.is_cancelled() {
            return Poll::Ready(Err(interrupted()));
        }
        if let Poll::Ready(done) = work.as_mut().poll(cx) {
            return Poll::Ready(done);
        }
        if cancelled.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(interrupted()));
        }
        for timer in timers.iter_mut() {
            if let Poll::Ready(late) = timer.poll_expired(cx) {
                return Poll::Ready(Err(late));
            }
        }
        Poll::Pending
    })
    .await
}
