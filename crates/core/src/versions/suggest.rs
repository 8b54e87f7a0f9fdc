//! Names that may have been meant. Only runs for names no version knows.

use crate::endpoint::{Entry, Row, Shape, rows};

/// A member close to `name`: next to where it was written, or of the same name elsewhere in the body.
pub(super) fn member(
    root: &'static Entry,
    parent: &'static Entry,
    prefix: &str,
    name: &str,
) -> Option<String> {
    let near = closest(
        name,
        parent
            .members
            .iter()
            .filter(|entry| entry.removed == 0)
            .map(|entry| entry.name),
    );
    let dot = if prefix.is_empty() { "" } else { "." };
    near.map(|near| format!("{prefix}{dot}{near}"))
        .or_else(|| elsewhere(root, "", name))
}

/// The shallowest member of this name anywhere in the body.
fn elsewhere(entry: &'static Entry, path: &str, name: &str) -> Option<String> {
    let join = |member: &Entry| {
        if path.is_empty() {
            member.name.to_owned()
        } else {
            format!("{path}.{}", member.name)
        }
    };
    let found = entry
        .member(name.as_bytes())
        .filter(|member| member.removed == 0 && !member.output_only);
    found.map(join).or_else(|| {
        entry
            .members
            .iter()
            .find_map(|member| elsewhere(member, &(join(member) + around(member.shape)), name))
    })
}

fn around(shape: Shape) -> &'static str {
    match shape {
        Shape::One => "",
        Shape::List => "[]",
        Shape::ListOfLists => "[][]",
        Shape::Map => "{}",
        Shape::MapOfLists => "{}[]",
    }
}

/// A query parameter or filter key close to `name`.
pub(super) fn name(entries: &'static [Entry], name: &str) -> Option<&'static str> {
    closest(
        name,
        entries
            .iter()
            .filter(|entry| entry.removed == 0)
            .map(|entry| entry.name),
    )
}

/// An operation close to this one: another method on the same path, or a path spelled nearly so.
pub(super) fn operation(method: &str, path: &str) -> Option<&'static str> {
    let same_path = |row: &&'static Row| {
        crate::endpoint::find(row.method(), path).is_some_and(|(found, _)| found.key == row.key)
    };
    if let Some(row) = rows().find(same_path) {
        return Some(row.key);
    }
    let paths = rows()
        .filter(|row| row.method().eq_ignore_ascii_case(method))
        .map(|row| row.path);
    let near = closest(path, paths)?;
    rows()
        .find(|row| row.path == near && row.method().eq_ignore_ascii_case(method))
        .map(|row| row.key)
}

/// The candidate with the smallest edit distance, if it is small for the length of the name. A name cut short counts as near.
fn closest(name: &str, candidates: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let limit = (name.len() / 3).clamp(1, 4);
    let begins = |candidate: &str| {
        name.len() >= 3
            && candidate
                .get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    let measured = |candidate: &'static str| {
        let near = candidate.len().abs_diff(name.len()) <= limit;
        let edits = if near {
            distance(name, candidate)
        } else {
            usize::MAX
        };
        (
            if begins(candidate) {
                edits.min(limit)
            } else {
                edits
            },
            candidate,
        )
    };
    candidates
        .map(measured)
        .filter(|(edits, _)| *edits <= limit)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours between two names, without regard to case.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().flat_map(char::to_lowercase).collect();
    let right: Vec<char> = right.chars().flat_map(char::to_lowercase).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let mut best = (above[j] + usize::from(a != b))
                .min(above[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("binds", "Binds"), 0);
        assert_eq!(distance("Bnids", "Binds"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn operations() {
        assert_eq!(
            operation("GET", "/containers/abc/start"),
            Some("POST /containers/{}/start")
        );
        assert_eq!(operation("GET", "/netwroks"), Some("GET /networks"));
        assert_eq!(operation("GET", "/something/else/entirely"), None);
    }
}
