//! Unwelcome answers, and failures reported inside welcome ones, as errors.

use bytes::Bytes;

use super::{Error, ErrorKind};
use crate::config::Endpoint;
use crate::reply::Reply;

/// Engines explain themselves briefly; a proxy's HTML page need not be repeated whole.
const MESSAGE_LIMIT: usize = 4096;

/// What an engine's error body holds.
#[derive(serde::Deserialize)]
struct Refusal {
    message: Option<String>,
}

/// What an engine puts on a progress stream when the operation failed.
#[derive(serde::Deserialize)]
struct Progress {
    error: Option<String>,
    #[serde(rename = "errorDetail")]
    detail: Option<ProgressError>,
}

#[derive(serde::Deserialize)]
struct ProgressError {
    message: Option<String>,
    code: Option<i64>,
}

impl Error {
    /// The error for an answer whose status the caller does not accept.
    #[must_use]
    pub fn from_reply(
        method: &str,
        target: &str,
        reply: &Reply,
        endpoint: Option<&Endpoint>,
    ) -> Self {
        let words = engine_words(&reply.body);
        let (_, path) = super::split_target(target);
        let mut message = format!("{method} {path} was answered {}", reply.status);
        if !reply.reason.is_empty() {
            message.push(' ');
            message.push_str(&reply.reason);
        }
        if let Some(words) = &words {
            message.push_str(": ");
            message.push_str(words);
        }
        let mut error =
            Self::new(ErrorKind::of_status(reply.status), message).with_request(method, target);
        error.0.engine_message = words;
        error.0.status = Some(reply.status);
        error.0.reason = Some(reply.reason.clone());
        error.0.body = Some(reply.body.clone());
        let error = if is_foreign(path, reply) {
            let place =
                endpoint.map_or_else(|| "there".to_owned(), |e| format!("at {}", e.summary()));
            let sentence = format!(
                "what answers {place} speaks HTTP and is no Docker engine: {}",
                error.0.message
            );
            error.0.message.clone_from(&sentence);
            error.0.explanation = Some(sentence);
            error.with_kind(ErrorKind::WrongProtocol).with_hint(
                "check host and port: another server listens there, or a proxy stands between",
            )
        } else {
            error.classified().with_limits(&reply.headers)
        };
        match endpoint {
            Some(endpoint) => error.with_endpoint(endpoint),
            None => error,
        }
    }

    /// The failure that a value of a progress stream (pull, push, build, load …) reports; `None` when it reports none.
    #[must_use]
    pub fn from_progress(value: &[u8]) -> Option<Self> {
        memchr::memmem::find(value, b"\"error")?;
        let progress: Progress = serde_json::from_slice(value).ok()?;
        let code = progress.detail.as_ref().and_then(|detail| detail.code);
        let words = progress
            .detail
            .and_then(|detail| detail.message)
            .or(progress.error)?;
        let mut error = Self::from_words(&words, code);
        error.0.body = Some(Bytes::copy_from_slice(value));
        Some(error)
    }

    /// The failure that the engine reports in these words inside a welcome answer.
    #[must_use]
    pub fn from_words(words: &str, code: Option<i64>) -> Self {
        let message = match code {
            Some(code) => format!("the engine reported a failure: {words} (code {code})"),
            None => format!("the engine reported a failure: {words}"),
        };
        Self::new(ErrorKind::StreamError, message)
            .with_engine_message(words)
            .classified()
    }
}

/// Whether a refusal shows that no engine gave it: every engine has these paths, and refuses in JSON.
fn is_foreign(path: &str, reply: &Reply) -> bool {
    matches!(path, "/version" | "/_ping")
        && matches!(reply.status, 403 | 404 | 405 | 501 | 502)
        && serde_json::from_slice::<Refusal>(&reply.body).is_err()
}

/// The engine's words: `{"message": …}`, or else the text itself.
fn engine_words(body: &[u8]) -> Option<String> {
    if let Ok(Refusal {
        message: Some(message),
    }) = serde_json::from_slice(body)
    {
        return Some(message);
    }
    let end = body.len().min(MESSAGE_LIMIT);
    let text = String::from_utf8_lossy(body.get(..end).unwrap_or_default());
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &'static str) -> Reply {
        Reply {
            status,
            reason: "Not Found".into(),
            headers: Vec::new(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn reads_the_engines_words() {
        let error = Error::from_reply(
            "GET",
            "/v1.41/containers/x/json?size=1",
            &reply(404, "{\"message\":\"No such container: x\"}\n"),
            None,
        );
        assert_eq!(error.kind(), ErrorKind::ContainerNotFound);
        assert_eq!(error.explanation(), "There is no container \"x\".");
        assert_eq!(error.field("container"), Some("x"));
        assert_eq!(error.engine_message(), Some("No such container: x"));
        assert_eq!(error.path(), Some("/containers/x/json"));
        assert_eq!(
            error.api_version(),
            Some(crate::versions::ApiVersion::v1(41))
        );
        assert_eq!(
            error.message(),
            "GET /containers/x/json was answered 404 Not Found: No such container: x"
        );
    }

    #[test]
    fn falls_back_to_the_text() {
        let plain = Error::from_reply("GET", "/x", &reply(404, "page not found\n"), None);
        assert_eq!(plain.engine_message(), Some("page not found"));
        let empty = Error::from_reply("GET", "/x", &reply(404, ""), None);
        assert_eq!(empty.engine_message(), None);
    }

    #[test]
    fn finds_failures_in_progress() {
        let line = br#"{"errorDetail":{"code":1,"message":"exit 1"},"error":"exit 1"}"#;
        let error = Error::from_progress(line).unwrap();
        assert_eq!(error.kind(), ErrorKind::StreamError);
        assert_eq!(error.engine_message(), Some("exit 1"));
        assert!(Error::from_progress(br#"{"status":"\"error\" is a word"}"#).is_none());
    }

    #[test]
    fn kinds_have_distinct_names() {
        let names: std::collections::HashSet<_> =
            ErrorKind::ALL.iter().map(|k| k.as_str()).collect();
        assert_eq!(names.len(), ErrorKind::ALL.len());
    }
}
