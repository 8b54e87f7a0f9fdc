//! The facts, as `operations.json` and `behaviours.json` hold them.

use std::path::Path;

use serde_json::{Map, Value};

/// A JSON object in the order of its file.
pub(crate) type Object = Map<String, Value>;

/// Anything that goes wrong here ends the program with one sentence.
pub(crate) type Outcome<T> = Result<T, String>;

/// Both fact files.
pub(crate) struct Api {
    pub(crate) operations: Object,
    pub(crate) bodies: Object,
    pub(crate) engines: Vec<Value>,
    pub(crate) behaviours: Vec<Value>,
}

impl Api {
    /// Reads the facts from a folder.
    pub(crate) fn load(folder: &Path) -> Outcome<Self> {
        let mut operations = read(&folder.join("operations.json"))?;
        let mut behaviours = read(&folder.join("behaviours.json"))?;
        Ok(Self {
            operations: take_object(&mut operations, "operations")?,
            bodies: take_object(&mut operations, "bodies")?,
            engines: take_list(&mut behaviours, "engines")?,
            behaviours: take_list(&mut behaviours, "behaviours")?,
        })
    }
}

fn read(path: &Path) -> Outcome<Value> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn take_object(file: &mut Value, name: &str) -> Outcome<Object> {
    match file.get_mut(name).map(Value::take) {
        Some(Value::Object(object)) => Ok(object),
        _ => Err(format!("the facts lack the object {name:?}")),
    }
}

fn take_list(file: &mut Value, name: &str) -> Outcome<Vec<Value>> {
    match file.get_mut(name).map(Value::take) {
        Some(Value::Array(list)) => Ok(list),
        _ => Err(format!("the facts lack the list {name:?}")),
    }
}

/// A fact `[type, since, removed, flags]` with its optional members filled in.
pub(crate) struct Fact<'a> {
    pub(crate) kind: &'a str,
    pub(crate) since: u8,
    pub(crate) removed: u8,
    pub(crate) flags: Option<&'a Object>,
}

/// Reads one ENTRY.
pub(crate) fn fact(value: &Value) -> Outcome<Fact<'_>> {
    let list = value
        .as_array()
        .ok_or_else(|| format!("{value} is not an entry"))?;
    let kind = list
        .first()
        .and_then(Value::as_str)
        .ok_or_else(|| format!("{value} has no type"))?;
    let flags = list.get(3).and_then(Value::as_object);
    Ok(Fact {
        kind,
        since: minor(list.get(1))?,
        removed: minor(list.get(2))?,
        flags,
    })
}

/// The number after the dot of a version; 0 for null or nothing.
pub(crate) fn minor(version: Option<&Value>) -> Outcome<u8> {
    match version {
        None | Some(Value::Null) => Ok(0),
        Some(Value::String(text)) => text
            .strip_prefix("1.")
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| format!("{text:?} is not a version 1.x")),
        Some(other) => Err(format!("{other} is not a version")),
    }
}

/// The text under `name`, or an error that shows the object.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> Outcome<&'a str> {
    object
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("no {name:?} in {object}"))
}

/// The resource file an operation belongs to, by the first part of its path.
pub(crate) fn resource(key: &str) -> &'static str {
    let path = key.split(' ').nth(1).unwrap_or_default();
    match path.split('/').nth(1).unwrap_or_default() {
        "build" => "build",
        "commit" => "commit",
        "configs" => "configs",
        "containers" => "containers",
        "distribution" => "distribution",
        "exec" => "exec",
        "grpc" | "session" => "session",
        "images" => "images",
        "networks" => "networks",
        "nodes" => "nodes",
        "plugins" => "plugins",
        "secrets" => "secrets",
        "services" => "services",
        "swarm" => "swarm",
        "tasks" => "tasks",
        "volumes" => "volumes",
        _ => "system",
    }
}
