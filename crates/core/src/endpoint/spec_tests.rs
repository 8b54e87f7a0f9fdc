//! Compares the table that was compiled with the facts, member by member and in both directions. The generator has no part in this.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Entry, Gate, Row, Shape, Status, Type, rows};

fn facts() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../dev/api/operations.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn version(minor: u8) -> Value {
    if minor == 0 {
        Value::Null
    } else {
        Value::from(format!("1.{minor}"))
    }
}

/// An entry as the facts write it: type, since, removed, flags.
fn as_fact(entry: &Entry) -> Value {
    let base = match entry.kind {
        Type::String => "string",
        Type::Integer => "integer",
        Type::Number => "number",
        Type::Boolean => "boolean",
        Type::Object => "object",
        Type::Any => "any",
    };
    let kind = match entry.shape {
        Shape::One => base.to_owned(),
        Shape::List => format!("[{base}]"),
        Shape::ListOfLists => format!("[[{base}]]"),
        Shape::Map => format!("{{{base}}}"),
        Shape::MapOfLists => format!("{{[{base}]}}"),
    };
    json!([
        kind,
        version(entry.since),
        version(entry.removed),
        flags(entry)
    ])
}

fn flags(entry: &Entry) -> Map<String, Value> {
    let mut flags = Map::new();
    for (name, gate) in [("gate", entry.gate), ("after", entry.after)] {
        match gate {
            Gate::None => {}
            Gate::Strip => drop(flags.insert(name.to_owned(), json!("strip"))),
            Gate::Reject => drop(flags.insert(name.to_owned(), json!("reject"))),
        }
    }
    for (name, minor) in [
        ("gate_min", entry.gate_min),
        ("multi", entry.multi),
        ("linux", entry.linux),
    ] {
        if minor != 0 {
            flags.insert(name.to_owned(), version(minor));
        }
    }
    let yes = [
        ("req", entry.required),
        ("undoc", entry.undocumented),
        ("ro", entry.output_only),
        ("harmless", entry.harmless),
        ("still_read", entry.still_read),
    ];
    flags.extend(
        yes.iter()
            .filter(|(_, on)| *on)
            .map(|(name, _)| ((*name).to_owned(), json!(true))),
    );
    if !entry.values.is_empty() {
        flags.insert(
            "values".to_owned(),
            entry
                .values
                .iter()
                .map(|value| (value.name.to_owned(), version(value.since)))
                .collect(),
        );
        let gates: Map<String, Value> = entry
            .values
            .iter()
            .filter(|value| value.gate == Gate::Reject)
            .map(|value| (value.name.to_owned(), json!("reject")))
            .collect();
        if !gates.is_empty() {
            flags.insert("value_gate".to_owned(), gates.into());
        }
    }
    if entry.name == "filters" && entry.kind == Type::String && !entry.members.is_empty() {
        let keys = entry.members.iter().map(|key| {
            (
                key.name.to_owned(),
                json!([version(key.since), version(key.removed)]),
            )
        });
        flags.insert("keys".to_owned(), keys.collect());
    }
    flags
}

/// A fact with everything it may leave out.
fn full(fact: &Value) -> Value {
    let at = |index: usize| fact.get(index).cloned().unwrap_or_default();
    let flags = at(3);
    json!([
        at(0),
        at(1),
        at(2),
        if flags.is_null() { json!({}) } else { flags }
    ])
}

/// Compares without regard to the order of members.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members
                .iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect();
            format!("{members:?}")
        }
        Value::Array(list) => format!("{:?}", list.iter().map(sorted).collect::<Vec<_>>()),
        other => other.to_string(),
    }
}

fn body_facts(entry: &Entry, path: &str, out: &mut BTreeMap<String, String>) {
    out.insert(path.to_owned(), sorted(&as_fact(entry)));
    let around = match entry.shape {
        Shape::One => "",
        Shape::List => "[]",
        Shape::ListOfLists => "[][]",
        Shape::Map => "{}",
        Shape::MapOfLists => "{}[]",
    };
    for member in entry.members {
        let below = format!("{path}{around}");
        let dot = if below.is_empty() { "" } else { "." };
        body_facts(member, &format!("{below}{dot}{}", member.name), out);
    }
}

fn statuses(list: &[Status]) -> Value {
    let bounds = |status: &Status| {
        if status.removed == 0 {
            version(status.since)
        } else {
            json!([version(status.since), version(status.removed)])
        }
    };
    list.iter()
        .map(|status| (status.code.to_string(), bounds(status)))
        .collect::<Map<_, _>>()
        .into()
}

fn names<T: std::fmt::Debug>(list: &[T]) -> Vec<String> {
    list.iter()
        .map(|item| format!("{item:?}").to_lowercase())
        .collect()
}

fn words(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|word| word.replace('-', ""))
        .collect()
}

fn params(row: &Row) -> BTreeMap<String, String> {
    let named = |kind: &'static str| {
        move |entry: &Entry| (format!("{kind}:{}", entry.name), sorted(&as_fact(entry)))
    };
    row.query
        .iter()
        .map(named("query"))
        .chain(row.headers.iter().map(named("header")))
        .collect()
}

#[test]
fn every_operation_and_nothing_else() {
    let facts = facts();
    let operations = facts["operations"].as_object().unwrap();
    assert_eq!(
        rows()
            .map(|row| row.key)
            .collect::<std::collections::BTreeSet<_>>(),
        operations.keys().map(String::as_str).collect()
    );
    for row in rows() {
        let fact = &operations[row.key];
        assert_eq!(fact["path"], row.path);
        assert_eq!(fact["since"], version(row.since), "{}", row.key);
        assert_eq!(fact["removed"], version(row.removed), "{}", row.key);
        let none = json!({});
        assert_eq!(
            sorted(fact.get("ok").unwrap_or(&none)),
            sorted(&statuses(row.ok)),
            "{}",
            row.key
        );
        assert_eq!(
            sorted(fact.get("err").unwrap_or(&none)),
            sorted(&statuses(row.err)),
            "{}",
            row.key
        );
        assert_eq!(words(&fact["mode"]), names(row.mode), "{}", row.key);
        assert_eq!(words(&fact["produces"]), names(row.produces), "{}", row.key);
        assert_eq!(words(&fact["consumes"]), names(row.consumes), "{}", row.key);
        let flags = &fact["flags"];
        assert_eq!(
            flags["experimental_until"],
            version(row.experimental_until),
            "{}",
            row.key
        );
        assert_eq!(flags["deprecated"], version(row.deprecated), "{}", row.key);
        assert_eq!(
            (flags["experimental"] == true, flags["undoc"] == true),
            (row.experimental, row.undocumented),
            "{}",
            row.key
        );
    }
}

#[test]
fn every_parameter_and_nothing_else() {
    let facts = facts();
    for row in rows() {
        let fact = facts["operations"][row.key]["params"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        let wanted = fact
            .iter()
            .filter(|(name, _)| !name.starts_with("path:"))
            .map(|(name, fact)| (name.clone(), sorted(&full(fact))));
        assert_eq!(
            wanted.collect::<BTreeMap<_, _>>(),
            params(row),
            "{}",
            row.key
        );
    }
}

#[test]
fn every_body_member_and_nothing_else() {
    let facts = facts();
    for row in rows() {
        let body = facts["operations"][row.key]
            .get("body")
            .and_then(Value::as_str);
        assert_eq!(body.is_some(), row.body.is_some(), "{}", row.key);
        let (Some(body), Some(root)) = (body, row.body) else {
            continue;
        };
        let mut found = BTreeMap::new();
        body_facts(root, "", &mut found);
        let wanted = facts["bodies"][body]
            .as_object()
            .unwrap()
            .iter()
            .map(|(path, fact)| (path.clone(), sorted(&full(fact))));
        assert_eq!(wanted.collect::<BTreeMap<_, _>>(), found, "{}", row.key);
    }
}

#[test]
fn engines_are_the_listed_ones() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../dev/api/behaviours.json");
    let facts: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let ours: Vec<Value> = crate::versions::ENGINES
        .iter()
        .map(|engine| json!({"engine": engine.release, "max_api": engine.max_api.to_string(), "min_api": engine.min_api.to_string()}))
        .collect();
    assert_eq!(facts["engines"], Value::from(ours));
    let behaviours = facts["behaviours"].as_array().unwrap();
    assert_eq!(behaviours.len(), crate::versions::BEHAVIOURS.len());
    for (fact, ours) in behaviours.iter().zip(crate::versions::BEHAVIOURS) {
        assert_eq!(
            (&fact["what"], &fact["consequence"], &fact["hint"]),
            (
                &json!(ours.what),
                &json!(ours.consequence),
                &json!(ours.hint)
            )
        );
        assert_eq!(
            fact["version"]
                .as_str()
                .unwrap()
                .replace("engine", "Engine"),
            ours.origin.to_string().replace("API ", "")
        );
        assert_eq!(
            (&fact["area"], &fact["versioned"]),
            (&json!(ours.area), &json!(ours.versioned))
        );
    }
}
