//! Which request to which engine an error is about.

use std::sync::Arc;

use ::http::Method;

use crate::error::{Error, ErrorKind};

/// A request, as errors name it.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) address: Arc<str>,
}

impl Origin {
    /// Says in the error which request to which engine it is about.
    pub(crate) fn tell(&self, error: Error) -> Error {
        let is_ours = matches!(
            error.kind(),
            ErrorKind::Cancelled
                | ErrorKind::Closed
                | ErrorKind::DaemonStream
                | ErrorKind::InvalidArgument
                | ErrorKind::BodySource
        );
        let error = if is_ours || error.message().contains(&*self.address) {
            error
        } else {
            error.during(&self.address)
        };
        error
            .with_request(self.method.as_str(), &self.target)
            .with_address(&self.address)
    }
}
