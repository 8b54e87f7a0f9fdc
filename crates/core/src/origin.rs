//! Which request to which engine an error is about.

use std::fmt;
use std::sync::Arc;

use ::http::Method;

use crate::config::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::transport::Address;

/// A request, as errors name it.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) address: Arc<Place>,
}

/// An engine, as errors name it.
pub(crate) struct Place {
    address: String,
    summary: String,
    ssh: bool,
}

impl Place {
    pub(crate) fn of(endpoint: &Endpoint) -> Arc<Self> {
        Arc::new(Self {
            address: endpoint.address.to_string(),
            summary: endpoint.summary(),
            ssh: matches!(endpoint.address, Address::Ssh { .. }),
        })
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary)
    }
}

impl Origin {
    /// Says in the error which request to which engine it is about; where the connection failed, also by which rule the engine
    /// was chosen.
    pub(crate) fn tell(&self, error: Error) -> Error {
        let kind = error.kind();
        let is_ours = matches!(
            kind,
            ErrorKind::Cancelled
                | ErrorKind::Closed
                | ErrorKind::DaemonStream
                | ErrorKind::InvalidArgument
                | ErrorKind::BodySource
        );
        let error = if is_ours || error.message().contains(&self.address.address) {
            error
        } else {
            error.during(&self.address.summary)
        };
        let error = if self.address.ssh && error.phase() == Some("first_byte") {
            error.with_hint(
                "ssh may still be connecting, or the engine be busy: try `ssh HOST docker version` by hand, or allow more time",
            )
        } else {
            error
        };
        error
            .with_request(self.method.as_str(), &self.target)
            .with_address(&self.address.address)
    }
}
