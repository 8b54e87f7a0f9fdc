//! One named part of a request: a query parameter, a header, a filter key or a member of a JSON body.
//! Versions are kept as the number after the dot (0: none), so that a whole body table stays small and is laid out at compile time.

use super::lookup::{find_folded, find_indexed, folded_start};
use crate::versions::ApiVersion;

/// What a value is, without lists and maps around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number that may have a fraction.
    Number,
    /// True or false.
    Boolean,
    /// A JSON object with named members.
    Object,
    /// Anything.
    Any,
}

/// What is around the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing: the value itself.
    One,
    /// A list of values.
    List,
    /// A list of lists of values.
    ListOfLists,
    /// A map from text to values. Its keys are data, never names.
    Map,
    /// A map from text to lists of values.
    MapOfLists,
}

/// What a daemon that knows a part does with it when asked at an older version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// There is no gate: it reads the part anyway.
    None,
    /// It drops the part silently.
    Strip,
    /// It refuses the request with status 400.
    Reject,
}

/// A value that not every version allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// The value.
    pub name: &'static str,
    /// The first version that allows it, as the number after the dot.
    pub since: u8,
    /// What a newer daemon does with the value at an older version.
    pub gate: Gate,
}

/// A value with the version that brought it.
pub(super) const fn value(name: &'static str, since: u8) -> Value {
    Value {
        name,
        since,
        gate: Gate::None,
    }
}

impl Value {
    pub(super) const fn rejected(mut self) -> Self {
        self.gate = Gate::Reject;
        self
    }
}

/// One named part of a request, with the versions that know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and any of them may stand beside any other"
)]
pub struct Entry {
    /// The name as the reference spells it.
    pub name: &'static str,
    /// The first sixteen bytes of the name without their case, to compare as one number.
    pub(super) start: u128,
    /// What the value is.
    pub kind: Type,
    /// What is around the value.
    pub shape: Shape,
    /// The first version that knows it (number after the dot); 0 when that is not known to be later than 1.24.
    pub since: u8,
    /// The first version that no longer knows it; 0 when all later ones do.
    pub removed: u8,
    /// What a newer daemon does with it at an older version.
    pub gate: Gate,
    /// The first daemon (by its highest version) that has the gate; 0 when all that know the part have it.
    pub gate_min: u8,
    /// What versions from `removed` on do with it.
    pub after: Gate,
    /// The version from which it may be repeated; 0 when that never mattered.
    pub multi: u8,
    /// The version from which it is honoured on Linux; 0 when the platform does not matter.
    pub linux: u8,
    /// The request is refused without it.
    pub required: bool,
    /// Read by the daemon, absent from the reference.
    pub undocumented: bool,
    /// Part of a type shared with answers: sending it has no effect.
    pub output_only: bool,
    /// Removed, but leaving it in does no harm.
    pub harmless: bool,
    /// Removed on paper, still read by the newest daemons.
    pub still_read: bool,
    /// Values that came later than the part itself.
    pub values: &'static [Value],
    /// Members of an object, or the keys of a `filters` parameter; sorted by lower-case name. Empty: anything goes.
    pub members: &'static [Entry],
    /// Where each member is, by its hash; empty when there are too few to bother.
    index: &'static [u8],
}

const fn entry(name: &'static str, kind: Type, members: &'static [Entry]) -> Entry {
    Entry {
        name,
        start: folded_start(name.as_bytes()),
        kind,
        shape: Shape::One,
        since: 0,
        removed: 0,
        gate: Gate::None,
        gate_min: 0,
        after: Gate::None,
        multi: 0,
        linux: 0,
        required: false,
        undocumented: false,
        output_only: false,
        harmless: false,
        still_read: false,
        values: &[],
        members,
        index: &[],
    }
}

pub(super) const fn text(name: &'static str) -> Entry {
    entry(name, Type::String, &[])
}

pub(super) const fn integer(name: &'static str) -> Entry {
    entry(name, Type::Integer, &[])
}

pub(super) const fn number(name: &'static str) -> Entry {
    entry(name, Type::Number, &[])
}

pub(super) const fn boolean(name: &'static str) -> Entry {
    entry(name, Type::Boolean, &[])
}

pub(super) const fn any(name: &'static str) -> Entry {
    entry(name, Type::Any, &[])
}

pub(super) const fn object(name: &'static str, members: &'static [Entry]) -> Entry {
    entry(name, Type::Object, members)
}

/// The `filters` parameter with its keys.
pub(super) const fn filters(keys: &'static [Entry]) -> Entry {
    entry("filters", Type::String, keys)
}

impl Entry {
    pub(super) const fn list(mut self) -> Self {
        self.shape = Shape::List;
        self
    }

    pub(super) const fn list_of_lists(mut self) -> Self {
        self.shape = Shape::ListOfLists;
        self
    }

    pub(super) const fn map(mut self) -> Self {
        self.shape = Shape::Map;
        self
    }

    pub(super) const fn map_of_lists(mut self) -> Self {
        self.shape = Shape::MapOfLists;
        self
    }

    pub(super) const fn since(mut self, minor: u8) -> Self {
        self.since = minor;
        self
    }

    pub(super) const fn removed(mut self, minor: u8) -> Self {
        self.removed = minor;
        self
    }

    pub(super) const fn stripped(mut self) -> Self {
        self.gate = Gate::Strip;
        self
    }

    pub(super) const fn rejected(mut self) -> Self {
        self.gate = Gate::Reject;
        self
    }

    pub(super) const fn gate_min(mut self, minor: u8) -> Self {
        self.gate_min = minor;
        self
    }

    pub(super) const fn then_rejected(mut self) -> Self {
        self.after = Gate::Reject;
        self
    }

    pub(super) const fn multi(mut self, minor: u8) -> Self {
        self.multi = minor;
        self
    }

    pub(super) const fn linux(mut self, minor: u8) -> Self {
        self.linux = minor;
        self
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) const fn undocumented(mut self) -> Self {
        self.undocumented = true;
        self
    }

    pub(super) const fn output_only(mut self) -> Self {
        self.output_only = true;
        self
    }

    pub(super) const fn harmless(mut self) -> Self {
        self.harmless = true;
        self
    }

    pub(super) const fn still_read(mut self) -> Self {
        self.still_read = true;
        self
    }

    pub(super) const fn values(mut self, values: &'static [Value]) -> Self {
        self.values = values;
        self
    }

    pub(super) const fn index(mut self, index: &'static [u8]) -> Self {
        self.index = index;
        self
    }

    /// The member with this name, whatever its case (as the daemon's JSON decoder matches names).
    #[must_use]
    pub fn member(&self, name: &[u8]) -> Option<&'static Entry> {
        if self.index.is_empty() {
            find_folded(self.members, name)
        } else {
            find_indexed(self.members, self.index, name)
        }
    }
}

/// Whether a part with these bounds is known to `version`.
#[must_use]
pub fn known(since: u8, removed: u8, version: ApiVersion) -> bool {
    (since == 0 || version >= at(since)) && (removed == 0 || version < at(removed))
}

/// The version with this number after the dot.
#[must_use]
pub const fn at(minor: u8) -> ApiVersion {
    ApiVersion::v1(minor as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds() {
        assert!(known(0, 0, ApiVersion::OLDEST) && known(43, 0, at(43)) && known(0, 42, at(41)));
        assert!(!known(43, 0, at(42)) && !known(0, 42, at(42)) && !known(40, 41, at(39)));
    }
}
