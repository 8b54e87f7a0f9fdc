//! What a rule is made of, and the operations that rules are about.

use super::call::Call;

/// On which side of the change a request is touched.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// At versions that have it.
    New,
    /// At versions that do not have it yet.
    Old,
    /// At all: who moves between versions gets something else.
    Both,
}

pub(super) struct Rule {
    pub(super) id: &'static str,
    pub(super) side: Side,
    /// The operations it is about. None: a path that is no row any more.
    pub(super) keys: &'static [&'static str],
    /// In small letters: one of them stands in every body that matches, as clients write JSON. Looked for before a body is parsed.
    pub(super) words: &'static [&'static str],
    pub(super) matches: fn(&Call<'_>) -> bool,
}

pub(super) const fn rule(
    id: &'static str,
    side: Side,
    keys: &'static [&'static str],
    words: &'static [&'static str],
    matches: fn(&Call<'_>) -> bool,
) -> Rule {
    Rule {
        id,
        side,
        keys,
        words,
        matches,
    }
}

pub(super) const CREATE: &[&str] = &["POST /containers/create"];
pub(super) const UPDATE: &[&str] = &["POST /containers/{}/update"];
pub(super) const LIMITS: &[&str] = &["POST /containers/create", "POST /containers/{}/update"];
pub(super) const WAIT: &[&str] = &["POST /containers/{}/wait"];
pub(super) const SERVICE: &[&str] = &["POST /services/create", "POST /services/{}/update"];
pub(super) const MOUNTS: &[&str] = &[
    "POST /containers/create",
    "POST /services/create",
    "POST /services/{}/update",
];
pub(super) const SAVE_OR_LOAD: &[&str] =
    &["GET /images/get", "GET /images/{}/get", "POST /images/load"];
