//! What a check finds, and its plain form.

use std::fmt::Write as _;

use super::{ApiVersion, Behaviour, engine_for};
use crate::endpoint::Gate;

/// Why something is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// The version does not know it yet.
    Since,
    /// The version no longer knows it.
    Removed,
    /// The version knows it, but not this value.
    Value,
    /// The version knows it, but refuses it more than once.
    Multi,
    /// No version knows it.
    Unknown,
    /// Its meaning changed between versions.
    Behaviour,
}

/// Which part of the request it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// The operation itself.
    Operation,
    /// A query parameter.
    Query,
    /// A key of the `filters` parameter.
    Filter,
    /// A header.
    Header,
    /// A member of the JSON body.
    Body,
    /// A field of the answer.
    Response,
}

impl Location {
    /// The word of the plain form: a filter key counts as `query`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Query | Self::Filter => "query",
            Self::Header => "header",
            Self::Body => "body",
            Self::Response => "response",
        }
    }
}

/// One thing a check has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Why it is reported.
    pub kind: FindingKind,
    /// Which part of the request it is about.
    pub location: Location,
    /// Its name: `GET /configs`, `platform`, `filters.until`, `HostConfig.Mounts[1].VolumeOptions.Subpath`.
    pub name: String,
    /// The first version that knows it, or, when removed, the first that does not. `None` when no version is involved.
    pub version: Option<ApiVersion>,
    /// The value that is too new.
    pub value: Option<String>,
    /// What a newer daemon does with it at an older version.
    pub gate: Gate,
    /// What versions after its removal do with it.
    pub after: Gate,
    /// It is data of answers: sending it has no effect at any version.
    pub output_only: bool,
    /// Removed on paper, still read by the newest daemons.
    pub still_read: bool,
    /// A name that exists and may have been meant.
    pub suggestion: Option<String>,
    /// The change of meaning.
    pub behaviour: Option<&'static Behaviour>,
}

/// A member of a finding's plain form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plain {
    /// Text.
    Text(String),
    /// The value true.
    True,
}

impl Finding {
    pub(super) fn new(kind: FindingKind, location: Location, name: impl Into<String>) -> Self {
        Self {
            kind,
            location,
            name: name.into(),
            version: None,
            value: None,
            gate: Gate::None,
            after: Gate::None,
            output_only: false,
            still_read: false,
            suggestion: None,
            behaviour: None,
        }
    }

    /// The first engine release that knows it, or the first that no longer does.
    #[must_use]
    pub fn engine(&self) -> Option<&'static str> {
        engine_for(self.version?)
    }

    /// Whether it is about versions, and not about a name no version knows or a change of meaning.
    #[must_use]
    pub fn is_version(&self) -> bool {
        !matches!(self.kind, FindingKind::Unknown | FindingKind::Behaviour)
    }

    /// The plain form: name and value pairs, in order.
    #[must_use]
    pub fn to_expect(&self) -> Vec<(&'static str, Plain)> {
        let text = |text: &str| Plain::Text(text.to_owned());
        let mut plain = vec![("in", text(self.location.as_str()))];
        plain.push((
            if self.location == Location::Body {
                "path"
            } else {
                "name"
            },
            text(&self.name),
        ));
        if let Some(version) = self.version {
            let word = if self.kind == FindingKind::Removed {
                "removed"
            } else {
                "since"
            };
            plain.push((word, Plain::Text(version.to_string())));
        }
        if let Some(value) = &self.value {
            plain.push(("value", text(value)));
        }
        match self.kind {
            FindingKind::Multi => plain.push(("multi", Plain::True)),
            FindingKind::Unknown => plain.push(("unknown", Plain::True)),
            FindingKind::Behaviour => plain.push((
                "behaviour",
                text(self.behaviour.map_or("", |behaviour| behaviour.id)),
            )),
            FindingKind::Since | FindingKind::Removed | FindingKind::Value => {}
        }
        if let Some(suggestion) = &self.suggestion {
            plain.push(("suggestion", text(suggestion)));
        }
        plain
    }
}

/// The plain form of findings as a JSON list, for languages that read it with their own parser.
#[must_use]
pub fn to_json(findings: &[Finding]) -> String {
    let mut out = String::from("[");
    for (index, finding) in findings.iter().enumerate() {
        out.push_str(if index == 0 { "{" } else { ",{" });
        for (index, (name, value)) in finding.to_expect().iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = match value {
                Plain::True => write!(out, "{comma}\"{name}\":true"),
                Plain::Text(text) => write!(
                    out,
                    "{comma}\"{name}\":{}",
                    serde_json::Value::from(text.as_str())
                ),
            };
        }
        out.push('}');
    }
    out.push(']');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_form() {
        let mut finding = Finding::new(FindingKind::Value, Location::Body, "A[0].\"b");
        finding.version = Some(ApiVersion::v1(48));
        finding.value = Some("image".to_owned());
        let mut unknown = Finding::new(FindingKind::Unknown, Location::Filter, "filters.x");
        unknown.suggestion = Some("filters.y".to_owned());
        assert_eq!(
            to_json(&[finding, unknown]),
            r#"[{"in":"body","path":"A[0].\"b","since":"1.48","value":"image"},{"in":"query","name":"filters.x","unknown":true,"suggestion":"filters.y"}]"#
        );
        assert_eq!(to_json(&[]), "[]");
    }
}
