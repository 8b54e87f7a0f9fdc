//! Which engine was chosen, by which rule, and what was passed over.

use std::fmt;

use super::tls::TlsConfig;
use crate::error::Error;
use crate::transport::Address;

/// The rule that chose an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The caller named it.
    Explicit,
    /// The caller named a context.
    Context(String),
    /// An environment variable named it.
    Environment(&'static str),
    /// `DOCKER_CONTEXT` named a context.
    ContextVariable(String),
    /// `currentContext` of the configuration file named a context.
    CurrentContext(String),
    /// Nothing was configured: the platform's default.
    Default,
    /// Nothing was configured and the default is missing: another socket that is known and exists.
    Known(&'static str),
}

impl Rule {
    /// The rule of a binding that chose by itself: `explicit`, `DOCKER_HOST`, `default`, and with the context's name `context`,
    /// `DOCKER_CONTEXT`, `currentContext`.
    #[must_use]
    pub fn named(name: &str, context: Option<&str>) -> Self {
        match (name, context) {
            ("DOCKER_HOST", _) => Self::Environment("DOCKER_HOST"),
            ("default", _) => Self::Default,
            ("context", Some(context)) => Self::Context(context.to_owned()),
            ("DOCKER_CONTEXT", Some(context)) => Self::ContextVariable(context.to_owned()),
            ("currentContext", Some(context)) => Self::CurrentContext(context.to_owned()),
            _ => Self::Explicit,
        }
    }

    /// How it is called where it came first.
    fn short(&self) -> &'static str {
        match self {
            Self::Explicit => "the given host",
            Self::Context(_) => "the given context",
            Self::Environment(name) => name,
            Self::ContextVariable(_) => "DOCKER_CONTEXT",
            Self::CurrentContext(_) => "the current context",
            Self::Default | Self::Known(_) => "the default",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit => f.write_str("given by the caller"),
            Self::Context(name) => write!(f, "context {name:?}, given by the caller"),
            Self::Environment(name) => write!(f, "from {name}"),
            Self::ContextVariable(name) => write!(f, "context {name:?}, from DOCKER_CONTEXT"),
            Self::CurrentContext(name) => {
                write!(f, "context {name:?}, currentContext of config.json")
            }
            Self::Default => f.write_str("the default"),
            Self::Known(name) => write!(f, "the socket of {name}, since the default is missing"),
        }
    }
}

/// Something that could have been the endpoint, and why it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// What it was.
    pub what: String,
    /// Why it was not chosen.
    pub why: String,
}

/// The chosen engine. `Display` gives one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Where it listens.
    pub address: Address,
    /// The rule that chose it.
    pub rule: Rule,
    /// What was passed over, in order.
    pub passed_over: Vec<PassedOver>,
    /// TLS material that came with it (from a context or the environment).
    pub tls: Option<TlsConfig>,
    /// Sockets of other engines that exist on this machine; told when this one is missing.
    pub alternatives: Vec<String>,
}

impl Endpoint {
    /// The endpoint for a host string given by the caller.
    ///
    /// # Errors
    /// `Config` when the text is not a host string.
    pub fn explicit(host: &str) -> Result<Self, Error> {
        Ok(Self::new(host.parse()?, Rule::Explicit))
    }

    /// The endpoint that a binding chose by `rule`, with what `env` would have chosen otherwise. The default gives way to a known
    /// socket where it is missing.
    ///
    /// # Errors
    /// `Config` when the text is not a host string.
    pub fn chosen(host: &str, rule: Rule, env: &super::Environment<'_>) -> Result<Self, Error> {
        let address: Address = host
            .parse()
            .map_err(|error: Error| error.during(&rule.to_string()))?;
        let mut endpoint = match rule {
            Rule::Default => super::sockets::default_or_known(address, &super::sockets::known(env)),
            rule => Self::new(address, rule),
        };
        let short = endpoint.rule.short();
        let why = match endpoint.rule {
            Rule::Default | Rule::Known(_) => {
                "not asked for by this way of making a client".to_owned()
            }
            _ => format!("{short} comes first"),
        };
        for what in super::others(&endpoint.rule, env) {
            let why = why.clone();
            endpoint.passed_over.push(PassedOver { what, why });
        }
        Ok(endpoint)
    }

    /// What is unsafe about connecting there in this way, as one sentence.
    #[must_use]
    pub fn warning(&self, tls: Option<&TlsConfig>) -> Option<String> {
        let Address::Tcp { tls: wanted, .. } = &self.address else {
            return None;
        };
        match tls {
            Some(tls) if !tls.verify => Some(format!(
                "{} is reached over TLS without verification: whoever is on the way can pose as the engine; \
                 set DOCKER_TLS_VERIFY=1 and give its CA (DOCKER_CERT_PATH, ca_cert)",
                self.summary()
            )),
            None if !wanted && self.address.is_remote() => Some(format!(
                "{} is plain TCP to another machine: anybody on the network can use that engine, which is root \
                 there; use TLS (port 2376) or ssh://",
                self.summary()
            )),
            _ => None,
        }
    }

    pub(crate) fn new(address: Address, rule: Rule) -> Self {
        Self {
            address,
            rule,
            passed_over: Vec::new(),
            tls: None,
            alternatives: Vec::new(),
        }
    }

    /// `address (rule)`, as error messages name it.
    #[must_use]
    pub fn summary(&self) -> String {
        format!("{} ({})", self.address, self.rule)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.address, self.rule)?;
        for (index, passed) in self.passed_over.iter().enumerate() {
            let lead = if index == 0 { "; passed over: " } else { ", " };
            write!(f, "{lead}{} ({})", passed.what, passed.why)?;
        }
        Ok(())
    }
}
