//! Runs every vector of `tests/vectors/versions`; Python and Node run the same files.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::case::check_value;
use super::{Finding, to_json};

fn vectors() -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/versions");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let list: Vec<Value> = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            cases.extend(list.into_iter().map(|case| (name.clone(), case)));
        }
    }
    cases
}

/// Findings as objects whose members are sorted, in sorted order: the order of findings is free.
fn plain(list: &Value) -> Vec<String> {
    let mut lines: Vec<String> = list
        .as_array()
        .into_iter()
        .flatten()
        .map(|finding| {
            let mut members: Vec<(String, Value)> = finding
                .as_object()
                .cloned()
                .unwrap_or_default()
                .into_iter()
                .collect();
            members.sort_by(|left, right| left.0.cmp(&right.0));
            Value::Object(members.into_iter().collect::<Map<String, Value>>()).to_string()
        })
        .collect();
    lines.sort();
    lines
}

fn found(findings: &[Finding]) -> Vec<String> {
    plain(&serde_json::from_str(&to_json(findings)).unwrap())
}

#[test]
fn every_vector_gives_what_it_expects() {
    let cases = vectors();
    assert!(cases.len() > 75, "only {} vectors were found", cases.len());
    let mut wrong = Vec::new();
    for (file, case) in &cases {
        let findings =
            check_value(case, false).unwrap_or_else(|error| panic!("{file}: {error}: {case}"));
        let (found, expected) = (found(&findings), plain(&case["expect"]));
        if found != expected {
            wrong.push(format!(
                "{file} {}: found {found:?}, expected {expected:?}",
                case["id"]
            ));
        }
        if let Some(expected) = case.get("unknown") {
            let findings = check_value(case, true).unwrap_or_default();
            let unknown: Vec<Finding> = findings
                .into_iter()
                .filter(|finding| !finding.is_version())
                .collect();
            if self::found(&unknown) != plain(expected) {
                wrong.push(format!(
                    "{file} {}: unknown {:?}, expected {:?}",
                    case["id"],
                    self::found(&unknown),
                    plain(expected)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ids_are_unique_and_say_why() {
    let mut seen = std::collections::BTreeSet::new();
    for (file, case) in vectors() {
        let id = case["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{file}: a case without id"))
            .to_owned();
        assert!(seen.insert(id.clone()), "{id} twice");
        assert!(
            case["expect"] == "ok"
                || case["expect"]
                    .as_array()
                    .is_some_and(|list| !list.is_empty()),
            "{id}"
        );
        assert!(case["evidence"].is_string(), "{id} has no evidence");
    }
}
