//! Which changes of meaning touch a request in hand. Recognised from method, path, query and body alone; what depends on the state of
//! the engine (another container, its configuration) is not guessed.

use std::cell::LazyCell;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::behaviour::{Behaviour, Change, Origin, at_api, at_engine};
use super::call::Call;
use super::finding::{Finding, FindingKind, Location};
use super::rule::{Rule, Side};
use super::rules::RULES;
use super::{ApiVersion, BEHAVIOURS};
use crate::endpoint::{self, Row};

/// What the facts do not list: one change came with the parameter itself, the other was seen on Engine 26.1 and 28.5.
pub(super) static MORE: [Behaviour; 2] = [
    at_api(
        "1.25-containers-validation",
        25,
        "containers",
        Change::Validation,
        true,
        "A container with AutoRemove cannot have a restart policy.",
        "Create is refused with 400.",
        "Choose one: AutoRemove, or a RestartPolicy other than \"no\".",
    ),
    at_engine(
        "engine-23.0-services-semantics",
        "23.0",
        "services",
        Change::Semantics,
        false,
        "Services lose CreateMountpoint, ReadOnlyNonRecursive and ReadOnlyForceRecursive of a bind on the way to their tasks, at every \
         API version.",
        "The engine ignores it without a word.",
        "Bind what exists, and do not rely on mounts below a read-only bind being read-only.",
    ),
];

/// A rule with what is looked up for it once.
struct Ready {
    rule: &'static Rule,
    behaviour: &'static Behaviour,
    /// The API version that brought the change.
    since: Option<ApiVersion>,
    words: Vec<Finder<'static>>,
}

static READY: LazyLock<Vec<Ready>> = LazyLock::new(|| {
    let ready = |rule: &'static Rule| {
        let behaviour = by_id(rule.id)?;
        Some(Ready {
            rule,
            behaviour,
            since: match behaviour.origin {
                Origin::Api(version) => Some(version),
                Origin::Engine(_) => None,
            },
            words: rule.words.iter().map(Finder::new).collect(),
        })
    };
    RULES.iter().filter_map(ready).collect()
});

/// The changes of meaning that touch this request at this version, oldest first.
///
/// A finding's `version` is the one that brought the change: not newer than the request's version means that it is in force.
#[must_use]
pub fn behaviours(
    method: &str,
    path: &str,
    api_version: ApiVersion,
    query: &[(String, String)],
    headers: &[(String, String)],
    body: Option<&[u8]>,
) -> Vec<Finding> {
    let found = endpoint::find(method, path);
    let row = found.map(|(row, _)| row);
    touching(row, method, path, api_version, query, headers, body)
}

/// [`behaviours`] of a request whose row is known.
pub(super) fn touching(
    row: Option<&'static Row>,
    method: &str,
    path: &str,
    api_version: ApiVersion,
    query: &[(String, String)],
    headers: &[(String, String)],
    body: Option<&[u8]>,
) -> Vec<Finding> {
    let version = endpoint::split(path).0.unwrap_or(api_version);
    let folded = LazyCell::new(|| body.map(<[u8]>::to_ascii_lowercase));
    let mut suspects = READY
        .iter()
        .filter(|ready| ready.concerns(row, version))
        .filter(|ready| {
            ready.words.is_empty() || folded.as_ref().is_some_and(|body| ready.speaks_in(body))
        })
        .peekable();
    if suspects.peek().is_none() {
        return Vec::new();
    }
    let call = Call::new(row, path, api_version, query, headers, body);
    let name = if call.key().is_empty() {
        format!("{method} {}", call.path)
    } else {
        call.key().to_owned()
    };
    suspects
        .filter(|ready| (ready.rule.matches)(&call))
        .map(|ready| finding(ready.behaviour, Location::Operation, &name))
        .collect()
}

impl Ready {
    /// Whether operation and version are those of the rule.
    fn concerns(&self, row: Option<&'static Row>, version: ApiVersion) -> bool {
        let new = self.since.is_some_and(|since| version >= since);
        let side = match self.rule.side {
            Side::New => new,
            Side::Old => !new,
            Side::Both => true,
        };
        side && row.map_or(self.rule.keys.is_empty(), |row| {
            self.rule.keys.contains(&row.key)
        })
    }

    /// Whether one of its words stands in a body in small letters.
    fn speaks_in(&self, body: &[u8]) -> bool {
        self.words.iter().any(|word| word.find(body).is_some())
    }
}

/// The change with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Behaviour> {
    MORE.iter()
        .chain(BEHAVIOURS)
        .find(|behaviour| behaviour.id == id)
}

pub(super) fn finding(behaviour: &'static Behaviour, location: Location, name: &str) -> Finding {
    let mut finding = Finding::new(FindingKind::Behaviour, location, name);
    finding.behaviour = Some(behaviour);
    finding.version = match behaviour.origin {
        Origin::Api(version) => Some(version),
        Origin::Engine(_) => None,
    };
    finding
}
