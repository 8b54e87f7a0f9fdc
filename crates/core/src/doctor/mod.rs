//! A look at everything between this program and its engine: which endpoint and why, can it be reached, versions,
//! permissions, contexts, credential helpers, clock. Each finding that is red says how to mend it.

mod clock;
mod helpers;
mod socket;

use std::fmt;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::{Engine, EngineConfig, VersionMode};
use crate::config::{self, Endpoint, Environment};
use crate::error::Error;
use crate::negotiate::Negotiation;
use crate::request::{Request, Timeouts};
use crate::versions::ApiVersion;

/// How long the engine may take to answer while it is examined.
const PATIENCE: Duration = Duration::from_secs(10);

/// The variable that pins the API version.
const PIN: &str = "DOCKER_API_VERSION";

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing to do.
    Good,
    /// Works, and may surprise.
    Warning,
    /// Has to be mended.
    Bad,
}

/// One line of the examination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// What was found.
    pub found: String,
    /// What to do, unless the outcome is good.
    pub fix: Option<String>,
}

impl Outcome {
    /// The word of the machine-readable form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }
}

impl Check {
    fn good(name: &'static str, found: impl Into<String>) -> Self {
        Self {
            name,
            outcome: Outcome::Good,
            found: found.into(),
            fix: None,
        }
    }

    fn warning(name: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            name,
            outcome: Outcome::Warning,
            found: found.into(),
            fix: Some(fix.into()),
        }
    }

    fn bad(name: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Bad,
            ..Self::warning(name, found, fix)
        }
    }

    fn from_error(name: &'static str, error: &Error) -> Self {
        Self::bad(name, error.message(), error.hint())
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.outcome {
            Outcome::Good => "ok  ",
            Outcome::Warning => "warn",
            Outcome::Bad => "FAIL",
        };
        write!(f, "{mark}  {:<12} {}", self.name, self.found)?;
        match &self.fix {
            Some(fix) => write!(f, "\n      {:<12} fix: {fix}", ""),
            None => Ok(()),
        }
    }
}

/// Examines the engine that `explicit` or the environment chooses. Dropping the future stops at the next await.
pub fn examine(
    explicit: Option<&str>,
    env: &Environment<'_>,
) -> impl Future<Output = Vec<Check>> + Send + use<> {
    examine_within(explicit, env, PATIENCE)
}

/// [`examine`] with so much time for the engine. The environment is read at once, not when the future is polled.
pub fn examine_within(
    explicit: Option<&str>,
    env: &Environment<'_>,
    patience: Duration,
) -> impl Future<Output = Vec<Check>> + Send + use<> {
    let endpoint = config::resolve(explicit, env);
    let pin = env(PIN).filter(|pin| !pin.trim().is_empty());
    let folder = config::config_folder(env);
    async move {
        let mut checks = Vec::new();
        match endpoint {
            Ok(endpoint) => {
                checks.push(Check::good("endpoint", endpoint.to_string()));
                if !endpoint.alternatives.is_empty() {
                    let others = format!("also here: {}", endpoint.alternatives.join(", "));
                    checks.push(Check::good("others", others));
                }
                checks.extend(socket::check(&endpoint));
                engine(&mut checks, endpoint, pin, patience).await;
            }
            Err(error) => checks.push(Check::from_error("endpoint", &error)),
        }
        checks.push(contexts(&folder));
        checks.extend(helpers::check(&folder).await);
        checks
    }
}

/// Whether nothing has to be mended.
#[must_use]
pub fn is_healthy(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.outcome != Outcome::Bad)
}

async fn engine(
    checks: &mut Vec<Check>,
    endpoint: Endpoint,
    pin: Option<String>,
    patience: Duration,
) {
    let started = Instant::now();
    let mut settings = EngineConfig::new(endpoint);
    settings.timeouts = within(patience);
    if let Some(pin) = pin {
        match pin.parse() {
            Ok(version) => {
                settings.version = VersionMode::Pin {
                    version,
                    source: PIN.to_owned(),
                }
            }
            Err(_) => checks.push(Check::bad(
                "pin",
                format!("{PIN}={pin} is not an API version"),
                format!(
                    "unset {PIN}, or set it to one such as {}",
                    ApiVersion::NEWEST
                ),
            )),
        }
    }
    let engine = match Engine::new(settings) {
        Ok(engine) => engine,
        Err(error) => return checks.push(Check::from_error("client", &error)),
    };
    match engine.survey().await {
        Ok(seen) => {
            let took = started.elapsed();
            checks.push(Check::good("reached", format!("answered in {took:.1?}")));
            checks.push(versions(&engine, &seen).await);
        }
        Err(error) => return checks.push(Check::from_error("reached", &error)),
    }
    let left = || within(patience.saturating_sub(started.elapsed()));
    if let Some(version) = json(&engine, checks, "/version", left()).await {
        checks.push(kind_of_engine(&version));
    }
    if let Some(info) = json(&engine, checks, "/info", left()).await {
        checks.push(rootless(&info));
        checks.extend(clock::check(&info));
    }
}

fn within(patience: Duration) -> Timeouts {
    let limit = Some(patience.max(Duration::from_millis(1)));
    Timeouts {
        connect: limit,
        first_byte: limit,
        idle: limit,
        total: limit,
    }
}

/// What is spoken, or why nothing can be.
async fn versions(engine: &Engine, seen: &Negotiation) -> Check {
    match engine.negotiate().await {
        Ok(known) => Check::good("versions", known.to_string()),
        Err(error) => Check::bad(
            "versions",
            error.message(),
            seen.pinned_by.as_ref().map_or_else(
                || "use an engine of another release".to_owned(),
                |pin| format!("unset {pin}, or set it to a version the engine serves"),
            ),
        ),
    }
}

async fn json(
    engine: &Engine,
    checks: &mut Vec<Check>,
    path: &'static str,
    timeouts: Timeouts,
) -> Option<Value> {
    // Without a version in the path: this works whatever is pinned.
    let request = Request::get(path).as_is().timeouts(timeouts);
    match engine.call(request).await {
        Ok(reply) if reply.status == 200 => serde_json::from_slice(&reply.body).ok(),
        Ok(reply) => {
            let error = Error::from_reply("GET", path, &reply, Some(engine.endpoint()));
            checks.push(Check::from_error("answer", &error));
            None
        }
        Err(error) => {
            checks.push(Check::from_error("answer", &error));
            None
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("?")
}

fn kind_of_engine(version: &Value) -> Check {
    let components = version.get("Components").and_then(Value::as_array);
    let podman = components
        .into_iter()
        .flatten()
        .any(|component| text(component, "Name").contains("Podman"));
    let found = format!(
        "{} {} on {}/{}",
        if podman { "Podman" } else { "Docker Engine" },
        text(version, "Version"),
        text(version, "Os"),
        text(version, "Arch"),
    );
    if podman {
        Check::warning(
            "engine",
            found,
            "Podman answers most of the API; swarm, plugins and some fields are missing",
        )
    } else {
        Check::good("engine", found)
    }
}

fn rootless(info: &Value) -> Check {
    let options = info.get("SecurityOptions").and_then(Value::as_array);
    let rootless = options
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .any(|option| option == "name=rootless");
    if rootless {
        Check::good(
            "privileges",
            "rootless: ports below 1024 and some limits are not available",
        )
    } else {
        Check::good(
            "privileges",
            "the engine runs as root: who may use its socket is root on its host",
        )
    }
}

fn contexts(folder: &std::path::Path) -> Check {
    match config::context_names(folder) {
        Ok(names) if names.is_empty() => Check::good("contexts", "none but the default"),
        Ok(names) => Check::good("contexts", names.join(", ")),
        Err(error) => Check::from_error("contexts", &error),
    }
}

/// What this library speaks, for the report.
#[must_use]
pub fn supported_range() -> String {
    format!("{} to {}", ApiVersion::OLDEST, ApiVersion::NEWEST)
}
