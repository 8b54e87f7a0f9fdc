//! Writes entries (parameters, filter keys, body members) as calls of the constructors in `endpoint/entry.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::api::{Object, Outcome, fact, minor};

/// An entry and what is below it, sorted by lower-case name.
pub(crate) struct Node {
    name: String,
    entry: Value,
    members: BTreeMap<String, Node>,
}

impl Node {
    /// A leaf.
    pub(crate) fn leaf(name: &str, entry: Value) -> Self {
        Self {
            name: name.to_owned(),
            entry,
            members: BTreeMap::new(),
        }
    }

    /// The tree of one body table. `""` is the body itself.
    pub(crate) fn body(table: &Object) -> Outcome<Self> {
        let root = table
            .get("")
            .cloned()
            .ok_or("a body table without its root")?;
        let mut tree = Self::leaf("", root);
        let mut paths: Vec<(&String, &Value)> =
            table.iter().filter(|(path, _)| !path.is_empty()).collect();
        paths.sort_by_key(|(path, _)| path.split('.').count());
        for (path, entry) in paths {
            tree.insert(path, entry)?;
        }
        Ok(tree)
    }

    fn insert(&mut self, path: &str, entry: &Value) -> Outcome<()> {
        let names: Vec<&str> = path
            .split('.')
            .map(|part| part.trim_end_matches(['[', ']', '{', '}']))
            .filter(|part| !part.is_empty())
            .collect();
        let (last, parents) = names
            .split_last()
            .ok_or_else(|| format!("{path:?} names nothing"))?;
        let mut node = self;
        for parent in parents {
            node = node
                .members
                .get_mut(&parent.to_ascii_lowercase())
                .ok_or_else(|| format!("{path:?} has no parent {parent:?}"))?;
        }
        match node
            .members
            .insert(last.to_ascii_lowercase(), Self::leaf(last, entry.clone()))
        {
            None => Ok(()),
            Some(old) => Err(format!("{path:?} and {:?} differ only by case", old.name)),
        }
    }

    /// The expression that builds this entry; members are indented below it.
    pub(crate) fn render(&self, indent: usize) -> Outcome<String> {
        let fact = fact(&self.entry).map_err(|error| format!("{}: {error}", self.name))?;
        let (base, shape) = shape(fact.kind)?;
        let keys = fact
            .flags
            .and_then(|flags| flags.get("keys"))
            .and_then(Value::as_object);
        let mut out = match keys {
            Some(keys) if self.name == "filters" => {
                format!("filters(&[{}])", render_keys(keys, indent)?)
            }
            Some(_) => return Err(format!("{} has keys but is not `filters`", self.name)),
            None if base == "object" && self.members.is_empty() => {
                format!("object({:?}, &[])", self.name)
            }
            None if base == "object" => format!(
                "object_of!({:?}, [{}])",
                self.name,
                self.render_members(indent)?
            ),
            None if !self.members.is_empty() => {
                return Err(format!("{} is a {base} with members", self.name));
            }
            None => format!("{}({:?})", constructor(base)?, self.name),
        };
        out.push_str(shape);
        push_versions(&mut out, fact.since, fact.removed);
        if let Some(flags) = fact.flags {
            push_flags(&mut out, flags)?;
        }
        Ok(out)
    }

    fn render_members(&self, indent: usize) -> Outcome<String> {
        render_list(self.members.values(), indent)
    }
}

/// The inside of `&[...]`: nothing, or one entry per line.
pub(crate) fn render_list<'a>(
    nodes: impl Iterator<Item = &'a Node>,
    indent: usize,
) -> Outcome<String> {
    let mut out = String::new();
    for node in nodes {
        let _ = write!(
            out,
            "\n{}{},",
            "    ".repeat(indent + 1),
            node.render(indent + 1)?
        );
    }
    if !out.is_empty() {
        let _ = write!(out, "\n{}", "    ".repeat(indent));
    }
    Ok(out)
}

fn render_keys(keys: &Object, indent: usize) -> Outcome<String> {
    let mut sorted: Vec<(&String, &Value)> = keys.iter().collect();
    sorted.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    let mut lines = vec![String::new()];
    for (name, bounds) in sorted {
        let mut key = format!("text({name:?})");
        push_versions(&mut key, minor(bounds.get(0))?, minor(bounds.get(1))?);
        if lines
            .last()
            .is_some_and(|line| line.len() + key.len() > 100)
        {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            let _ = write!(line, "{}{key},", if line.is_empty() { "" } else { " " });
        }
    }
    let pad = "    ".repeat(indent);
    Ok(format!(
        "\n{}\n{pad}",
        lines
            .iter()
            .map(|line| format!("{pad}    {line}"))
            .collect::<Vec<_>>()
            .join("\n")
    ))
}

fn constructor(base: &str) -> Outcome<&str> {
    match base {
        "string" => Ok("text"),
        "integer" | "number" | "boolean" | "any" => Ok(base),
        _ => Err(format!("unknown type {base:?}")),
    }
}

fn shape(kind: &str) -> Outcome<(&str, &'static str)> {
    let inner = |open: &str, close: &str| {
        kind.strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
    };
    let (base, shape) = if let Some(base) = inner("{[", "]}") {
        (base, ".map_of_lists()")
    } else if let Some(base) = inner("[[", "]]") {
        (base, ".list_of_lists()")
    } else if let Some(base) = inner("[", "]") {
        (base, ".list()")
    } else if let Some(base) = inner("{", "}") {
        (base, ".map()")
    } else {
        (kind, "")
    };
    if base.contains(['[', '{']) {
        Err(format!("unknown type {kind:?}"))
    } else {
        Ok((base, shape))
    }
}

fn push_versions(out: &mut String, since: u8, removed: u8) {
    for (method, minor) in [("since", since), ("removed", removed)] {
        if minor != 0 {
            let _ = write!(out, ".{method}({minor})");
        }
    }
}

fn push_flags(out: &mut String, flags: &Object) -> Outcome<()> {
    for (flag, value) in flags {
        match (flag.as_str(), value.as_str()) {
            ("gate", Some("strip")) => out.push_str(".stripped()"),
            ("gate", Some("reject")) => out.push_str(".rejected()"),
            ("after", Some("reject")) => out.push_str(".then_rejected()"),
            ("gate_min" | "multi" | "linux", _) => {
                let _ = write!(out, ".{flag}({})", minor(Some(value))?);
            }
            ("req", _) => out.push_str(".required()"),
            ("undoc", _) => out.push_str(".undocumented()"),
            ("ro", _) => out.push_str(".output_only()"),
            ("harmless", _) => out.push_str(".harmless()"),
            ("still_read", _) => out.push_str(".still_read()"),
            ("values", _) => push_values(out, value, flags.get("value_gate"))?,
            ("keys" | "value_gate", _) => {}
            _ => return Err(format!("unknown flag {flag:?}: {value}")),
        }
    }
    Ok(())
}

fn push_values(out: &mut String, values: &Value, gates: Option<&Value>) -> Outcome<()> {
    let values = values.as_object().ok_or("`values` is not an object")?;
    let mut list = Vec::new();
    for (name, since) in values {
        let gate = match gates
            .and_then(|gates| gates.get(name))
            .and_then(Value::as_str)
        {
            None => "",
            Some("reject") => ".rejected()",
            Some(other) => return Err(format!("unknown value gate {other:?}")),
        };
        list.push(format!("value({name:?}, {}){gate}", minor(Some(since))?));
    }
    let _ = write!(out, ".values(&[{}])", list.join(", "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(table: Value) -> Outcome<String> {
        let Value::Object(table) = table else {
            return Err("not an object".to_owned());
        };
        Node::body(&table)?.render(0)
    }

    #[test]
    fn a_tree_is_sorted_without_case() {
        let out = rendered(json!({
            "": ["object"],
            "b": ["[string]", "1.30"],
            "A{}.Z[].q": ["{[object]}"],
            "A{}.Z": ["[object]", null, "1.44"],
            "A": ["{object}"],
        }));
        let expected = "object_of!(\"\", [\n    object_of!(\"A\", [\n        object_of!(\"Z\", [\n            object(\"q\", &[]).map_of_lists(),\n        ]).list().removed(44),\n    ]).map(),\n    text(\"b\").list().since(30),\n])";
        assert_eq!(out.as_deref(), Ok(expected));
    }

    #[test]
    fn flags_become_calls() {
        let out = rendered(
            json!({"": ["object"], "T": ["string", "1.25", null, {"value_gate": {"image": "reject"}, "values": {"npipe": "1.32", "image": "1.48"}}],
            "G": ["integer", "1.55", null, {"gate": "strip", "gate_min": "1.55"}]}),
        );
        let out = out.unwrap();
        assert!(out.contains("text(\"T\").since(25).values(&[value(\"npipe\", 32), value(\"image\", 48).rejected()])"), "{out}");
        assert!(
            out.contains("integer(\"G\").since(55).stripped().gate_min(55)"),
            "{out}"
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for table in [
            json!({"": ["object"], "A.B": ["string"]}),
            json!({"": ["object"], "A": ["string"], "a": ["string"]}),
            json!({"": ["object"], "A": ["string", null, null, {"new_flag": true}]}),
            json!({"": ["object"], "A": ["[[[string]]]"]}),
            json!({"": ["object"], "A": ["date"]}),
            json!({"": ["object"], "A": ["string"], "A.B": ["string"]}),
            json!({"": ["object"], "A": ["string", "2.1"]}),
            json!({"A": ["string"]}),
        ] {
            assert!(rendered(table.clone()).is_err(), "{table}");
        }
    }
}
