//! Errors are data: a kind from a closed list, one sentence, and the facts around it.
//!
//! Nothing here prints request headers or bodies, so credentials cannot leak through an error. The engine's own words are
//! always kept (`engine_message`, `body`).

mod advice;
mod build_log;
pub mod classify;
mod exchange;
mod exit;
mod fields;
mod kind;
#[cfg(test)]
mod page_tests;
mod reply;

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;

pub use advice::{Family, Retry};
pub use exit::{Exit, describe_exit};
pub use kind::ErrorKind;

use crate::config::Endpoint;
use crate::versions::ApiVersion;

/// The part of an exchange that a timeout interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Opening the connection.
    Connect,
    /// Sending the request, and waiting for the head of the answer.
    FirstByte,
    /// Waiting for the next bytes of a body.
    Idle,
    /// The exchange as a whole.
    Total,
}

impl Phase {
    /// The phase's name in `snake_case`, as the bindings see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::FirstByte => "first_byte",
            Self::Idle => "idle",
            Self::Total => "total",
        }
    }
}

/// What went wrong. Cheap to move, can be cloned; `Display` gives the message and the hint as one sentence.
#[derive(Clone)]
pub struct Error(Box<Facts>);

#[derive(Clone)]
struct Facts {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    engine_message: Option<String>,
    explanation: Option<String>,
    fields: Vec<(&'static str, String)>,
    status: Option<u16>,
    reason: Option<String>,
    method: Option<String>,
    path: Option<String>,
    api_version: Option<ApiVersion>,
    endpoint: Option<String>,
    phase: Option<Phase>,
    os_code: Option<i32>,
    received: Option<u64>,
    body: Option<Bytes>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a kind, with one sentence that says what happened.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Facts {
            kind,
            message: message.into(),
            hint: None,
            engine_message: None,
            explanation: None,
            fields: Vec::new(),
            status: None,
            reason: None,
            method: None,
            path: None,
            api_version: None,
            endpoint: None,
            phase: None,
            os_code: None,
            received: None,
            body: None,
            source: None,
        }))
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// One sentence that says what happened.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it: as close as is known, else what helps with the kind.
    #[must_use]
    pub fn hint(&self) -> &str {
        self.0.hint.as_deref().unwrap_or_else(|| self.0.kind.hint())
    }

    /// The engine's own words.
    #[must_use]
    pub fn engine_message(&self) -> Option<&str> {
        self.0.engine_message.as_deref()
    }

    /// What went wrong, as one sentence: what the engine's words mean, else what happened here.
    #[must_use]
    pub fn explanation(&self) -> &str {
        match (&self.0.explanation, self.0.status) {
            (Some(explanation), _) => explanation,
            (None, Some(_)) => self.0.kind.summary(),
            (None, None) => &self.0.message,
        }
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The reason phrase of the answer.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The method of the request.
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        self.0.method.as_deref()
    }

    /// The path of the request, without version prefix and query.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The API version the request was sent with.
    #[must_use]
    pub fn api_version(&self) -> Option<ApiVersion> {
        self.0.api_version
    }

    /// The engine's address.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.0.endpoint.as_deref()
    }

    /// The phase that timed out: `connect`, `first_byte`, `idle` or `total`.
    #[must_use]
    pub fn phase(&self) -> Option<&'static str> {
        self.0.phase.map(Phase::as_str)
    }

    /// The operating system's error number.
    #[must_use]
    pub fn os_code(&self) -> Option<i32> {
        self.0.os_code
    }

    /// How many bytes of the body had been received.
    #[must_use]
    pub fn received(&self) -> Option<u64> {
        self.0.received
    }

    /// The body of an unwelcome answer, as received.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Puts what was being done in front of the message: `doing: message`.
    #[must_use]
    pub fn during(mut self, doing: &str) -> Self {
        self.0.message = format!("{doing}: {}", self.0.message);
        self
    }

    /// Replaces the kind, keeping every fact.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Says which request it was about; the query is left out, it may hold secrets.
    #[must_use]
    pub fn with_request(mut self, method: &str, target: &str) -> Self {
        let (version, path) = split_target(target);
        self.0.method = Some(method.to_owned());
        self.0.path = Some(path.to_owned());
        self.0.api_version = version;
        self
    }

    /// Says which engine it was about.
    #[must_use]
    pub fn with_endpoint(mut self, endpoint: &Endpoint) -> Self {
        self.0.endpoint = Some(endpoint.address.to_string());
        self
    }

    /// Says which engine it was about, by its address.
    #[must_use]
    pub fn with_address(mut self, address: &str) -> Self {
        self.0.endpoint = Some(address.to_owned());
        self
    }

    pub(crate) fn with_phase(mut self, phase: Phase) -> Self {
        self.0.phase = Some(phase);
        self
    }

    pub(crate) fn with_received(mut self, received: u64) -> Self {
        self.0.received = Some(received);
        self
    }

    pub(crate) fn with_engine_message(mut self, message: impl Into<String>) -> Self {
        self.0.engine_message = Some(message.into());
        self
    }

    /// Takes kind, explanation and hint from the engine's words where a rule knows them.
    pub(crate) fn classified(mut self) -> Self {
        if let Some(found) = self
            .0
            .engine_message
            .as_deref()
            .and_then(classify::classify)
        {
            self.0.kind = found.kind;
            self.0.explanation = Some(found.explanation);
            self.0.hint = Some(found.hint.to_owned());
            self.0.fields = found.fields;
        }
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// Adds the operating system's error number.
    #[must_use]
    pub fn with_os_code(mut self, code: Option<i32>) -> Self {
        self.0.os_code = code;
        self
    }

    /// An input or output error on an open connection: a reset is `ConnectionLost`, an early end is `Truncated`.
    pub(crate) fn from_io(doing: &str, error: io::Error) -> Self {
        if let Some((kind, cause, hint)) = crate::transport::meaning(&error) {
            return Self::new(kind, format!("{doing}: {cause}"))
                .with_hint(hint)
                .with_source(error);
        }
        let kind = match error.kind() {
            io::ErrorKind::UnexpectedEof => ErrorKind::Truncated,
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected
            | io::ErrorKind::TimedOut => ErrorKind::ConnectionLost,
            _ => ErrorKind::Io,
        };
        let code = error.raw_os_error();
        Self::new(kind, format!("{doing}: {error}"))
            .with_os_code(code)
            .with_source(error)
    }

    /// A phase that took longer than its limit.
    pub(crate) fn timed_out(phase: Phase, limit: std::time::Duration) -> Self {
        let what = match phase {
            Phase::Connect => "the engine did not accept the connection",
            Phase::FirstByte => "the engine accepted the connection and did not answer",
            Phase::Idle => "the engine sent nothing more",
            Phase::Total => "the answer was not complete",
        };
        Self::new(
            ErrorKind::Timeout,
            format!(
                "{what} within {:.1} s ({})",
                limit.as_secs_f64(),
                phase.as_str()
            ),
        )
        .with_phase(phase)
    }

    /// The client was closed.
    pub(crate) fn closed() -> Self {
        Self::new(ErrorKind::Closed, "the client was closed")
    }

    /// The caller cancelled.
    pub(crate) fn cancelled() -> Self {
        Self::new(
            ErrorKind::Cancelled,
            "the stream was cancelled by the caller",
        )
    }
}

/// Splits a request target into version and path; the query is dropped.
fn split_target(target: &str) -> (Option<ApiVersion>, &str) {
    let path = target.split('?').next().unwrap_or(target);
    match ApiVersion::split_prefix(path) {
        Some((version, rest)) => (Some(version), rest),
        None => (None, path),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match &self.0.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = &*self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &facts.kind)
            .field("message", &facts.message);
        let mut field = |name: &str, value: Option<&dyn fmt::Debug>| {
            if let Some(value) = value {
                out.field(name, value);
            }
        };
        field("hint", facts.hint.as_ref().map(|v| v as _));
        field("status", facts.status.as_ref().map(|v| v as _));
        field("method", facts.method.as_ref().map(|v| v as _));
        field("path", facts.path.as_ref().map(|v| v as _));
        field("endpoint", facts.endpoint.as_ref().map(|v| v as _));
        field("phase", facts.phase.as_ref().map(|v| v as _));
        field("os_code", facts.os_code.as_ref().map(|v| v as _));
        field("received", facts.received.as_ref().map(|v| v as _));
        out.finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
