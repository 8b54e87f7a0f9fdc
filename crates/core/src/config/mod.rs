//! Which engine: explicit argument, `DOCKER_HOST`, `DOCKER_CONTEXT`, `currentContext`, the default socket, known sockets.
//!
//! Reads the environment only through the function it is given, and files only below the configuration folder; it never
//! connects.

mod context;
mod endpoint;
mod sockets;
mod tls;

use std::path::{Path, PathBuf};

pub use context::names as context_names;
pub use endpoint::{Endpoint, PassedOver, Rule};
#[cfg(unix)]
pub(crate) use sockets::live_sockets;
pub use tls::{ClientKey, Judge, Judged, Pem, ServerIdentity, TlsConfig};

use crate::error::Error;
use crate::transport::Address;
use crate::transport::DEFAULT_HOST;

/// Reads one environment variable.
pub type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Chooses the engine.
///
/// # Errors
/// `Config` when what was configured cannot be used; there is no falling back from a configured endpoint.
pub fn resolve(explicit: Option<&str>, env: &Environment<'_>) -> Result<Endpoint, Error> {
    resolve_with(explicit, env, DEFAULT_HOST)
}

fn resolve_with(
    explicit: Option<&str>,
    env: &Environment<'_>,
    default_host: &str,
) -> Result<Endpoint, Error> {
    let set = |name: &str| env(name).filter(|value| !value.trim().is_empty());
    let folder = config_folder(env);
    let mut candidates = Candidates::default();
    let explicit = explicit.filter(|host| !host.trim().is_empty());
    if let Some(host) = explicit {
        candidates.offer("the given host", || Endpoint::explicit(host))?;
    }
    if let Some(host) = set("DOCKER_HOST") {
        let what = format!("DOCKER_HOST={}", display_host(&host));
        candidates.offer(&what, || from_environment(&host, env))?;
    }
    let mut default_by_name = false;
    if let Some(name) = set("DOCKER_CONTEXT") {
        if name == context::DEFAULT_CONTEXT {
            default_by_name = true;
        } else {
            let what = format!("context {name:?} from DOCKER_CONTEXT");
            candidates.offer(&what, || {
                let found = context::load(&folder, &name, "from DOCKER_CONTEXT")?;
                Ok(with_context(found, Rule::ContextVariable(name.clone())))
            })?;
        }
    }
    if candidates.chosen.is_none()
        && !default_by_name
        && let Some(name) = context::current(&folder)?
    {
        let what = format!("context {name:?} from config.json");
        candidates.offer(&what, || {
            let found = context::load(&folder, &name, "currentContext of config.json")?;
            Ok(with_context(found, Rule::CurrentContext(name.clone())))
        })?;
    }
    let known = sockets::known(env);
    let mut endpoint = match candidates.chosen {
        Some(endpoint) => endpoint,
        None => sockets::default_or_known(default_host.parse()?, &known),
    };
    endpoint.passed_over.extend(candidates.passed_over);
    endpoint.alternatives = sockets::existing(&known, &endpoint.address);
    Ok(endpoint)
}

/// What the environment names besides an endpoint that `rule` chose.
fn others(rule: &Rule, env: &Environment<'_>) -> Vec<String> {
    let set = |name: &str| env(name).filter(|value| !value.trim().is_empty());
    let mut found = Vec::new();
    if !matches!(rule, Rule::Environment(_))
        && let Some(host) = set("DOCKER_HOST")
    {
        found.push(format!("DOCKER_HOST={}", display_host(&host)));
    }
    if !matches!(rule, Rule::ContextVariable(_) | Rule::CurrentContext(_))
        && let Some(name) = set("DOCKER_CONTEXT").filter(|name| name != context::DEFAULT_CONTEXT)
    {
        found.push(format!("context {name:?} from DOCKER_CONTEXT"));
    }
    // A configuration that cannot be read chose nothing.
    if !matches!(rule, Rule::ContextVariable(_) | Rule::CurrentContext(_))
        && set("DOCKER_CONTEXT").is_none()
        && let Ok(Some(name)) = context::current(&config_folder(env))
    {
        found.push(format!("context {name:?} from config.json"));
    }
    found
}

/// The first candidate wins; the others are remembered.
#[derive(Default)]
struct Candidates {
    chosen: Option<Endpoint>,
    winner: String,
    passed_over: Vec<PassedOver>,
}

impl Candidates {
    fn offer(
        &mut self,
        what: &str,
        make: impl FnOnce() -> Result<Endpoint, Error>,
    ) -> Result<(), Error> {
        if self.chosen.is_some() {
            self.passed_over.push(PassedOver {
                what: what.to_owned(),
                why: format!("{} comes first", self.winner),
            });
            return Ok(());
        }
        self.chosen = Some(make()?);
        what.split('=')
            .next()
            .unwrap_or(what)
            .clone_into(&mut self.winner);
        Ok(())
    }
}

fn with_context(found: context::Context, rule: Rule) -> Endpoint {
    let mut endpoint = Endpoint::new(found.address, rule);
    endpoint.tls = found.tls;
    endpoint
}

fn from_environment(host: &str, env: &Environment<'_>) -> Result<Endpoint, Error> {
    let address: Address = host
        .parse()
        .map_err(|error: Error| error.during("DOCKER_HOST"))?;
    let mut endpoint = Endpoint::new(address, Rule::Environment("DOCKER_HOST"));
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let verify = set("DOCKER_TLS_VERIFY").is_some();
    let is_tcp = matches!(endpoint.address, Address::Tcp { .. });
    if is_tcp && (verify || set("DOCKER_TLS").is_some()) {
        let folder = set("DOCKER_CERT_PATH").map_or_else(|| config_folder(env), PathBuf::from);
        endpoint.tls = Some(TlsConfig::from_folder(&folder, verify));
    }
    Ok(endpoint)
}

/// Host strings may hold a mistaken password; only a well-formed address is shown.
fn display_host(host: &str) -> String {
    host.parse::<Address>()
        .map_or_else(|_| "…".to_owned(), |address| address.to_string())
}

/// `DOCKER_CONFIG`, or `.docker` in the home folder.
#[must_use]
pub fn config_folder(env: &Environment<'_>) -> PathBuf {
    if let Some(folder) = env("DOCKER_CONFIG").filter(|folder| !folder.is_empty()) {
        return PathBuf::from(folder);
    }
    home(env).map_or_else(|| PathBuf::from(".docker"), |home| home.join(".docker"))
}

fn home(env: &Environment<'_>) -> Option<PathBuf> {
    ["HOME", "USERPROFILE"]
        .into_iter()
        .find_map(env)
        .filter(|home| !home.is_empty())
        .map(PathBuf::from)
}

fn is_socket(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        std::fs::metadata(path).is_ok_and(|found| found.file_type().is_socket())
    }
    #[cfg(not(unix))]
    {
        path.exists()
    }
}

#[cfg(test)]
mod tests;
