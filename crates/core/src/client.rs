//! The engine: three verbs (`call`, `stream`, `upgrade`), lazy negotiation, and `close`.

use std::fmt;
use std::sync::Arc;

use ::http::Method;
use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::config::{Endpoint, TlsConfig};
use crate::error::{Error, Phase};
use crate::http::{
    self, BodyKind, Caller, Exchange, Opened, Pool, RequestHead, Timer, UpgradeReply, check_header,
    guarded,
};
use crate::negotiate::{Versions, refuses_version};
use crate::origin::{Origin, Place};
use crate::reply::{Head, Reply};
use crate::request::{Body, Prefix, Request, Timeouts};
use crate::retry::RetryPolicy;
use crate::stream::{Cancel, Duplex, Reader, Stream, Upgrade};
use crate::transport::{self, Connector};
use crate::versions::ApiVersion;

/// Larger bodies are sent below hyper, so that an engine that refuses them early is heard.
const POOLED_BODY: usize = 64 * 1024;
/// How much of a refusal is read: errors are short.
pub(crate) const REFUSAL_LIMIT: usize = 16 * 1024 * 1024;
/// The largest reply to an upgrade that was not granted.
const REPLY_LIMIT: usize = 16 * 1024 * 1024;

/// How many idle connections an engine keeps, unless told otherwise.
pub const DEFAULT_POOL_SIZE: usize = 10;

/// Which API version requests are sent with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum VersionMode {
    /// The newest version both sides know, asked for before the first request.
    #[default]
    Negotiate,
    /// This version; refused locally when the engine does not serve it.
    Pin {
        /// The version.
        version: ApiVersion,
        /// Who asked for it, as an error names it: `DOCKER_API_VERSION`, `the argument version`.
        source: String,
    },
    /// No version in the path, as dockerode sends it; the engine uses its newest.
    Unprefixed,
}

/// What an engine is opened with.
#[derive(Clone)]
#[non_exhaustive]
pub struct EngineConfig {
    /// Where it is.
    pub endpoint: Endpoint,
    /// Which API version to speak.
    pub version: VersionMode,
    /// Limits for requests that name none.
    pub timeouts: Timeouts,
    /// How many idle connections are kept.
    pub max_pool_size: usize,
    /// Headers sent with every request that does not name them itself.
    pub headers: Vec<(String, String)>,
    /// TLS settings; those of the endpoint unless replaced.
    pub tls: Option<TlsConfig>,
    /// ssh inside this process instead of the system's own `ssh`.
    #[cfg(feature = "ssh-client")]
    pub ssh: Option<transport::SshConfig>,
    /// Who waits for unix and TCP sockets, TLS or not.
    pub sockets: transport::Sockets,
    /// What requests that name no policy do about failures that may pass.
    pub retry: Option<RetryPolicy>,
}

impl EngineConfig {
    /// The configuration for an endpoint: negotiate, no limits, 10 idle connections, a `User-Agent`.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        Self {
            tls: endpoint.tls.clone(),
            endpoint,
            version: VersionMode::default(),
            timeouts: Timeouts::default(),
            max_pool_size: DEFAULT_POOL_SIZE,
            #[cfg(feature = "ssh-client")]
            ssh: None,
            sockets: transport::Sockets::default(),
            retry: None,
            headers: vec![(
                "User-Agent".to_owned(),
                concat!("dockline/", env!("CARGO_PKG_VERSION")).to_owned(),
            )],
        }
    }
}

impl fmt::Debug for EngineConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        let mut shown = f.debug_struct("EngineConfig");
        shown
            .field("endpoint", &self.endpoint)
            .field("version", &self.version)
            .field("timeouts", &self.timeouts)
            .field("max_pool_size", &self.max_pool_size)
            .field("headers", &names)
            .field("tls", &self.tls)
            .field("sockets", &self.sockets)
            .field("retry", &self.retry);
        #[cfg(feature = "ssh-client")]
        shown.field("ssh", &self.ssh);
        shown.finish()
    }
}

/// A client of one engine. Clones share connections and what is known. Construction does no I/O.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: EngineConfig,
    connector: Connector,
    host: String,
    address: Arc<Place>,
    pool: Pool,
    closed: CancellationToken,
    /// Nothing is begun again.
    retired: CancellationToken,
    pub(crate) versions: Versions,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("config", &self.inner.config)
            .field("negotiation", &self.negotiation())
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// A client for the configured endpoint.
    ///
    /// # Errors
    /// `InvalidArgument` when a default header cannot be sent.
    pub fn new(config: EngineConfig) -> Result<Self, Error> {
        for (name, value) in &config.headers {
            check_header(name, value)?;
        }
        let connector = Connector::new(config.endpoint.clone(), config.tls.clone())
            .with_sockets(config.sockets.clone());
        #[cfg(feature = "ssh-client")]
        let connector = connector.with_ssh(config.ssh.clone());
        let inner = Inner {
            address: Place::of(&config.endpoint),
            host: config.endpoint.address.host_header(),
            pool: Pool::new(config.max_pool_size),
            closed: CancellationToken::new(),
            retired: CancellationToken::new(),
            versions: Versions::default(),
            connector,
            config,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// `call`, once.
    pub(crate) async fn call_once(&self, request: Request) -> Result<Reply, Error> {
        let (parts, body) = Parts::new(self, request);
        let spare = body.replay();
        let target = self.target(&parts).await?;
        let reply = self.call_at(&parts, &target, body).await?;
        self.observe(&reply.headers);
        match spare {
            Some(body) if reply.status == 400 && refuses_version(&reply.body) => {
                match self.other_target(&parts, &target).await? {
                    Some(other) => self.call_at(&parts, &other, body).await,
                    None => Ok(reply),
                }
            }
            _ => Ok(reply),
        }
    }

    /// `stream`, once.
    pub(crate) async fn stream_once(&self, request: Request) -> Result<Stream, Error> {
        let (parts, body) = Parts::new(self, request);
        let spare = body.replay();
        let target = self.target(&parts).await?;
        let stream = self.stream_at(&parts, &target, body).await?;
        self.observe(&stream.head().headers);
        let Some(body) = spare.filter(|_| stream.head().status == 400) else {
            return Ok(stream);
        };
        let head = stream.head().clone();
        let refusal = stream
            .collect(REFUSAL_LIMIT)
            .await
            .map_err(|error| self.about(error, &parts, &target))?;
        if let Some(error) = transport::foreign(self.endpoint(), head.status, &refusal) {
            return Err(self.about(error, &parts, &target));
        }
        if refuses_version(&refusal)
            && let Some(other) = self.other_target(&parts, &target).await?
        {
            return self.stream_at(&parts, &other, body).await;
        }
        Ok(self.read_already(head, refusal, self.origin(&parts, &target)))
    }

    /// A stream whose body is in memory.
    pub(crate) fn read_already(&self, head: Head, body: Bytes, origin: Origin) -> Stream {
        let kind = BodyKind::Length(body.len() as u64);
        let cancel = Cancel::below(&self.inner.closed);
        Stream::new(head, Reader::new(None, kind, body, None, cancel), origin)
    }

    /// `upgrade`, once.
    pub(crate) async fn upgrade_once(&self, request: Request) -> Result<Upgrade, Error> {
        let (parts, body) = Parts::new(self, request);
        let spare = body.replay();
        let target = self.target(&parts).await?;
        let upgrade = self.upgrade_at(&parts, &target, body).await?;
        let reply = match upgrade {
            Upgrade::Refused(reply) => reply,
            switched @ Upgrade::Switched(_) => return Ok(switched),
        };
        match spare {
            Some(body) if reply.status == 400 && refuses_version(&reply.body) => {
                match self.other_target(&parts, &target).await? {
                    Some(other) => self.upgrade_at(&parts, &other, body).await,
                    None => Ok(Upgrade::Refused(reply)),
                }
            }
            _ => Ok(Upgrade::Refused(reply)),
        }
    }

    /// Where this client connects, by which rule, and what was passed over.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.config.endpoint
    }

    /// Closes idle connections and makes everything in flight, and every later request, return `Closed`.
    pub fn close(&self) {
        self.inner.closed.cancel();
        self.retire();
        #[cfg(feature = "ssh-client")]
        self.inner.connector.close();
    }

    /// Closes idle connections and keeps none from now on. What is under way goes on to its end, and so does what is asked later; but
    /// who waits before another attempt is told `Closed`.
    pub fn retire(&self) {
        self.inner.retired.cancel();
        self.inner.pool.close();
    }

    /// Whether `close` was called.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.inner.closed.is_cancelled()
    }

    pub(crate) fn address(&self) -> Arc<Place> {
        Arc::clone(&self.inner.address)
    }

    pub(crate) fn closed(&self) -> &CancellationToken {
        &self.inner.closed
    }

    pub(crate) fn retired(&self) -> &CancellationToken {
        &self.inner.retired
    }

    /// Idle connections lead to the engine that was there before.
    pub(crate) fn drop_idle(&self) {
        self.inner.pool.clear();
    }

    fn head<'a>(&'a self, parts: &'a Parts, target: &'a str, upgrade: bool) -> RequestHead<'a> {
        RequestHead {
            method: &parts.method,
            target,
            host: &self.inner.host,
            headers: &parts.headers,
            defaults: &self.inner.config.headers,
            upgrade,
        }
    }

    fn origin(&self, parts: &Parts, target: &str) -> Origin {
        Origin {
            method: parts.method.clone(),
            target: target.to_owned(),
            address: Arc::clone(&self.inner.address),
        }
    }

    /// Says which request an error is about.
    fn about(&self, error: Error, parts: &Parts, target: &str) -> Error {
        self.origin(parts, target).tell(error)
    }

    /// `call` on a target that has its version.
    pub(crate) async fn call_at(
        &self,
        parts: &Parts,
        target: &str,
        body: Body,
    ) -> Result<Reply, Error> {
        let small = match &body {
            Body::Empty => Some(Bytes::new()),
            Body::Bytes(bytes) if bytes.len() <= POOLED_BODY => Some(bytes.clone()),
            _ => None,
        };
        let done = match small.filter(|_| http::takes(target)) {
            Some(small) => {
                let caller = Caller {
                    connector: &self.inner.connector,
                    pool: &self.inner.pool,
                    closed: &self.inner.closed,
                };
                http::call(
                    caller,
                    &self.head(parts, target, false),
                    &small,
                    parts.timeouts,
                )
                .await
            }
            None => Box::pin(self.call_below(parts, target, body)).await,
        };
        done.and_then(|reply| self.answered_by_engine(reply))
            .map_err(|error| self.about(error, parts, target))
    }

    /// The reply, unless something else than an engine said it.
    fn answered_by_engine(&self, reply: Reply) -> Result<Reply, Error> {
        match transport::foreign(&self.inner.config.endpoint, reply.status, &reply.body) {
            Some(error) => Err(error),
            None => Ok(reply),
        }
    }

    /// `call` below hyper: uploads, whose answer may come before they end.
    async fn call_below(&self, parts: &Parts, target: &str, body: Body) -> Result<Reply, Error> {
        let mut total = Timer::start(Phase::Total, parts.timeouts.total);
        let work = async {
            let stream = self.stream_at(parts, target, body).await?;
            let head = stream.head().clone();
            Ok(head.with_body(stream.collect(usize::MAX).await?))
        };
        guarded(&self.inner.closed, Error::closed, &mut [&mut total], work).await
    }

    async fn stream_at(&self, parts: &Parts, target: &str, body: Body) -> Result<Stream, Error> {
        let cancel = Cancel::below(&self.inner.closed);
        let work = async {
            let exchange = self.exchange(parts, target, body, &cancel, false)?;
            http::open(exchange).await
        };
        let opened = work
            .await
            .map_err(|error| self.about(error, parts, target))?;
        let Opened {
            head,
            kind,
            connection,
            rest,
            upload,
        } = opened;
        let idle = parts.timeouts.idle;
        let reader =
            Reader::new(Some(connection), kind, rest, idle, cancel.clone()).with_upload(upload);
        Ok(Stream::new(head, reader, self.origin(parts, target)))
    }

    async fn upgrade_at(&self, parts: &Parts, target: &str, body: Body) -> Result<Upgrade, Error> {
        let cancel = Cancel::below(&self.inner.closed);
        let idle = parts.timeouts.idle;
        let work = async {
            let exchange = self.exchange(parts, target, body, &cancel, true)?;
            let answer = http::upgrade(exchange).await?;
            let switched = answer.is_switched();
            let UpgradeReply {
                head,
                kind,
                read,
                write,
                rest,
            } = answer;
            let reader = Reader::new(Some(read), kind, rest, idle, cancel.clone());
            let stream = Stream::new(head.clone(), reader, self.origin(parts, target));
            if switched {
                return Ok(Upgrade::Switched(Duplex::new(stream, write)));
            }
            drop(write);
            let reply = head.with_body(stream.collect(REPLY_LIMIT).await?);
            Ok(Upgrade::Refused(self.answered_by_engine(reply)?))
        };
        work.await.map_err(|error| self.about(error, parts, target))
    }

    fn exchange<'a>(
        &'a self,
        parts: &'a Parts,
        target: &str,
        body: Body,
        cancel: &'a Cancel,
        upgrade: bool,
    ) -> Result<Exchange<'a>, Error> {
        Ok(Exchange {
            connector: &self.inner.connector,
            method: &parts.method,
            head: self.head(parts, target, upgrade).write(&body)?,
            body,
            timeouts: parts.timeouts,
            cancel,
        })
    }
}

/// A request without its body.
pub(crate) struct Parts {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) timeouts: Timeouts,
    pub(crate) prefix: Prefix,
}

impl Parts {
    pub(crate) fn new(engine: &Engine, request: Request) -> (Self, Body) {
        let parts = Self {
            method: request.method,
            target: request.target,
            headers: request.headers,
            timeouts: request.timeouts.unwrap_or(engine.inner.config.timeouts),
            prefix: request.prefix,
        };
        (parts, request.body)
    }
}
