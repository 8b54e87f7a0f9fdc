//! `cargo dev check-spec`: the table agrees with the facts, and whoever names an engine path names a row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::api::{Api, Outcome};
use crate::literals::{self, Use};
use crate::output::Output;

/// Paths that are no row and are used all the same, with the reason.
const KNOWN: &[(&str, &str)] = &[(
    "POST /containers/{}/copy",
    "the engine dropped it at API 1.24; dockerode still has the method",
)];

/// What engine paths begin with, whether or not the table has such rows: a literal of Node that begins so is one.
const FIRSTS: &[&str] = &[
    "_ping",
    "auth",
    "build",
    "commit",
    "configs",
    "containers",
    "distribution",
    "events",
    "exec",
    "grpc",
    "images",
    "info",
    "networks",
    "nodes",
    "plugins",
    "secrets",
    "services",
    "session",
    "swarm",
    "system",
    "tasks",
    "version",
    "volumes",
];

/// Checks; returns what was seen, or everything that is wrong.
pub(crate) fn check(root: &Path, newer: Option<&Path>) -> Outcome<Vec<String>> {
    let api = Api::load(&root.join("crates/dev/api"))?;
    let mut wrong = table(root, &api)?;
    if let Some(folder) = newer {
        wrong.extend(facts(&api, &Api::load(folder)?));
    }
    let rows = Rows::of(&api);
    let python = literals::python(root)?;
    let node = literals::node(root, FIRSTS)?;
    wrong.extend(
        python
            .iter()
            .chain(&node)
            .filter_map(|found| rows.complaint(found)),
    );
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    let used: BTreeSet<&str> = python
        .iter()
        .chain(&node)
        .filter_map(|found| found.path.as_deref())
        .collect();
    let unused = rows
        .methods
        .keys()
        .filter(|path| !used.contains(path.as_str()))
        .count();
    Ok(vec![
        format!("{}: the table agrees with the facts", counts(&api)),
        format!(
            "{} paths in Python and {} in Node are rows; {unused} of {} paths are used by neither",
            python.len(),
            node.len(),
            rows.methods.len()
        ),
    ])
}

fn counts(api: &Api) -> String {
    let params: usize = api
        .operations
        .values()
        .filter_map(|operation| operation.get("params")?.as_object())
        .map(serde_json::Map::len)
        .sum();
    let members: usize = api
        .bodies
        .values()
        .filter_map(Value::as_object)
        .map(serde_json::Map::len)
        .sum();
    format!(
        "{} operations, {params} parameters, {members} body members",
        api.operations.len()
    )
}

/// The checked-in table against what the facts give.
fn table(root: &Path, api: &Api) -> Outcome<Vec<String>> {
    let mut output = Output::default();
    crate::rows::generate(api, &mut output)?;
    crate::facts::generate(api, &mut output)?;
    output.differences(root)
}

/// The checked-in facts against a newer set.
fn facts(ours: &Api, theirs: &Api) -> Vec<String> {
    let mut wrong = Vec::new();
    for (what, ours, theirs) in [
        ("operation", &ours.operations, &theirs.operations),
        ("body", &ours.bodies, &theirs.bodies),
    ] {
        let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        let differ = keys
            .into_iter()
            .filter(|key| ours.get(*key) != theirs.get(*key));
        wrong.extend(differ.map(|key| format!("the {what} `{key}` differs from the given facts: run `cargo dev generate --api DIR`")));
    }
    if (&ours.engines, &ours.behaviours) != (&theirs.engines, &theirs.behaviours) {
        wrong.push(
            "behaviours.json differs from the given facts: run `cargo dev generate --api DIR`"
                .to_owned(),
        );
    }
    wrong
}

struct Rows {
    /// Path to its methods.
    methods: BTreeMap<String, BTreeSet<String>>,
}

impl Rows {
    fn of(api: &Api) -> Self {
        let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (method, path) in api.operations.keys().filter_map(|key| key.split_once(' ')) {
            methods
                .entry(path.to_owned())
                .or_default()
                .insert(method.to_owned());
        }
        Self { methods }
    }

    fn complaint(&self, found: &Use) -> Option<String> {
        let place = format!("{}:{}", found.file, found.line);
        let Some(path) = &found.path else {
            return Some(format!(
                "{place}: the path is not a literal; write the template where it is used"
            ));
        };
        let key = |method: &str| format!("{method} {path}");
        let known = |method: &Option<String>| {
            KNOWN.iter().any(|(row, _)| {
                method
                    .as_ref()
                    .map_or(row.ends_with(path.as_str()), |method| *row == key(method))
            })
        };
        match (self.methods.get(path), &found.method) {
            (Some(methods), Some(method)) if !methods.contains(method) && !known(&found.method) => {
                let methods: Vec<&str> = methods.iter().map(String::as_str).collect();
                Some(format!(
                    "{place}: `{}` is not in the table; this path has {}",
                    key(method),
                    methods.join(", ")
                ))
            }
            (None, method) if !known(method) => {
                Some(format!("{place}: `{path}` is not in the table"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        let methods = |list: &[&str]| list.iter().map(|method| (*method).to_owned()).collect();
        Rows {
            methods: [
                ("/info".to_owned(), methods(&["GET"])),
                ("/volumes/{}".to_owned(), methods(&["DELETE", "GET", "PUT"])),
            ]
            .into(),
        }
    }

    fn said(method: Option<&str>, path: Option<&str>) -> Option<String> {
        rows().complaint(&Use {
            file: "f".to_owned(),
            line: 7,
            method: method.map(str::to_owned),
            path: path.map(str::to_owned),
        })
    }

    #[test]
    fn a_row_is_fine() {
        assert_eq!(said(Some("GET"), Some("/info")), None);
        assert_eq!(said(None, Some("/volumes/{}")), None);
        assert_eq!(said(Some("POST"), Some("/containers/{}/copy")), None);
    }

    #[test]
    fn what_is_no_row_is_named() {
        assert_eq!(
            said(Some("POST"), Some("/info")).as_deref(),
            Some("f:7: `POST /info` is not in the table; this path has GET")
        );
        assert_eq!(
            said(None, Some("/inof")).as_deref(),
            Some("f:7: `/inof` is not in the table")
        );
        assert_eq!(
            said(None, None).as_deref(),
            Some("f:7: the path is not a literal; write the template where it is used")
        );
    }

    /// Whatever row Python or Node use: without it, the check fails and names who uses it.
    #[test]
    fn every_used_row_is_missed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut api = Api::load(&root.join("crates/dev/api")).unwrap();
        let all = Rows::of(&api);
        let python = literals::python(&root).unwrap();
        let node = literals::node(&root, FIRSTS).unwrap();
        assert!(python.len() > 80 && node.len() > 80);
        for (uses, folder) in [(&python, "python/"), (&node, "node/")] {
            for path in uses.iter().filter_map(|found| found.path.as_ref()) {
                let methods = all.methods.get(path).into_iter().flatten();
                let taken: Vec<_> = methods
                    .map(|method| format!("{method} {path}"))
                    .filter_map(|key| api.operations.remove_entry(&key))
                    .collect();
                let less = Rows::of(&api);
                let complaint = uses
                    .iter()
                    .filter_map(|found| less.complaint(found))
                    .find(|text| text.contains(&format!("`{path}`")));
                assert!(
                    taken.is_empty() || complaint.is_some_and(|text| text.starts_with(folder)),
                    "{path} may be missing from the table unnoticed"
                );
                api.operations.extend(taken);
            }
        }
    }

    #[test]
    fn every_row_begins_as_paths_do() {
        let api = Api::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("api")).unwrap();
        for path in Rows::of(&api).methods.keys() {
            let first = path.split('/').nth(1).unwrap_or_default();
            assert!(FIRSTS.contains(&first), "{path}");
        }
    }
}
