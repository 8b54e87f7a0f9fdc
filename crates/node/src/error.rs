//! Errors as data. The one mapping to JavaScript errors is `node/src/errors.ts`.

use std::collections::HashMap;

use dockline::{Bytes, Error, ErrorKind, Reply};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::questions::refusal;

/// What `errors.ts` builds an error from.
#[napi(object, object_from_js = false)]
#[derive(Clone, Debug)]
pub struct ErrorData {
    /// One of `kinds()`.
    pub kind: &'static str,
    /// What it has in common with other kinds.
    pub family: &'static str,
    /// One sentence.
    pub message: String,
    /// What went wrong, as one sentence.
    pub explanation: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The named parts: container, image, port …
    pub fields: HashMap<String, String>,
    /// Whether the request may be repeated, and that may help.
    pub retryable: bool,
    /// The API version in the request's path.
    pub api_version: Option<String>,
    /// The phase a timeout interrupted.
    pub phase: Option<&'static str>,
    /// The operating system's error number.
    pub os_code: Option<i32>,
    /// The engine's address.
    pub endpoint: Option<String>,
    /// The request's method.
    pub method: Option<String>,
    /// The request's path, without its query.
    pub path: Option<String>,
    /// How many bytes of the body had come.
    pub received: Option<f64>,
    /// The number of the question whose answer this is: JavaScript has an error of its own for it.
    pub refusal: Option<u32>,
}

impl From<&Error> for ErrorData {
    fn from(error: &Error) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "JavaScript numbers; exact below 8 PiB"
        )]
        let received = error.received().map(|bytes| bytes as f64);
        Self {
            kind: error.kind().as_str(),
            family: error.kind().family().as_str(),
            message: error.message().to_owned(),
            explanation: error.explanation().to_owned(),
            fields: error
                .fields()
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            retryable: error.retryable(),
            api_version: error.api_version().map(|version| version.to_string()),
            hint: Some(error.hint().to_owned()),
            phase: error.phase(),
            os_code: error.os_code(),
            endpoint: error.endpoint().map(str::to_owned),
            method: error.method().map(str::to_owned),
            path: error.path().map(str::to_owned),
            received,
            refusal: refusal(error),
        }
    }
}

/// A request as it was sent.
#[napi(object, object_to_js = false)]
pub(crate) struct Asked {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names and values in turn.
    pub headers: Vec<String>,
    /// The engine's address.
    pub endpoint: String,
}

/// An unwelcome answer.
#[napi(object, object_to_js = false)]
pub(crate) struct Refusal {
    /// Status code.
    pub status: u16,
    /// Reason phrase.
    pub reason: String,
    /// Names and values in turn.
    pub headers: Vec<String>,
    /// The body.
    pub body: Buffer,
}

pub(crate) fn pairs(flat: Vec<String>) -> Vec<(String, String)> {
    let mut pairs = Vec::with_capacity(flat.len() / 2);
    let mut flat = flat.into_iter();
    while let (Some(name), Some(value)) = (flat.next(), flat.next()) {
        pairs.push((name, value));
    }
    pairs
}

fn about(error: Error, asked: Asked) -> Error {
    let headers = pairs(asked.headers);
    error
        .with_request(&asked.method, &asked.target)
        .with_credentials(&asked.target, &headers)
        .with_address(&asked.endpoint)
}

/// What the core makes of an unwelcome answer.
#[napi]
#[must_use]
pub(crate) fn describe_reply(asked: Asked, refusal: Refusal) -> ErrorData {
    let reply = Reply {
        status: refusal.status,
        reason: refusal.reason,
        headers: pairs(refusal.headers),
        body: Bytes::copy_from_slice(&refusal.body),
    };
    let error = Error::from_reply(&asked.method, &asked.target, &reply, None);
    ErrorData::from(&about(error, asked))
}

/// What the core makes of a failure that was reported inside a welcome answer; `log` is what a build had printed.
#[napi]
#[must_use]
pub(crate) fn describe_words(
    words: String,
    asked: Option<Asked>,
    log: Option<String>,
) -> ErrorData {
    let mut error = Error::from_words(&words, None);
    if let Some(log) = log {
        error = error.with_build_log(&log);
    }
    if let Some(asked) = asked {
        error = about(error, asked);
    }
    ErrorData::from(&error)
}

/// Every kind of error: name, family, retry advice, meaning and hint, one row each.
#[napi]
#[must_use]
pub(crate) fn kind_table() -> Vec<Vec<&'static str>> {
    let row = |kind: &ErrorKind| {
        vec![
            kind.as_str(),
            kind.family().as_str(),
            kind.retry().as_str(),
            kind.summary(),
            kind.hint(),
        ]
    };
    ErrorKind::ALL.iter().map(row).collect()
}

/// Every kind of error there is.
#[napi]
#[must_use]
pub(crate) fn kinds() -> Vec<&'static str> {
    ErrorKind::ALL.iter().map(|kind| kind.as_str()).collect()
}
