//! The engine: three verbs (`call`, `stream`, `upgrade`), lazy negotiation, and `close`.

use std::fmt;

use crate::config::{Endpoint, TlsConfig};
use crate::error::{Error, ErrorKind};
use crate::reply::Reply;
use crate::request::{Request, Timeouts};
use crate::stream::{Stream, Upgrade};
use crate::versions::ApiVersion;

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
        f.debug_struct("EngineConfig")
            .field("endpoint", &self.endpoint)
            .field("version", &self.version)
            .field("timeouts", &self.timeouts)
            .field("max_pool_size", &self.max_pool_size)
            .field("headers", &names)
            .field("tls", &self.tls)
            .finish()
    }
}

/// What is known about the versions of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiation {
    /// The version requests are sent with.
    pub version: ApiVersion,
    /// The newest version the engine serves.
    pub engine_max: Option<ApiVersion>,
    /// The oldest version the engine serves, when it said so.
    pub engine_min: Option<ApiVersion>,
    /// The engine's release (`28.5.2`), when it said so.
    pub engine_release: Option<String>,
    /// Who pinned the version, if anybody did.
    pub pinned_by: Option<String>,
}

/// A client of one engine. Clones share connections and what is known. Construction does no I/O.
#[derive(Clone, Debug)]
pub struct Engine {
    config: std::sync::Arc<EngineConfig>,
}

fn pending() -> Error {
    Error::new(ErrorKind::Unsupported, "this verb is not built yet")
}

impl Engine {
    /// A client for the configured endpoint.
    ///
    /// # Errors
    /// `Config` when the configuration contradicts itself.
    pub fn new(config: EngineConfig) -> Result<Self, Error> {
        Ok(Self {
            config: std::sync::Arc::new(config),
        })
    }

    /// A whole answer in memory, whatever its status. Dropping the future closes the connection.
    ///
    /// # Errors
    /// Everything but an unwelcome status.
    pub async fn call(&self, _request: Request) -> Result<Reply, Error> {
        Err(pending())
    }

    /// The head of an answer, whatever its status, and its body to be pulled. Dropping the future closes the connection.
    ///
    /// # Errors
    /// Everything but an unwelcome status.
    pub async fn stream(&self, _request: Request) -> Result<Stream, Error> {
        Err(pending())
    }

    /// The connection itself after the head (attach, exec, session). Dropping the future closes the connection.
    ///
    /// # Errors
    /// Everything but an unwelcome status, which is `Upgrade::Refused`.
    pub async fn upgrade(&self, _request: Request) -> Result<Upgrade, Error> {
        Err(pending())
    }

    /// Asks the engine for its versions, once; later calls answer from memory.
    ///
    /// # Errors
    /// `VersionOutOfRange` when the two sides share no version; connection errors as they are.
    pub async fn negotiate(&self) -> Result<Negotiation, Error> {
        Err(pending())
    }

    /// What is known without asking.
    #[must_use]
    pub fn negotiation(&self) -> Option<Negotiation> {
        None
    }

    /// Tells what a binding has learned from `/version` itself.
    pub fn learn(&self, _release: Option<String>, _max: ApiVersion, _min: Option<ApiVersion>) {}

    /// Where this client connects, by which rule, and what was passed over.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.config.endpoint
    }

    /// Closes idle connections and makes everything in flight, and every later request, return `Closed`.
    pub fn close(&self) {}
}
