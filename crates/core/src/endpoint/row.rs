//! A row of the table: one operation of the Engine API.

use super::entry::{Entry, known};
use super::lookup::find_exact;
use crate::versions::ApiVersion;

/// What travels besides a plain answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Progress or event objects, one after another.
    JsonStream,
    /// The connection itself after status 101.
    Hijack,
    /// A WebSocket.
    Websocket,
    /// HTTP/2 over the plain connection.
    H2c,
}

/// A kind of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// JSON.
    Json,
    /// Plain text.
    Text,
    /// A tar archive.
    Tar,
    /// Bytes.
    Octet,
    /// The bytes of a terminal.
    RawStream,
    /// Frames of stdout and stderr.
    MultiplexedStream,
    /// JSON values, one per line.
    Ndjson,
    /// JSON values, one per line, under its newer name.
    Jsonl,
    /// JSON values, each behind a record separator.
    JsonSeq,
}

/// A status code and the versions that document it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The code.
    pub code: u16,
    /// The first version that documents it; 0: always.
    pub since: u8,
    /// The first version that no longer does; 0: none.
    pub removed: u8,
}

/// A status that was always documented.
pub(super) const fn status(code: u16) -> Status {
    Status {
        code,
        since: 0,
        removed: 0,
    }
}

impl Status {
    pub(super) const fn since(mut self, minor: u8) -> Self {
        self.since = minor;
        self
    }

    pub(super) const fn removed(mut self, minor: u8) -> Self {
        self.removed = minor;
        self
    }
}

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Method and path with every parameter written `{}`, such as `GET /containers/{}/json`.
    pub key: &'static str,
    /// The path with its parameters' names, such as `/containers/{id}/json`.
    pub path: &'static str,
    /// The first version that has it (number after the dot); 0 when that is not known to be later than 1.24.
    pub since: u8,
    /// The first version without it; 0: none.
    pub removed: u8,
    /// Statuses of success.
    pub ok: &'static [Status],
    /// Documented statuses of failure.
    pub err: &'static [Status],
    /// What travels besides a plain answer.
    pub mode: &'static [Mode],
    /// What the answer is made of.
    pub produces: &'static [Media],
    /// What the request body is made of.
    pub consumes: &'static [Media],
    /// Query parameters, sorted by lower-case name.
    pub query: &'static [Entry],
    /// Request headers that mean something here, sorted by lower-case name.
    pub headers: &'static [Entry],
    /// The request body: the members below its root.
    pub body: Option<&'static Entry>,
    /// Top-level fields of the answer that not every version has (from the reference, uncorrected: approximate).
    pub response: &'static [Entry],
    /// Served only by daemons in experimental mode before this version; 0: no.
    pub experimental_until: u8,
    /// Served only by daemons in experimental mode.
    pub experimental: bool,
    /// Deprecated from this version on; 0: no.
    pub deprecated: u8,
    /// Absent from the reference.
    pub undocumented: bool,
}

impl Row {
    /// A row with nothing in it, for the generated rows to start from.
    pub(super) const EMPTY: Self = Self {
        key: "",
        path: "",
        since: 0,
        removed: 0,
        ok: &[],
        err: &[],
        mode: &[],
        produces: &[],
        consumes: &[],
        query: &[],
        headers: &[],
        body: None,
        response: &[],
        experimental_until: 0,
        experimental: false,
        deprecated: 0,
        undocumented: false,
    };

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.key.split(' ').next().unwrap_or_default()
    }

    /// Whether `version` has this operation.
    #[must_use]
    pub fn known(&self, version: ApiVersion) -> bool {
        known(self.since, self.removed, version)
    }

    /// The query parameter with exactly this name.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&'static Entry> {
        find_exact(self.query, name)
    }

    /// Whether the reference documents `status` as a success.
    #[must_use]
    pub fn is_ok(&self, status: u16) -> bool {
        self.ok.iter().any(|known| known.code == status)
    }

    /// Whether the connection itself is handed over after the answer's head.
    #[must_use]
    pub fn is_upgrade(&self) -> bool {
        self.mode.contains(&Mode::Hijack)
    }
}
