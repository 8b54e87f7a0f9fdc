//! The three verbs, and the policy that repeats them: off unless asked for, and only for requests that cannot have acted.
//!
//! A request is repeated when its failure may pass by itself (`ErrorKind::retry`), its body can be sent again, and either it did not
//! reach the engine or it changes nothing. Dropping the future ends the waiting between two attempts, as does `Engine::close`.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use ::http::Method;

use crate::client::{Engine, REFUSAL_LIMIT};
use crate::deadline::pause;
use crate::error::{Error, ErrorKind};
use crate::http::guarded;
use crate::origin::Origin;
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::{Stream, Upgrade};

/// How often, how fast and after which failures a request is repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a request is sent at most, the first time included.
    pub attempts: u32,
    /// The wait before the second attempt; each later one doubles it.
    pub backoff: Duration,
    /// The longest wait.
    pub max_backoff: Duration,
    /// Waits are shortened at random by up to a half, so that clients do not come back all at once.
    pub jitter: bool,
    /// The kinds that are repeated; those that may pass by themselves when `None`. What may have acted is never repeated.
    pub kinds: Option<Vec<ErrorKind>>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(10),
            jitter: true,
            kinds: None,
        }
    }
}

impl RetryPolicy {
    /// Three attempts with growing waits, unless changed.
    #[must_use]
    pub fn attempts(attempts: u32) -> Self {
        Self {
            attempts,
            ..Self::default()
        }
    }

    /// The wait after a failed attempt (the first is 1); `None` when the failure is final.
    #[must_use]
    pub fn wait_after(&self, attempt: u32, failure: &Error) -> Option<Duration> {
        let wanted = match &self.kinds {
            Some(kinds) => kinds.contains(&failure.kind()) && failure.is_repeatable(),
            None => failure.retryable(),
        };
        (wanted && attempt < self.attempts).then(|| self.backoff(attempt))
    }

    fn backoff(&self, attempt: u32) -> Duration {
        let doubled = 1_u32
            .checked_shl(attempt.saturating_sub(1))
            .unwrap_or(u32::MAX);
        let wait = self.backoff.saturating_mul(doubled).min(self.max_backoff);
        if self.jitter {
            wait.mul_f64(0.5 + 0.5 * random())
        } else {
            wait
        }
    }
}

/// A number from 0 to 1; the seeds of the standard library's hash tables are random.
fn random() -> f64 {
    let hash = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(hash >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

/// One request and its repetitions.
struct Repeats {
    policy: RetryPolicy,
    attempt: u32,
    method: Method,
    target: String,
    next: Option<Request>,
}

impl Repeats {
    fn new(policy: RetryPolicy, request: &Request) -> Self {
        Self {
            policy,
            attempt: 0,
            method: request.method.clone(),
            target: request.target.clone(),
            next: None,
        }
    }

    /// Keeps a copy of what is about to be sent.
    fn sending(&mut self, request: &Request) {
        self.attempt += 1;
        self.next = request.replay();
    }

    /// The request again, after the wait; `None` when the failure is final.
    async fn again(&mut self, engine: &Engine, failure: &Error) -> Result<Option<Request>, Error> {
        let Some(next) = self.next.take() else {
            return Ok(None);
        };
        let Some(wait) = self.policy.wait_after(self.attempt, failure) else {
            return Ok(None);
        };
        let sleep = async {
            pause(wait).await;
            Ok(())
        };
        guarded(engine.retired(), Error::closed, &mut [], sleep).await?;
        Ok(Some(next))
    }

    fn refusal(&self, engine: &Engine, reply: &Reply) -> Error {
        Error::from_reply(
            self.method.as_str(),
            &self.target,
            reply,
            Some(engine.endpoint()),
        )
    }
}

impl Engine {
    /// A whole answer in memory, whatever its status. Dropping the future closes the connection.
    ///
    /// # Errors
    /// Everything but an unwelcome status.
    pub async fn call(&self, request: Request) -> Result<Reply, Error> {
        match self.policy(&request) {
            None => self.call_once(request).await,
            Some(policy) => Box::pin(self.call_again(request, policy)).await,
        }
    }

    /// The head of an answer, whatever its status, and its body to be pulled. Dropping the future closes the connection.
    ///
    /// # Errors
    /// Everything but an unwelcome status.
    pub async fn stream(&self, request: Request) -> Result<Stream, Error> {
        match self.policy(&request) {
            None => self.stream_once(request).await,
            Some(policy) => Box::pin(self.stream_again(request, policy)).await,
        }
    }

    /// The connection itself after the head (attach, exec, session). Dropping the future closes the connection.
    ///
    /// # Errors
    /// Everything but an unwelcome status, which is `Upgrade::Refused`.
    pub async fn upgrade(&self, request: Request) -> Result<Upgrade, Error> {
        match self.policy(&request) {
            None => self.upgrade_once(request).await,
            Some(policy) => Box::pin(self.upgrade_again(request, policy)).await,
        }
    }

    fn policy(&self, request: &Request) -> Option<RetryPolicy> {
        let policy = request.retry.as_ref().or(self.inner.config.retry.as_ref());
        policy.filter(|policy| policy.attempts > 1).cloned()
    }

    async fn call_again(&self, mut request: Request, policy: RetryPolicy) -> Result<Reply, Error> {
        let mut repeats = Repeats::new(policy, &request);
        loop {
            repeats.sending(&request);
            let done = self.call_once(request).await;
            let failure = match &done {
                Ok(reply) if reply.status < 400 => return done,
                Ok(reply) => repeats.refusal(self, reply),
                Err(error) => error.clone(),
            };
            match repeats.again(self, &failure).await? {
                Some(next) => request = next,
                None => return done,
            }
        }
    }

    async fn stream_again(
        &self,
        mut request: Request,
        policy: RetryPolicy,
    ) -> Result<Stream, Error> {
        let mut repeats = Repeats::new(policy, &request);
        loop {
            repeats.sending(&request);
            let (failure, done) = match self.stream_once(request).await {
                Ok(stream) if stream.head().status < 400 => return Ok(stream),
                Ok(stream) => {
                    let head = stream.head().clone();
                    let body = stream.collect(REFUSAL_LIMIT).await?;
                    let failure = repeats.refusal(self, &head.clone().with_body(body.clone()));
                    let origin = Origin {
                        method: repeats.method.clone(),
                        target: repeats.target.clone(),
                        address: self.address(),
                    };
                    (failure, Ok(self.read_already(head, body, origin)))
                }
                Err(error) => (error.clone(), Err(error)),
            };
            match repeats.again(self, &failure).await? {
                Some(next) => request = next,
                None => return done,
            }
        }
    }

    async fn upgrade_again(
        &self,
        mut request: Request,
        policy: RetryPolicy,
    ) -> Result<Upgrade, Error> {
        let mut repeats = Repeats::new(policy, &request);
        loop {
            repeats.sending(&request);
            let done = self.upgrade_once(request).await;
            let failure = match &done {
                Ok(Upgrade::Switched(_)) => return done,
                Ok(Upgrade::Refused(reply)) => repeats.refusal(self, reply),
                Err(error) => error.clone(),
            };
            match repeats.again(self, &failure).await? {
                Some(next) => request = next,
                None => return done,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(kind: ErrorKind, method: &str) -> Error {
        Error::new(kind, "x").with_request(method, "/v1.41/containers/create")
    }

    #[test]
    fn nothing_that_may_have_acted_is_repeated() {
        let policy = RetryPolicy::attempts(2);
        let waits = |kind, method| policy.wait_after(1, &failure(kind, method)).is_some();
        assert!(waits(ErrorKind::ConnectionLost, "GET"));
        assert!(!waits(ErrorKind::ConnectionLost, "POST"));
        assert!(!waits(ErrorKind::ConnectionLost, "PUT"));
        assert!(!waits(ErrorKind::ConnectionLost, "DELETE"));
        assert!(!waits(ErrorKind::Timeout, "POST"));
        assert!(waits(ErrorKind::DaemonRefused, "POST"));
        assert!(!waits(ErrorKind::NotFound, "GET"));
        let listed = RetryPolicy {
            kinds: Some(vec![ErrorKind::NotFound]),
            ..policy
        };
        assert!(
            listed
                .wait_after(1, &failure(ErrorKind::NotFound, "GET"))
                .is_some()
        );
        assert!(
            listed
                .wait_after(1, &failure(ErrorKind::NotFound, "POST"))
                .is_none()
        );
        assert!(
            listed
                .wait_after(1, &failure(ErrorKind::DaemonRefused, "GET"))
                .is_none()
        );
    }

    #[test]
    fn waits_grow_to_their_limit() {
        let policy = RetryPolicy {
            attempts: u32::MAX,
            jitter: false,
            ..RetryPolicy::default()
        };
        let waits: Vec<_> = (1..10)
            .map(|attempt| policy.backoff(attempt).as_millis())
            .collect();
        assert_eq!(waits, [100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000]);
        assert_eq!(policy.backoff(u32::MAX), policy.max_backoff);
        let jittered = RetryPolicy::default();
        for _ in 0..100 {
            let wait = jittered.backoff(1).as_millis();
            assert!((50..=100).contains(&wait), "{wait}");
        }
    }
}
