//! Which changes of meaning touch a request in hand. Recognised from method, path, query and body alone; what depends on the state of
//! the engine (another container, its configuration) is not guessed.

use std::cell::LazyCell;

use super::behaviour::{Behaviour, Change, Origin, at_api, at_engine};
use super::call::Call;
use super::finding::{Finding, FindingKind, Location};
use super::rule::{Rule, Side};
use super::rules::RULES;
use super::{ApiVersion, BEHAVIOURS};
use crate::endpoint;

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
    let row = endpoint::find(method, path).map(|(row, _)| row);
    let folded = LazyCell::new(|| body.map(<[u8]>::to_ascii_lowercase));
    let concerns =
        |rule: &&Rule| row.map_or(rule.keys.is_empty(), |row| rule.keys.contains(&row.key));
    let mut rules = RULES
        .iter()
        .filter(concerns)
        .filter(|rule| is_suspect(rule, &folded))
        .peekable();
    if rules.peek().is_none() {
        return Vec::new();
    }
    let call = Call::new(row, path, api_version, query, headers, body);
    let name = if call.key().is_empty() {
        format!("{method} {}", call.path)
    } else {
        call.key().to_owned()
    };
    let touched = rules
        .filter(|rule| touches(rule, &call))
        .filter_map(|rule| by_id(rule.id));
    touched
        .map(|behaviour| finding(behaviour, Location::Operation, &name))
        .collect()
}

/// What can be told before a body is parsed. `folded` is the body in small letters.
fn is_suspect(
    rule: &Rule,
    folded: &LazyCell<Option<Vec<u8>>, impl FnOnce() -> Option<Vec<u8>>>,
) -> bool {
    let has = |word: &&str| {
        folded
            .as_ref()
            .is_some_and(|body| memchr::memmem::find(body, word.as_bytes()).is_some())
    };
    rule.words.is_empty() || rule.words.iter().any(has)
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

fn touches(rule: &Rule, call: &Call<'_>) -> bool {
    let new = by_id(rule.id).is_some_and(
        |behaviour| matches!(behaviour.origin, Origin::Api(version) if call.version >= version),
    );
    let side = match rule.side {
        Side::New => new,
        Side::Old => !new,
        Side::Both => true,
    };
    side && (rule.matches)(call)
}
