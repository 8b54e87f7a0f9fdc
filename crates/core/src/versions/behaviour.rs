//! A change of meaning that no parameter shows: what the generated rows are made of.

use std::fmt;

use super::ApiVersion;

/// What kind of change it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another default.
    Default,
    /// Something is gone.
    Removed,
    /// The same words mean something else.
    Semantics,
    /// Another status code.
    Status,
    /// Another form of the answer.
    Format,
    /// Announced to go.
    Deprecated,
    /// Checked more strictly, or less.
    Validation,
    /// How versions are agreed on.
    Negotiation,
}

/// What brought the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An API version.
    Api(ApiVersion),
    /// An engine release, whatever the API version.
    Engine(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(version) => write!(f, "API {version}"),
            Self::Engine(release) => write!(f, "Engine {release}"),
        }
    }
}

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// A name of its own, such as `1.42-volumes-default`.
    pub id: &'static str,
    /// What brought it.
    pub origin: Origin,
    /// The part of the API it is about.
    pub area: &'static str,
    /// What kind of change it is.
    pub change: Change,
    /// Whether the version of the request decides. If not, every version sees it on the daemons that have it.
    pub versioned: bool,
    /// What changed.
    pub what: &'static str,
    /// What that does to a caller.
    pub consequence: &'static str,
    /// What to do.
    pub hint: &'static str,
}

#[expect(
    clippy::too_many_arguments,
    reason = "one argument per column of a generated row"
)]
pub(super) const fn at_api(
    id: &'static str,
    minor: u16,
    area: &'static str,
    change: Change,
    versioned: bool,
    what: &'static str,
    consequence: &'static str,
    hint: &'static str,
) -> Behaviour {
    Behaviour {
        id,
        origin: Origin::Api(ApiVersion::v1(minor)),
        area,
        change,
        versioned,
        what,
        consequence,
        hint,
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one argument per column of a generated row"
)]
pub(super) const fn at_engine(
    id: &'static str,
    release: &'static str,
    area: &'static str,
    change: Change,
    versioned: bool,
    what: &'static str,
    consequence: &'static str,
    hint: &'static str,
) -> Behaviour {
    Behaviour {
        id,
        origin: Origin::Engine(release),
        area,
        change,
        versioned,
        what,
        consequence,
        hint,
    }
}
