//! `Engine`: the core's three verbs. Each starts a task and returns at once; the answer, or the error, settles its id.

use std::time::Duration;

use bytes::Bytes;
use dockline::{
    Address, Body, Endpoint, EngineConfig, Error, ErrorKind, Head, Method, Pem, Prefix, Reply,
    Request, RetryPolicy, Rule, Timeouts, Upgrade, VersionMode,
};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::body::RequestBody;
use crate::duplex::DuplexHandle;
use crate::error::pairs;
#[cfg(unix)]
use crate::event_loop::look_for_answer;
use crate::questions::Questions;
use crate::settle::{Outcome, Settler};
use crate::ssh::SshOptions;
use crate::stream::StreamHandle;
use crate::tls::TlsOptions;

/// Larger bodies are not copied: the request keeps the JavaScript buffer until it is sent.
const COPY_BODY_BELOW: usize = 64 * 1024;

/// More than this no `Buffer` holds in every Node that is served.
const LARGEST_BUFFER: usize = u32::MAX as usize;

/// What an engine is opened with.
#[napi(object, object_to_js = false)]
pub struct EngineOptions {
    /// `unix:///path`, `tcp://host:port`, `https://host:port`, `ssh://user@host:port`, `npipe:////./pipe/name`.
    pub endpoint: String,
    /// Which rule chose it: `explicit`, `DOCKER_HOST`, `default`, or with a context `DOCKER_CONTEXT`, `currentContext`.
    pub rule: Option<String>,
    /// The context's name.
    pub context: Option<String>,
    /// TLS settings.
    pub tls: Option<TlsOptions>,
    /// For ssh inside this process instead of the system's own `ssh`.
    pub ssh: Option<SshOptions>,
}

fn configured(
    options: EngineOptions,
    questions: Option<&Questions>,
    settler: &Settler,
) -> Result<EngineConfig, Error> {
    let rule = Rule::named(
        options.rule.as_deref().unwrap_or("explicit"),
        options.context.as_deref(),
    );
    let endpoint = Endpoint::chosen(&options.endpoint, rule, &|name| std::env::var(name).ok())?;
    let mut config = EngineConfig::new(endpoint);
    config.version = VersionMode::Unprefixed;
    config.tls = options.tls.map(|tls| tls.config(questions));
    config.ssh = options.ssh.map(|ssh| ssh.config(questions));
    config.sockets = settler.sockets();
    Ok(config)
}

/// The engine a context of the docker command line leads to.
#[napi(object, object_from_js = false)]
pub(crate) struct ContextData {
    /// Its address.
    pub address: String,
    /// `DOCKER_CONTEXT` or `currentContext`.
    pub rule: &'static str,
    /// The context's name.
    pub context: String,
    /// Whether it is reached over TLS.
    pub tls: bool,
    /// Whether the engine's certificate is verified.
    pub verify: bool,
    /// Paths of the TLS files that there are.
    pub ca: Option<String>,
    /// The client's certificate.
    pub cert: Option<String>,
    /// The client's key.
    pub key: Option<String>,
}

/// The context that `DOCKER_CONTEXT` or the configuration file names; null when neither does, or `DOCKER_HOST` comes first.
///
/// # Errors
/// The context does not exist or cannot be read.
#[napi]
pub(crate) fn context() -> napi::Result<Option<ContextData>> {
    let found = dockline::config::resolve(None, &|name| std::env::var(name).ok())
        .map_err(|error| napi::Error::from_reason(error.to_string()))?;
    let (rule, context) = match found.rule {
        Rule::ContextVariable(name) => ("DOCKER_CONTEXT", name),
        Rule::CurrentContext(name) => ("currentContext", name),
        _ => return Ok(None),
    };
    let path = |pem: Option<Pem>| match pem {
        Some(Pem::Path(path)) => Some(path.to_string_lossy().into_owned()),
        _ => None,
    };
    let tls = found.tls;
    let is_tls = tls.is_some();
    let tls = tls.unwrap_or_default();
    Ok(Some(ContextData {
        address: found.address.to_string(),
        rule,
        context,
        tls: is_tls,
        verify: tls.verify,
        ca: path(tls.ca),
        cert: path(tls.certs.into_iter().next()),
        key: path(tls.keys.into_iter().next().map(|key| key.pem)),
    }))
}

/// Limits in milliseconds.
#[napi(object, object_to_js = false)]
pub struct Limits {
    /// Opening the connection.
    pub connect: Option<u32>,
    /// Until the answer begins.
    pub first_byte: Option<u32>,
    /// Between two reads of the body.
    pub idle: Option<u32>,
    /// From the beginning to the end.
    pub total: Option<u32>,
}

/// What few requests have.
#[napi(object, object_to_js = false)]
pub struct Extras {
    /// Limits for this request.
    pub timeouts: Option<Limits>,
    /// Whether and how the request is repeated.
    pub retry: Option<Retry>,
}

/// One request, as the arguments of the verbs give it.
struct Outgoing<'a> {
    /// Verb, method, and path and query exactly as sent.
    line: String,
    /// Names and values in turn.
    headers: Vec<String>,
    body: Option<Buffer>,
    source: Option<&'a RequestBody>,
    extras: Option<Extras>,
}

/// A retry policy; what is left out is as the core has it.
#[napi(object, object_to_js = false)]
pub struct Retry {
    /// How often the request is sent at most.
    pub attempts: Option<u32>,
    /// Milliseconds before the second attempt.
    pub backoff: Option<u32>,
    /// The longest wait in milliseconds.
    pub max_backoff: Option<u32>,
    /// Whether waits are shortened at random.
    pub jitter: Option<bool>,
    /// The kinds of error that are repeated.
    pub kinds: Option<Vec<String>>,
}

fn policy(given: Retry) -> Result<RetryPolicy, Error> {
    let mut policy = RetryPolicy::default();
    policy.attempts = given.attempts.unwrap_or(policy.attempts);
    policy.backoff = milliseconds(given.backoff).unwrap_or(policy.backoff);
    policy.max_backoff = milliseconds(given.max_backoff).unwrap_or(policy.max_backoff);
    policy.jitter = given.jitter.unwrap_or(policy.jitter);
    if let Some(names) = given.kinds {
        let named = |name: String| {
            ErrorKind::named(&name).ok_or_else(|| {
                let message = format!("there is no kind of error called {name:?}");
                Error::new(ErrorKind::InvalidArgument, message)
            })
        };
        policy.kinds = Some(names.into_iter().map(named).collect::<Result<_, _>>()?);
    }
    Ok(policy)
}

fn milliseconds(given: Option<u32>) -> Option<Duration> {
    given.map(|milliseconds| Duration::from_millis(u64::from(milliseconds)))
}

fn bytes(buffer: Buffer) -> Bytes {
    if buffer.len() < COPY_BODY_BELOW {
        Bytes::copy_from_slice(&buffer)
    } else {
        Bytes::from_owner(buffer)
    }
}

fn request(outgoing: Outgoing<'_>) -> Result<(Verb, Request), Error> {
    let (asked, target) = outgoing.line.rsplit_once(' ').unwrap_or_default();
    let (verb, method) = asked.split_once(' ').unwrap_or_default();
    let verb = match verb {
        "call" => Verb::Call,
        "stream" => Verb::Stream,
        "upgrade" => Verb::Upgrade,
        _ => {
            let message = format!("{verb:?} is neither call nor stream nor upgrade");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    };
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| {
        let message = format!("{method:?} is not an HTTP method");
        Error::new(ErrorKind::InvalidArgument, message)
    })?;
    let body = match (outgoing.source, outgoing.body) {
        (Some(source), _) => source.take()?,
        (None, Some(buffer)) => Body::Bytes(bytes(buffer)),
        (None, None) => Body::Empty,
    };
    let (limits, retry) = match outgoing.extras {
        Some(extras) => (extras.timeouts, extras.retry),
        None => (None, None),
    };
    let timeouts = limits.map(|limits| Timeouts {
        connect: milliseconds(limits.connect),
        first_byte: milliseconds(limits.first_byte),
        idle: milliseconds(limits.idle),
        total: milliseconds(limits.total),
    });
    let request = Request {
        method,
        target: target.to_owned(),
        headers: pairs(outgoing.headers),
        body,
        timeouts,
        prefix: Prefix::AsIs,
        retry: retry.map(policy).transpose()?,
    };
    Ok((verb, request))
}

fn whole(reply: Reply) -> Outcome {
    if reply.body.len() > LARGEST_BUFFER {
        let message = format!(
            "the answer's {} bytes are more than a Buffer can hold",
            reply.body.len()
        );
        return Outcome::Failed(
            Error::new(ErrorKind::TooLarge, message).with_hint("read it as a stream instead"),
        );
    }
    let head = Head {
        status: reply.status,
        reason: reply.reason,
        headers: reply.headers,
    };
    Outcome::Whole(head, reply.body)
}

/// One engine: connections are kept and shared by everything sent through it.
#[napi]
pub struct Engine {
    /// A configuration that cannot work is reported by every request, as data like any other error.
    inner: Result<dockline::Engine, Error>,
    warning: Option<String>,
    settler: Settler,
}

#[napi]
impl Engine {
    /// Opens nothing yet. `questions` asks whoever verifies servers.
    #[napi(constructor)]
    #[must_use]
    pub fn new(settler: &Settler, options: EngineOptions, questions: Option<&Questions>) -> Self {
        let config = configured(options, questions, settler);
        let warning = config.as_ref().ok().and_then(|config| {
            let endpoint = &config.endpoint;
            endpoint.warning(config.tls.as_ref())
        });
        Self {
            inner: config.and_then(dockline::Engine::new),
            warning,
            settler: settler.clone(),
        }
    }

    /// Where this engine is.
    #[napi(getter)]
    pub fn endpoint(&self) -> String {
        self.inner
            .as_ref()
            .map_or_else(ToString::to_string, |engine| engine.endpoint().to_string())
    }

    /// What is unsafe about the connection, as one sentence.
    #[napi(getter)]
    pub fn warning(&self) -> Option<String> {
        self.warning.clone()
    }

    /// Sends a request. The line is one of `call` (a whole answer: `{status, reason, headers, body}`), `stream` (the body is pulled:
    /// `stream` in place of `body`) and `upgrade` (a connection: `duplex`; or a whole answer when the engine refused); then the method, and
    /// path and query exactly as sent, with spaces between them.
    #[napi]
    pub fn send(
        &self,
        id: u32,
        line: String,
        headers: Vec<String>,
        body: Option<Buffer>,
        source: Option<&RequestBody>,
        extras: Option<Extras>,
    ) {
        let outgoing = Outgoing {
            line,
            headers,
            body,
            source,
            extras,
        };
        match self.prepared(outgoing) {
            Ok((verb, engine, request)) => self.start(id, verb, engine, request),
            Err(error) => self.settler.send(id, Outcome::Failed(error)),
        }
    }

    /// Drops a request: its connection is closed and nothing is settled.
    #[napi]
    pub fn cancel(&self, id: u32) {
        self.settler.cancel(id);
    }

    /// Closes idle connections and ends everything in flight.
    #[napi]
    pub fn close(&self) {
        if let Ok(engine) = &self.inner {
            engine.close();
        }
    }
}

/// What becomes of an answer.
#[derive(Clone, Copy)]
enum Verb {
    Call,
    Stream,
    Upgrade,
}

async fn answered(
    verb: Verb,
    engine: dockline::Engine,
    request: Request,
    settler: Settler,
) -> Result<Outcome, Error> {
    Ok(match verb {
        // Each is large, and only one of them is needed.
        Verb::Call => whole(Box::pin(engine.call(request)).await?),
        Verb::Stream => {
            let stream = Box::pin(engine.stream(request)).await?;
            Outcome::Stream(stream.head().clone(), StreamHandle::new(stream, settler))
        }
        Verb::Upgrade => match Box::pin(engine.upgrade(request)).await? {
            Upgrade::Refused(reply) => whole(reply),
            Upgrade::Switched(mut duplex) => {
                let head = duplex.reader().head().clone();
                Outcome::Duplex(head, DuplexHandle::new(duplex, settler))
            }
        },
    })
}

impl Engine {
    fn prepared(&self, outgoing: Outgoing<'_>) -> Result<(Verb, dockline::Engine, Request), Error> {
        let engine = self.inner.as_ref().map_err(Clone::clone)?;
        let (verb, request) = request(outgoing)?;
        Ok((verb, engine.clone(), request))
    }

    fn start(&self, id: u32, verb: Verb, engine: dockline::Engine, request: Request) {
        // Opening ssh may mean starting a program, reading files and deriving keys: never in a JavaScript thread.
        let is_ssh = matches!(engine.endpoint().address, Address::Ssh { .. });
        let settler = self.settler.clone();
        let operation = async move {
            answered(verb, engine, request, settler)
                .await
                .unwrap_or_else(Outcome::Failed)
        };
        if is_ssh {
            self.settler.run(id, operation);
        } else {
            self.settler.run_here(id, operation);
            #[cfg(unix)]
            look_for_answer();
        }
    }
}
