//! What was sent to the engine: one record per request, in memory and, when asked, as JSON lines in a file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;
use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So much of a body is kept.
const KEPT: usize = 1024 * 1024;
/// So many requests are kept.
const REQUESTS: usize = 100_000;

/// One request.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Record {
    /// Counts requests over all connections, from 0.
    pub id: u64,
    /// Counts connections, from 0.
    pub connection: u64,
    /// The method.
    pub method: String,
    /// The request target as sent.
    pub target: String,
    /// The path without a version and without the query, as sent.
    pub path: String,
    /// The version in the path, without the `v`.
    pub version: Option<String>,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers as sent, in order.
    pub headers: Vec<(String, String)>,
    /// The body, at most 1 MiB of it.
    #[serde(rename = "body_base64", serialize_with = "base64")]
    pub body: Vec<u8>,
    /// How long the body was.
    pub body_length: u64,
    /// The body as JSON, if it is.
    pub body_json: Option<Value>,
    /// What arrived after the connection was upgraded, at most 1 MiB of it.
    #[serde(rename = "upgraded_base64", serialize_with = "base64")]
    pub upgraded: Vec<u8>,
    /// How much arrived after the connection was upgraded.
    pub upgraded_length: u64,
    /// Whether the request was read to its end (of an upgraded one: whether the connection is over).
    pub complete: bool,
}

impl Record {
    /// A header's value by its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn add_body(&mut self, bytes: &[u8]) {
        keep(&mut self.body, bytes);
        self.body_length += bytes.len() as u64;
    }

    pub(crate) fn add_upgraded(&mut self, bytes: &[u8]) {
        keep(&mut self.upgraded, bytes);
        self.upgraded_length += bytes.len() as u64;
    }

    pub(crate) fn body_ended(&mut self) {
        if self.body_length == self.body.len() as u64 && !self.body.is_empty() {
            self.body_json = serde_json::from_slice(&self.body).ok();
        }
    }
}

fn keep(kept: &mut Vec<u8>, bytes: &[u8]) {
    let room = KEPT.saturating_sub(kept.len());
    kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

fn base64<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

/// All records.
#[derive(Debug, Default)]
pub(crate) struct Log {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    records: VecDeque<Record>,
    next: u64,
    file: Option<File>,
}

impl Log {
    pub(crate) fn write_to(&self, file: File) {
        self.lock().file = Some(file);
    }

    /// Files a request whose head was read; gives its id.
    pub(crate) fn begin(&self, mut record: Record) -> u64 {
        let mut inner = self.lock();
        record.id = inner.next;
        inner.next += 1;
        if inner.records.len() == REQUESTS {
            inner.records.pop_front();
        }
        let id = record.id;
        inner.records.push_back(record);
        id
    }

    /// Changes a record, unless it was cleared in the meantime.
    pub(crate) fn update(&self, id: u64, change: impl FnOnce(&mut Record)) {
        let mut inner = self.lock();
        if let Ok(at) = inner.records.binary_search_by_key(&id, |record| record.id) {
            change(&mut inner.records[at]);
        }
    }

    /// Marks a record as complete and writes it to the file.
    pub(crate) fn end(&self, id: u64) {
        let mut inner = self.lock();
        let Ok(at) = inner.records.binary_search_by_key(&id, |record| record.id) else {
            return;
        };
        inner.records[at].complete = true;
        let Inner {
            records,
            file: Some(file),
            ..
        } = &mut *inner
        else {
            return;
        };
        if let Ok(mut line) = serde_json::to_vec(&records[at]) {
            line.push(b'\n');
            // A full disk must not change what the peer sees.
            drop(file.write_all(&line));
        }
    }

    pub(crate) fn all(&self) -> Vec<Record> {
        self.lock().records.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.lock().records.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
