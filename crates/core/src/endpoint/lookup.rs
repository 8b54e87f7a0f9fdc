//! Finds entries by name: one number to compare, and for longer lists an index that is made at compile time.

use super::entry::Entry;

fn is_named(entry: &Entry, start: u128, name: &[u8]) -> bool {
    // Sixteen bytes that agree but for case decide on shorter names; nothing in the table holds what else falls together.
    let long = entry.name.len() > START;
    entry.start == start
        && entry.name.len() == name.len()
        && (!long || entry.name.as_bytes().eq_ignore_ascii_case(name))
}

/// Finds a name without regard to case.
#[must_use]
pub fn find_folded(entries: &'static [Entry], name: &[u8]) -> Option<&'static Entry> {
    let start = folded_start(name);
    entries.iter().find(|entry| is_named(entry, start, name))
}

/// Finds a name exactly as written.
#[must_use]
pub fn find_exact(entries: &'static [Entry], name: &str) -> Option<&'static Entry> {
    find_folded(entries, name.as_bytes()).filter(|entry| entry.name == name)
}

pub(super) fn find_indexed(
    entries: &'static [Entry],
    index: &'static [u8],
    name: &[u8],
) -> Option<&'static Entry> {
    let start = folded_start(name);
    let mut slot = slot(start, index.len());
    loop {
        let place = usize::from(*index.get(slot)?);
        let entry = entries.get(place.checked_sub(1)?)?;
        if is_named(entry, start, name) {
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
pub(super) const fn folded_start(name: &[u8]) -> u128 {
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
        const INDEX: [u8; $crate::endpoint::lookup::slots(MEMBERS.len())] = $crate::endpoint::lookup::index(MEMBERS);
        $crate::endpoint::entry::object($name, MEMBERS).index(&INDEX)
    }};
}
pub(super) use object_of;

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
}
