//! Which changes of meaning touch a request in hand. Recognised from method, path, query and body alone; what depends on the state of
//! the engine (another container, its configuration) is not guessed.

use super::behaviour::{Behaviour, Change, Origin, at_api};
use super::call::Call;
use super::finding::{Finding, FindingKind, Location};
use super::rules::{RULES, Rule, Side};
use super::{ApiVersion, BEHAVIOURS};

/// A change the facts do not list, because it came with the parameter itself.
pub(super) static AUTO_REMOVE: Behaviour = at_api(
    "1.25-containers-validation",
    25,
    "containers",
    Change::Validation,
    true,
    "A container with AutoRemove cannot have a restart policy.",
    "Create is refused with 400.",
    "Choose one: AutoRemove, or a RestartPolicy other than \"no\".",
);

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
    let call = Call::new(method, path, api_version, query, headers, body);
    let name = if call.key().is_empty() {
        format!("{method} {}", call.path)
    } else {
        call.key().to_owned()
    };
    let touched = RULES
        .iter()
        .filter(|rule| touches(rule, &call))
        .filter_map(|rule| by_id(rule.id));
    touched
        .map(|behaviour| finding(behaviour, Location::Operation, &name))
        .collect()
}

/// The change with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Behaviour> {
    std::iter::once(&AUTO_REMOVE)
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
