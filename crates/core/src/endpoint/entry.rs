//! One named part of a request: a query parameter, a header, a filter key or a member of a JSON body.
//! Versions are kept as the number after the dot (0: none), so that a whole body table stays small and is laid out at compile time.

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
    start: u128,
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

    fn is_named(&self, start: u128, name: &[u8]) -> bool {
        // Sixteen bytes that agree but for case decide on shorter names; nothing in the table holds what else falls together.
        let long = self.name.len() > START;
        self.start == start
            && self.name.len() == name.len()
            && (!long || self.name.as_bytes().eq_ignore_ascii_case(name))
    }
}

/// Finds a name without regard to case.
#[must_use]
pub fn find_folded(entries: &'static [Entry], name: &[u8]) -> Option<&'static Entry> {
    let start = folded_start(name);
    entries.iter().find(|entry| entry.is_named(start, name))
}

/// Finds a name exactly as written.
#[must_use]
pub fn find_exact(entries: &'static [Entry], name: &str) -> Option<&'static Entry> {
    find_folded(entries, name.as_bytes()).filter(|entry| entry.name == name)
}

fn find_indexed(
    entries: &'static [Entry],
    index: &'static [u8],
    name: &[u8],
) -> Option<&'static Entry> {
    let start = folded_start(name);
    let mut slot = slot(start, index.len());
    loop {
        let place = usize::from(*index.get(slot)?);
        let entry = entries.get(place.checked_sub(1)?)?;
        if entry.is_named(start, name) {
            return Some(entry);
        }
        slot = (slot + 1) & (index.len() - 1);
    }
}

/// How many slots an index of so many members has: a power of two, at least half of them empty.
pub(super) const fn slots(members: usize) -> usize {
    if members < 8 {
        0
    } else {
        (members * 2).next_power_of_two()
    }
}

/// An index of members: in the slot of a member's hash, or the next free one, its place counted from 1; 0 is a free slot.
#[expect(
    clippy::cast_possible_truncation,
    reason = "runs at compile time, where a list of more than 255 members would not fit SLOTS"
)]
pub(super) const fn index<const SLOTS: usize>(members: &[Entry]) -> [u8; SLOTS] {
    let mut index = [0; SLOTS];
    let mut place = 0;
    while SLOTS > 0 && place < members.len() {
        let mut slot = slot(members[place].start, SLOTS);
        while index[slot] != 0 {
            slot = (slot + 1) & (SLOTS - 1);
        }
        place += 1;
        index[slot] = place as u8;
    }
    index
}

/// The slot of a name among `slots`, a power of two.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a hash takes what it needs of a number"
)]
const fn slot(start: u128, slots: usize) -> usize {
    let mixed =
        ((start >> 64) as u64 ^ (start as u64).rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 48) as usize & (slots - 1)
}

/// How many bytes of a name [`Entry::start`] holds.
const START: usize = 16;

/// The first bytes as a number, with the bit that tells small letters from capitals set in each.
const fn folded_start(name: &[u8]) -> u128 {
    // Two loads that overlap where the name is short: what is loaded twice is the same bytes at the same places.
    let start = if let Some(all) = name.first_chunk::<START>() {
        u128::from_be_bytes(*all)
    } else if let (Some(first), Some(last)) = (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (u64::from_be_bytes(*first) as u128) << 64
            | (u64::from_be_bytes(*last) as u128) << (8 * (START - name.len()))
    } else if let (Some(first), Some(last)) = (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        (u32::from_be_bytes(*first) as u128) << 96
            | (u32::from_be_bytes(*last) as u128) << (8 * (START - name.len()))
    } else {
        let mut start = 0;
        let mut at = 0;
        while at < name.len() {
            start |= (name[at] as u128) << (8 * (START - 1 - at));
            at += 1;
        }
        start
    };
    start | u128::from_be_bytes([0x20; START])
}

/// An object whose members are found by an index made at compile time.
macro_rules! object_of {
    ($name:literal, [$($members:tt)*]) => {{
        const MEMBERS: &[$crate::endpoint::Entry] = &[$($members)*];
        const INDEX: [u8; $crate::endpoint::entry::slots(MEMBERS.len())] = $crate::endpoint::entry::index(MEMBERS);
        $crate::endpoint::entry::object($name, MEMBERS).index(&INDEX)
    }};
}
pub(super) use object_of;

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
    use crate::endpoint::rows;

    fn every_member(entry: &'static Entry, each: &mut impl FnMut(&'static Entry, &'static Entry)) {
        for member in entry.members {
            each(entry, member);
            every_member(member, each);
        }
    }

    #[test]
    fn every_member_is_found_in_any_case_and_nothing_else_is() {
        let mut count = 0;
        let mut each = |entry: &'static Entry, member: &'static Entry| {
            count += 1;
            for name in [
                member.name.to_owned(),
                member.name.to_lowercase(),
                member.name.to_uppercase(),
            ] {
                assert_eq!(entry.member(name.as_bytes()), Some(member), "{name}");
                assert_eq!(
                    find_folded(entry.members, name.as_bytes()),
                    Some(member),
                    "{name}"
                );
            }
            for name in [
                format!("{}x", member.name),
                format!("x{}", member.name),
                format!("{}\0", member.name),
                format!("{} ", member.name),
            ] {
                assert_eq!(entry.member(name.as_bytes()), None, "{name}");
            }
            assert!(
                member
                    .name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)),
                "{}",
                member.name
            );
        };
        for body in rows().filter_map(|row| row.body) {
            every_member(body, &mut each);
        }
        assert!(count > 690, "{count}");
    }

    #[test]
    fn starts_are_the_same_however_they_are_loaded() {
        let name = b"AbCdEfGhIjKlMnOpQr";
        for length in 0..=name.len() {
            let mut bytes = [0; START];
            for (to, from) in bytes.iter_mut().zip(&name[..length]) {
                *to = *from;
            }
            assert_eq!(
                folded_start(&name[..length]),
                u128::from_be_bytes(bytes) | u128::from_be_bytes([0x20; START]),
                "{length}"
            );
        }
    }

    #[test]
    fn bounds() {
        assert!(known(0, 0, ApiVersion::OLDEST) && known(43, 0, at(43)) && known(0, 42, at(41)));
        assert!(!known(43, 0, at(42)) && !known(0, 42, at(42)) && !known(40, 41, at(39)));
    }
}
