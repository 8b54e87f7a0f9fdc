//! What both engine classes hold: how to connect, the engine of this process, and requests made ready to be sent.
//!
//! A forked child opens its own connections: the parent's are left alone.

use std::sync::Mutex;
use std::time::Duration;

#[cfg(unix)]
use dockline::Address;
use dockline::config::{Endpoint, Rule};
use dockline::{
    ApiVersion, ClientKey, EngineConfig, Error, ErrorKind, Negotiation, Pem, Prefix, Request,
    RetryPolicy, Sockets, Timeouts, TlsConfig, VersionMode,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::body::{Caller, body};
use crate::error::{Raised, to_python};
use crate::runtime::{block_on, lock};

/// Connect, first byte, idle and total, in seconds.
pub(crate) type Limits = (Option<f64>, Option<f64>, Option<f64>, Option<f64>);

/// A request as the Python layer describes it.
#[derive(FromPyObject)]
pub(crate) struct Wire<'py> {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<Bound<'py, PyAny>>,
    length: Option<u64>,
    retry: Option<Policy>,
}

/// Attempts, first wait, longest wait, and the kinds that are repeated.
type Policy = (u32, f64, f64, bool, Option<Vec<String>>);

fn policy((attempts, first, longest, jitter, kinds): Policy) -> PyResult<RetryPolicy> {
    let seconds = |seconds: f64| {
        Duration::try_from_secs_f64(seconds)
            .map_err(|_| PyValueError::new_err(format!("retry cannot wait {seconds} seconds")))
    };
    let named = |name: String| {
        ErrorKind::named(&name)
            .ok_or_else(|| PyValueError::new_err(format!("there is no kind {name:?}")))
    };
    let mut policy = RetryPolicy::attempts(attempts);
    policy.backoff = seconds(first)?;
    policy.max_backoff = seconds(longest)?;
    policy.jitter = jitter;
    policy.kinds = kinds
        .map(|kinds| kinds.into_iter().map(named).collect())
        .transpose()?;
    Ok(policy)
}

/// A native engine, and the process that opened its connections.
struct Owned {
    pid: u32,
    engine: Option<dockline::Engine>,
}

impl Owned {
    /// Drops the engine, unless it belongs to the parent of a fork.
    fn release(&mut self) {
        if let Some(engine) = self.engine.take()
            && self.pid != std::process::id()
        {
            std::mem::forget(engine);
        }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.release();
    }
}

/// What both engine classes hold.
pub(crate) struct Shared {
    config: EngineConfig,
    caller: Caller,
    owned: Mutex<Owned>,
}

impl Shared {
    pub(crate) fn open(py: Python<'_>, config: EngineConfig, caller: Caller) -> PyResult<Self> {
        let owned = Mutex::new(Owned {
            pid: std::process::id(),
            engine: None,
        });
        let shared = Self {
            config,
            caller,
            owned,
        };
        lock(&shared.owned).engine = Some(shared.connect(py, caller)?);
        Ok(shared)
    }

    fn connect(&self, py: Python<'_>, caller: Caller) -> PyResult<dockline::Engine> {
        let mut config = self.config.clone();
        config.sockets = sockets(py, &config.endpoint, caller)?;
        dockline::Engine::new(config).map_err(|error| to_python(py, &error, &Timeouts::default()))
    }

    /// What was configured.
    pub(crate) fn config(&self) -> &EngineConfig {
        &self.config
    }

    /// The engine of this process.
    pub(crate) fn engine(&self, py: Python<'_>) -> PyResult<dockline::Engine> {
        let mut owned = lock(&self.owned);
        let pid = std::process::id();
        if owned.pid == pid
            && let Some(engine) = &owned.engine
        {
            return Ok(engine.clone());
        }
        let engine = self.connect(py, self.caller)?;
        if let Some(before) = &owned.engine {
            teach(&engine, before.negotiation());
        }
        owned.release();
        *owned = Owned {
            pid,
            engine: Some(engine.clone()),
        };
        Ok(engine)
    }

    /// Asks the engine something in this thread, whoever's the client is, and tells the client what there was to learn.
    pub(crate) fn ask_now<F>(
        &self,
        py: Python<'_>,
        ask: impl FnOnce(dockline::Engine) -> F,
    ) -> PyResult<F::Output>
    where
        F: Future + Send,
        F::Output: Send,
    {
        let engine = self.engine(py)?;
        if self.caller == Caller::Thread {
            return block_on(py, ask(engine));
        }
        // The connections of an event loop are waited for in the loop.
        let asked = self.connect(py, Caller::Thread)?;
        teach(&asked, engine.negotiation());
        let answer = block_on(py, ask(asked.clone()))?;
        teach(&engine, asked.negotiation());
        Ok(answer)
    }

    /// The engine, and a request for it.
    pub(crate) fn prepare(
        &self,
        py: Python<'_>,
        wire: Wire<'_>,
        limits: Limits,
    ) -> PyResult<Prepared> {
        let raised = Raised::default();
        let method = wire
            .method
            .parse()
            .map_err(|_| PyValueError::new_err(format!("{:?} is not a method", wire.method)))?;
        let limits = timeouts(limits)?;
        let body = body(wire.body.as_ref(), wire.length, self.caller, &raised)?;
        let request = Request {
            method,
            target: wire.target,
            headers: wire.headers,
            body,
            timeouts: Some(limits),
            prefix: Prefix::AsIs,
            retry: wire.retry.map(policy).transpose()?,
        };
        Ok(Prepared {
            engine: self.engine(py)?,
            request,
            limits,
            raised,
        })
    }
}

/// Who waits for sockets. Where that is the runtime, it runs now.
fn sockets(py: Python<'_>, endpoint: &Endpoint, caller: Caller) -> PyResult<Sockets> {
    #[cfg(unix)]
    match (caller, &endpoint.address) {
        (Caller::Loop, _) => return Ok(Sockets::Reactor(crate::runtime::reactor(py)?)),
        (Caller::Thread, Address::Unix(_) | Address::Tcp { .. }) => return Ok(Sockets::Driver),
        (Caller::Thread, _) => {}
    }
    #[cfg(not(unix))]
    let _ = (endpoint, caller);
    crate::runtime::handle(py)?;
    Ok(Sockets::Runtime)
}

/// Tells an engine what another client of it has learnt.
fn teach(engine: &dockline::Engine, known: Option<Negotiation>) {
    if let Some(known) = known
        && let Some(max) = known.engine_max
    {
        engine.learn(known.engine_release, max, known.engine_min);
    }
}

/// A request about to be sent.
pub(crate) struct Prepared {
    pub(crate) engine: dockline::Engine,
    pub(crate) request: Request,
    pub(crate) limits: Timeouts,
    pub(crate) raised: Raised,
}

impl Prepared {
    /// The time between two reads of a stream is limited by its reader, where it can be changed.
    pub(crate) fn without_idle(mut self) -> Self {
        self.request.timeouts = Some(Timeouts {
            idle: None,
            ..self.limits
        });
        self
    }
}

fn timeouts((connect, first_byte, idle, total): Limits) -> PyResult<Timeouts> {
    let limit = |seconds: Option<f64>| -> PyResult<Option<Duration>> {
        let Some(seconds) = seconds else {
            return Ok(None);
        };
        match Duration::try_from_secs_f64(seconds) {
            Ok(limit) if !limit.is_zero() => Ok(Some(limit)),
            _ => Err(PyValueError::new_err(format!(
                "a timeout must be a positive number of seconds or None, not {seconds}"
            ))),
        }
    };
    Ok(Timeouts {
        connect: limit(connect)?,
        first_byte: limit(first_byte)?,
        idle: limit(idle)?,
        total: limit(total)?,
    })
}

/// How to connect, as the Python layer gives it.
#[derive(FromPyObject)]
pub(crate) struct Options {
    #[pyo3(item)]
    host: String,
    #[pyo3(item)]
    rule: String,
    #[pyo3(item)]
    context: Option<String>,
    #[pyo3(item)]
    max_pool_size: usize,
    #[pyo3(item)]
    tls: bool,
    #[pyo3(item)]
    verify: bool,
    #[pyo3(item)]
    assert_hostname: Option<AssertHostname>,
    #[pyo3(item)]
    ca: Option<std::path::PathBuf>,
    #[pyo3(item)]
    cert: Option<std::path::PathBuf>,
    #[pyo3(item)]
    key: Option<std::path::PathBuf>,
    #[pyo3(item)]
    key_password: Option<String>,
    #[pyo3(item)]
    pin: Option<String>,
    #[pyo3(item)]
    pin_source: Option<String>,
}

/// Which name the engine's certificate must hold.
#[derive(FromPyObject)]
enum AssertHostname {
    /// Its host's, or any.
    Whether(bool),
    /// This one.
    Name(String),
}

impl Options {
    pub(crate) fn config(self) -> Result<EngineConfig, Error> {
        let rule = Rule::named(&self.rule, self.context.as_deref());
        let endpoint = Endpoint::chosen(&self.host, rule, &|name| std::env::var(name).ok())?;
        let mut config = EngineConfig::new(endpoint);
        config.max_pool_size = self.max_pool_size;
        config.headers.clear();
        if self.tls {
            let (verify_name, server_name) = match self.assert_hostname {
                None | Some(AssertHostname::Whether(true)) => (true, None),
                Some(AssertHostname::Whether(false)) => (false, None),
                Some(AssertHostname::Name(name)) => (true, Some(name)),
            };
            // A certificate file without a key file holds both.
            let key = self.key.or_else(|| self.cert.clone());
            let password = self.key_password;
            let keys = key.map(|path| ClientKey {
                pem: Pem::Path(path),
                password,
            });
            config.tls = Some(TlsConfig {
                ca: self.ca.map(Pem::Path),
                certs: self.cert.map(Pem::Path).into_iter().collect(),
                keys: keys.into_iter().collect(),
                verify: self.verify,
                verify_name,
                server_name,
                ..TlsConfig::default()
            });
        }
        // docker-py sends odd versions as they are; only real ones can be checked against the engine's range.
        if let Some(Ok(version)) = self.pin.map(|pin| pin.parse::<ApiVersion>()) {
            config.version = VersionMode::Pin {
                version,
                source: self
                    .pin_source
                    .unwrap_or_else(|| "the argument version".to_owned()),
            };
        }
        Ok(config)
    }
}
