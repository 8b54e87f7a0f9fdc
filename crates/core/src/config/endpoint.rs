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

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit => f.write_str("given by the caller"),
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
