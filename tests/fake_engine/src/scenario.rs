//! The scenario a fake engine plays: what README.md documents, as types.

use crate::body::Body;
use crate::faults::Faults;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// Everything a fake engine does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    /// What the scenario is about, for people.
    pub about: String,
    /// What `/_ping` and `/version` say.
    pub engine: Identity,
    /// What happens to connections before any request is read.
    pub accept: Accept,
    /// The answers, tried in order.
    pub routes: Vec<Route>,
    /// The answer to a request no route matches.
    pub default: Option<Reply>,
    /// Whether requests are recorded (benchmarks switch it off).
    pub record: bool,
    /// For how many microseconds a connection looks for its next request before it sleeps (benchmarks: waking takes longer
    /// than a small answer).
    pub look_us: u64,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            about: String::new(),
            engine: Identity::default(),
            accept: Accept::default(),
            routes: Vec::new(),
            default: None,
            record: true,
            look_us: 0,
        }
    }
}

impl Scenario {
    /// Reads a scenario from JSON text.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("scenario: {error}"))
    }

    /// Reads a scenario from a JSON value.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_json(value: Value) -> Result<Self, String> {
        serde_json::from_value(value).map_err(|error| format!("scenario: {error}"))
    }
}

/// What the engine says about itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// The engine's release.
    pub version: String,
    /// Its newest API version.
    pub api_version: String,
    /// Its oldest API version.
    pub min_api_version: String,
    /// Answer `/_ping` without the headers that tell versions, as some proxies leave it.
    pub bare_ping: bool,
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            version: "28.5.2".to_owned(),
            api_version: "1.51".to_owned(),
            min_api_version: "1.24".to_owned(),
            bare_ping: false,
        }
    }
}

/// What happens to a connection right after it was accepted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Accept {
    /// What is done.
    pub how: AcceptHow,
    /// For how many connections; then they are served.
    pub times: Option<u64>,
}

/// The ways to treat a fresh connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AcceptHow {
    /// Serve it.
    #[default]
    Serve,
    /// Close it at once.
    Close,
    /// Wait for the first bytes, then reset it.
    Reset,
    /// Never read from it and never answer.
    Stall,
}

/// One row: which requests, and the answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The method, or any.
    #[serde(default)]
    pub method: Option<String>,
    /// The path without a version; `*` stands for any run of characters.
    pub path: String,
    /// The version in the path, when only requests with it are meant.
    #[serde(default)]
    pub version: Option<String>,
    /// Query arguments that must be there with these values.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// After so many requests the row is used up and the next rows are tried.
    #[serde(default)]
    pub times: Option<u64>,
    /// The answer.
    pub reply: Reply,
}

/// An answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "ReplyForm")]
pub struct Reply {
    /// The status, 200 unless told (101 for an upgrade).
    pub status: u16,
    /// The reason phrase; the usual one unless told.
    pub reason: Option<String>,
    /// Headers in order. Those named here replace the automatic ones.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// A `Content-Type` the body's form stands for.
    pub content_type: Option<String>,
    /// How the body is delimited.
    pub framing: Framing,
    /// For `chunked`: HTTP chunks of this size instead of one per element.
    pub chunk_size: Option<usize>,
    /// Whether the connection becomes a duplex, and how it behaves then.
    pub upgrade: Option<Upgrade>,
    /// What goes wrong.
    pub faults: Faults,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyForm {
    status: Option<u16>,
    reason: Option<String>,
    #[serde(default, deserialize_with = "headers")]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: Value,
    #[serde(default)]
    framing: Framing,
    chunk_size: Option<usize>,
    #[serde(default)]
    upgrade: UpgradeForm,
    #[serde(default)]
    faults: Faults,
}

impl TryFrom<ReplyForm> for Reply {
    type Error = String;

    fn try_from(form: ReplyForm) -> Result<Self, String> {
        let upgrade = match form.upgrade {
            UpgradeForm::Switch(false) => None,
            UpgradeForm::Switch(true) => Some(Upgrade::default()),
            UpgradeForm::Settings(settings) => Some(settings),
        };
        let usual = if upgrade.is_some() { 101 } else { 200 };
        Ok(Self {
            status: form.status.unwrap_or(usual),
            reason: form.reason,
            headers: form.headers,
            body: Body::from_json(&form.body)?,
            content_type: Body::content_type(&form.body).map(str::to_owned),
            framing: form.framing,
            chunk_size: form.chunk_size,
            upgrade,
            faults: form.faults,
        })
    }
}

fn headers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Pairs(Vec<(String, String)>),
        Object(serde_json::Map<String, Value>),
    }
    Ok(match Form::deserialize(deserializer)? {
        Form::Pairs(pairs) => pairs,
        Form::Object(object) => {
            let text = |value: Value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            };
            object
                .into_iter()
                .map(|(name, value)| (name, text(value)))
                .collect()
        }
    })
}

/// How a body is delimited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// `Content-Length`.
    #[default]
    Length,
    /// `Transfer-Encoding: chunked`, one HTTP chunk per element.
    Chunked,
    /// The connection's end.
    Eof,
    /// Nothing at all: no head is written, the body is everything the peer gets; then the connection closes.
    None,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum UpgradeForm {
    Switch(bool),
    Settings(Upgrade),
}

impl Default for UpgradeForm {
    fn default() -> Self {
        Self::Switch(false)
    }
}

/// What an upgraded connection does after the head and the body, which are written at once.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Upgrade {
    /// Send back whatever arrives.
    pub echo: bool,
    /// What is sent after the peer closed its sending side.
    pub after_eof: Body,
    /// Close when the body is out, without waiting for the peer.
    pub close_after_body: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_scenario_is_read() {
        let scenario = Scenario::from_json(json!({
            "routes": [{"method": "GET", "path": "/info", "reply": {
                "headers": {"X-A": 1}, "body": {"json": {"a": 1}}, "framing": "chunked",
                "faults": {"cut": {"after": 3, "how": "reset"}}
            }}],
            "default": {"upgrade": true}
        }))
        .expect("a scenario");
        let reply = &scenario.routes[0].reply;
        assert_eq!(reply.headers, [("X-A".to_owned(), "1".to_owned())]);
        assert_eq!(reply.content_type.as_deref(), Some("application/json"));
        assert_eq!(scenario.default.expect("a default").status, 101);
    }

    #[test]
    fn typos_are_refused() {
        for wrong in [
            json!({"route": []}),
            json!({"default": {"body": {"jsn": 1}}}),
            json!({"default": {"faults": {"cuts": {}}}}),
            json!({"default": {"framing": "none at all"}}),
            json!({"default": {"upgrade": {"ecco": true}}}),
        ] {
            assert!(Scenario::from_json(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
