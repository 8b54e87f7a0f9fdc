//! What the engine's words mean: rules from message to kind, explanation and hint.
//!
//! A rule recognises one message shape of one or more engine releases. The first rule that matches wins; a message no
//! rule knows keeps the plain kind of its status. Rules never change the engine's words, they only explain them.

mod build;
mod containers;
mod images;
mod networks;
mod runtime;
mod swarm;
mod system;

use crate::error::ErrorKind;
use regex_lite::{Captures, Regex};
use std::sync::OnceLock;

/// One message shape and what it means.
#[derive(Debug)]
pub struct Rule {
    /// The kind of a matching error.
    pub kind: ErrorKind,
    /// A regular expression over the engine's message; its named groups may be used in `explanation`.
    pub pattern: &'static str,
    /// One sentence; `{name}` is replaced by the group of that name, or the first of `name`, `name2`, `name3` … that matched.
    pub explanation: &'static str,
    /// What to do about it.
    pub hint: &'static str,
}

/// What a message was recognised as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// The kind.
    pub kind: ErrorKind,
    /// One sentence that says what went wrong.
    pub explanation: String,
    /// What to do about it.
    pub hint: &'static str,
    /// The named parts of the message: container, image, port, path, …
    pub fields: Vec<(&'static str, String)>,
}

/// Messages longer than this are matched by their first and last part only.
const MATCHED_BYTES: usize = 8 * 1024;

/// All rules, in the order in which they are tried: the narrow ones come first.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        runtime::RULES,
        build::RULES,
        images::RULES,
        networks::RULES,
        swarm::RULES,
        containers::RULES,
        system::RULES,
    ]
    .into_iter()
    .flatten()
}

fn compiled() -> &'static Vec<(Regex, &'static Rule)> {
    static COMPILED: OnceLock<Vec<(Regex, &'static Rule)>> = OnceLock::new();
    COMPILED.get_or_init(|| {
        rules()
            .filter_map(|rule| Regex::new(rule.pattern).ok().map(|regex| (regex, rule)))
            .collect()
    })
}

/// Recognises the engine's message; `None` when no rule knows it.
#[must_use]
pub fn classify(message: &str) -> Option<Classified> {
    let shortened = shorten(message);
    compiled().iter().find_map(|(regex, rule)| {
        let captures = regex.captures(&shortened)?;
        let fields = regex
            .capture_names()
            .flatten()
            .filter_map(|name| {
                Some((
                    name_of(rule, name)?,
                    captures.name(name)?.as_str().to_owned(),
                ))
            })
            .collect();
        Some(Classified {
            kind: rule.kind,
            explanation: fill(rule.explanation, regex, &captures),
            hint: rule.hint,
            fields,
        })
    })
}

/// The field a group stands for: groups of one rule must differ, so `container2` is another place where `container` is named.
fn field(group: &str) -> &str {
    group.trim_end_matches(|digit: char| digit.is_ascii_digit())
}

/// The field's name as a slice of the rule, which lives as long as the program.
fn name_of(rule: &'static Rule, group: &str) -> Option<&'static str> {
    let start = rule.pattern.find(&format!("<{group}>"))? + 1;
    rule.pattern.get(start..start + field(group).len())
}

fn shorten(message: &str) -> std::borrow::Cow<'_, str> {
    if message.len() <= 2 * MATCHED_BYTES {
        return message.into();
    }
    let head = floor(message, MATCHED_BYTES);
    let tail = floor(message, message.len() - MATCHED_BYTES);
    format!("{}\n{}", &message[..head], &message[tail..]).into()
}

fn floor(text: &str, mut index: usize) -> usize {
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

fn fill(template: &str, regex: &Regex, captures: &Captures<'_>) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('}') else {
            break;
        };
        let wanted = &rest[open + 1..open + close];
        let found = regex
            .capture_names()
            .flatten()
            .filter(|group| field(group) == wanted)
            .find_map(|group| captures.name(group));
        text.push_str(found.map_or("?", |found| found.as_str()));
        rest = &rest[open + close + 1..];
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_every_placeholder_is_a_group() {
        for rule in rules() {
            let regex = Regex::new(rule.pattern)
                .unwrap_or_else(|error| panic!("{}: {error}", rule.pattern));
            let names: Vec<_> = regex.capture_names().flatten().collect();
            for part in rule.explanation.split('{').skip(1) {
                let name = part.split('}').next().unwrap_or_default();
                assert!(names.contains(&name), "{name} in {:?}", rule.explanation);
            }
            assert!(
                !rule.hint.is_empty() && rule.explanation.ends_with('.'),
                "{rule:?}"
            );
        }
    }

    #[derive(serde::Deserialize)]
    struct Vector {
        status: u16,
        message: String,
        kind: String,
    }

    #[test]
    fn the_engines_words_are_recognised() {
        let text = include_str!("../../../../../tests/vectors/errors/engine_messages.json");
        let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
        assert!(vectors.len() > 100);
        for vector in vectors {
            let kind = classify(&vector.message)
                .map_or(ErrorKind::of_status(vector.status), |found| found.kind);
            assert_eq!(kind.as_str(), vector.kind, "{}", vector.message);
        }
    }

    #[test]
    fn unknown_and_odd_messages_are_left_alone() {
        for message in [
            "",
            "\u{0}\u{1}",
            "something nobody has seen",
            &"é".repeat(1 << 20),
        ] {
            assert_eq!(classify(message), None);
        }
    }
}
