//! What the core asks JavaScript while a connection opens: whether an ssh server's key, or an engine's certificate, is the right
//! one. Questions are pulled with `next(id)` and answered by number. When the thread that should answer is gone, the answer is no.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dockline::{Bytes, HostKeys, Judge, Judged, ServerIdentity, Verified};
use napi::Env;
use napi::bindgen_prelude::{Buffer, JsObjectValue, Object};
use napi_derive::napi;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::settle::{Outcome, Settler};

/// What JavaScript is asked, or told about its answers.
pub enum Question {
    /// Whether this is the ssh server's key: `{question, key}`.
    HostKey(u32, Vec<u8>),
    /// Whether this certificate, with what signed it, is for that host: `{question, host, chain}`.
    Certificate(u32, String, Vec<Bytes>),
    /// The error of a refusal is not needed any more: `{forget}`.
    Forget(u32),
}

impl Question {
    pub(crate) fn object(self, env: &Env) -> napi::Result<Object<'_>> {
        let mut object = Object::new(env)?;
        match self {
            Self::HostKey(number, key) => {
                object.set_named_property("question", number)?;
                object.set_named_property("key", Buffer::from(key))?;
            }
            Self::Certificate(number, host, chain) => {
                let chain: Vec<_> = chain.iter().map(|der| Buffer::from(der.as_ref())).collect();
                object.set_named_property("question", number)?;
                object.set_named_property("host", host)?;
                object.set_named_property("chain", chain)?;
            }
            Self::Forget(number) => object.set_named_property("forget", number)?,
        }
        Ok(object)
    }
}

type Answer = oneshot::Sender<Result<(), Refused>>;
type Asked = (Question, Option<(u32, Answer)>);

/// JavaScript said no; its own error is kept there until this one is gone.
pub(crate) struct Refused {
    pub(crate) number: u32,
    reason: String,
    told: UnboundedSender<Asked>,
}

impl Drop for Refused {
    fn drop(&mut self) {
        // If nobody pulls any more, nothing is kept either.
        let _ = self.told.send((Question::Forget(self.number), None));
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Refused").field(&self.number).finish()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Error for Refused {}

/// The number of the refusal that an error comes from.
pub(crate) fn refusal(error: &dockline::Error) -> Option<u32> {
    let mut source = error.source();
    while let Some(found) = source {
        if let Some(refused) = found.downcast_ref::<Refused>() {
            return Some(refused.number);
        }
        source = found.source();
    }
    None
}

/// Numbers are never used twice in a process.
fn next_number() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

struct Asker(UnboundedSender<Asked>);

impl Asker {
    fn ask(
        &self,
        number: u32,
        question: Question,
    ) -> impl Future<Output = Result<(), Refused>> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        // Nobody to ask, nobody to answer.
        let _ = self.0.send((question, Some((number, answer))));
        let told = self.0.clone();
        async move {
            let nobody = |_| {
                Err(Refused {
                    number,
                    reason: "nobody is there to look at it".to_owned(),
                    told,
                })
            };
            answered.await.unwrap_or_else(nobody)
        }
    }
}

impl HostKeys for Asker {
    fn verify(&self, key: Vec<u8>) -> Verified {
        let number = next_number();
        let asked = self.ask(number, Question::HostKey(number, key));
        Box::pin(async { asked.await.map_err(|refused| refused.to_string()) })
    }
}

impl ServerIdentity for Asker {
    fn judge(&self, host: &str, chain: Vec<Bytes>) -> Judged {
        let number = next_number();
        let asked = self.ask(
            number,
            Question::Certificate(number, host.to_owned(), chain),
        );
        Box::pin(async { asked.await.map_err(Into::into) })
    }
}

/// The questions of one engine.
#[napi]
pub struct Questions {
    settler: Settler,
    asker: Mutex<Option<Arc<Asker>>>,
    asked: Arc<tokio::sync::Mutex<UnboundedReceiver<Asked>>>,
    answers: Arc<Mutex<HashMap<u32, Answer>>>,
    /// For what refusals still have to say; does not keep the engine's end from being seen.
    told: tokio::sync::mpsc::WeakUnboundedSender<Asked>,
}

#[napi]
impl Questions {
    /// For the engine that is opened with it.
    #[napi(constructor)]
    #[must_use]
    pub fn new(settler: &Settler) -> Self {
        let (sender, asked) = unbounded_channel();
        Self {
            settler: settler.clone(),
            told: sender.downgrade(),
            asker: Mutex::new(Some(Arc::new(Asker(sender)))),
            asked: Arc::new(tokio::sync::Mutex::new(asked)),
            answers: Arc::default(),
        }
    }

    /// The next question; null when the engine is gone.
    #[napi]
    pub fn next(&self, id: u32) {
        let asked = Arc::clone(&self.asked);
        let answers = Arc::clone(&self.answers);
        self.settler.run(id, async move {
            let Some((question, answer)) = asked.lock().await.recv().await else {
                return Outcome::End;
            };
            if let Some((number, answer)) = answer {
                let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                answers.insert(number, answer);
            }
            Outcome::Question(question)
        });
    }

    /// Yes, or a refusal with its reason, which may be empty. False when nobody wants to know any more.
    #[napi]
    pub fn answer(&self, question: u32, refusal: Option<String>) -> bool {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(answer), Some(told)) = (answers.remove(&question), self.told.upgrade()) else {
            return false;
        };
        let refused = |reason| Refused {
            number: question,
            reason,
            told,
        };
        answer
            .send(refusal.map_or(Ok(()), |reason| Err(refused(reason))))
            .is_ok()
    }
}

impl Questions {
    /// Who asks about ssh servers' keys.
    pub(crate) fn host_keys(&self) -> Option<Arc<dyn HostKeys>> {
        Some(self.take_asker()?)
    }

    /// Who asks about certificates.
    pub(crate) fn judge(&self) -> Option<Judge> {
        Some(Judge(self.take_asker()?))
    }

    /// Once: the questions end with the engine.
    fn take_asker(&self) -> Option<Arc<Asker>> {
        let mut asker = self.asker.lock().unwrap_or_else(PoisonError::into_inner);
        asker.take()
    }
}
