//! The settings of the ssh client inside this process, and the way to JavaScript's `hostVerifier`: questions are pulled with
//! `next(id)` and answered by number. When the thread that should answer is gone, a key counts as refused.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use dockline::{HostKeys, SshConfig};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::settle::{Outcome, Settler};

/// What ssh2 takes as options, as far as the core knows it.
#[napi(object, object_to_js = false)]
pub struct SshOptions {
    /// The user, when the address names none.
    pub username: Option<String>,
    /// A private key.
    pub private_key: Option<Buffer>,
    /// Its passphrase.
    pub passphrase: Option<String>,
    /// The user's password.
    pub password: Option<String>,
    /// The socket of an agent.
    pub agent: Option<String>,
    /// Milliseconds until the user must be logged in.
    pub ready_timeout: Option<u32>,
    /// Milliseconds of silence after which the server is asked whether it is there.
    pub keepalive_interval: Option<u32>,
    /// How often it may leave that unanswered.
    pub keepalive_count_max: Option<u32>,
}

impl SshOptions {
    pub(crate) fn config(self, questions: Option<&HostKeyQuestions>) -> SshConfig {
        let milliseconds = |given: u32| Duration::from_millis(u64::from(given));
        let mut config = SshConfig::default();
        config.username = self.username;
        config.private_key = self.private_key.map(|key| Bytes::copy_from_slice(&key));
        config.passphrase = self.passphrase;
        config.password = self.password;
        config.agent = self.agent;
        config.ready_timeout = self.ready_timeout.map(milliseconds);
        config.keepalive_interval = self.keepalive_interval.map(milliseconds);
        config.keepalive_count = self
            .keepalive_count_max
            .and_then(|count| usize::try_from(count).ok());
        config.host_keys = questions.and_then(HostKeyQuestions::take_asker);
        config
    }
}

struct Question {
    key: Vec<u8>,
    answer: oneshot::Sender<Result<(), String>>,
}

struct Asker(UnboundedSender<Question>);

impl HostKeys for Asker {
    fn verify(&self, key: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> {
        let (answer, answered) = oneshot::channel();
        // Nobody to ask, nobody to answer.
        let _ = self.0.send(Question { key, answer });
        Box::pin(async { answered.await.unwrap_or_else(|_| Err(String::new())) })
    }
}

type Answers = Mutex<HashMap<u32, oneshot::Sender<Result<(), String>>>>;

/// The questions of one engine.
#[napi]
pub struct HostKeyQuestions {
    settler: Settler,
    asker: Mutex<Option<UnboundedSender<Question>>>,
    questions: Arc<tokio::sync::Mutex<UnboundedReceiver<Question>>>,
    answers: Arc<Answers>,
    last: Arc<AtomicU32>,
}

#[napi]
impl HostKeyQuestions {
    /// For the engine that is opened with it.
    #[napi(constructor)]
    #[must_use]
    pub fn new(settler: &Settler) -> Self {
        let (asker, questions) = unbounded_channel();
        Self {
            settler: settler.clone(),
            asker: Mutex::new(Some(asker)),
            questions: Arc::new(tokio::sync::Mutex::new(questions)),
            answers: Arc::default(),
            last: Arc::default(),
        }
    }

    /// The next key to look at: `{question, key}`; null when the engine is gone.
    #[napi]
    pub fn next(&self, id: u32) {
        let questions = Arc::clone(&self.questions);
        let answers = Arc::clone(&self.answers);
        let last = Arc::clone(&self.last);
        self.settler.run(id, async move {
            let Some(Question { key, answer }) = questions.lock().await.recv().await else {
                return Outcome::End;
            };
            let number = last.fetch_add(1, Ordering::Relaxed);
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.insert(number, answer);
            Outcome::Question(number, key)
        });
    }

    /// Whether the key is the right one: a refusal has a reason, which may be empty.
    #[napi]
    pub fn answer(&self, question: u32, refusal: Option<String>) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = answers.remove(&question) {
            // The connection may have been given up in the meantime.
            let _ = answer.send(refusal.map_or(Ok(()), Err));
        }
    }
}

impl HostKeyQuestions {
    fn take_asker(&self) -> Option<Arc<dyn HostKeys>> {
        let mut asker = self.asker.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::new(Asker(asker.take()?)))
    }
}
