//! A request in hand, for the rules that recognise a change of meaning: its row, version, query and body, looked at lazily.

use std::cell::OnceCell;

use serde_json::Value;

use super::ApiVersion;
use super::check::path_query;
use crate::endpoint::{self, Row};

/// A request.
pub(super) struct Call<'a> {
    pub(super) row: Option<&'static Row>,
    pub(super) path: &'a str,
    pub(super) version: ApiVersion,
    query: Vec<(String, String)>,
    headers: &'a [(String, String)],
    body: Option<&'a [u8]>,
    parsed: OnceCell<Value>,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        row: Option<&'static Row>,
        path: &'a str,
        version: ApiVersion,
        query: &[(String, String)],
        headers: &'a [(String, String)],
        body: Option<&'a [u8]>,
    ) -> Self {
        let (prefix, plain) = endpoint::split(path);
        let mut pairs = path_query(path);
        pairs.extend_from_slice(query);
        Self {
            row,
            path: plain,
            version: prefix.unwrap_or(version),
            query: pairs,
            headers,
            body,
            parsed: OnceCell::new(),
        }
    }

    /// The operation, such as `POST /volumes/prune`; empty when it is not in the table.
    pub(super) fn key(&self) -> &'static str {
        self.row.map_or("", |row| row.key)
    }

    /// The first value of a query parameter.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    }

    /// How often a query parameter is given.
    pub(super) fn count(&self, name: &str) -> usize {
        self.query.iter().filter(|(given, _)| given == name).count()
    }

    /// Whether a query parameter says yes, as the daemon reads booleans.
    pub(super) fn says_yes(&self, name: &str) -> bool {
        self.query(name).is_some_and(is_yes)
    }

    /// Whether a header is sent.
    pub(super) fn has_header(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|(given, _)| given.eq_ignore_ascii_case(name))
    }

    /// The values of a filter key, whether they came as a list, as a map of flags or alone.
    pub(super) fn filter(&self, key: &str) -> Option<Vec<String>> {
        let filters: Value = serde_json::from_str(self.query("filters")?).ok()?;
        match filters.get(key)? {
            Value::Null => None,
            Value::Array(list) => Some(list.iter().map(word).collect()),
            Value::Object(flags) => Some(
                flags
                    .iter()
                    .filter(|(_, on)| **on != Value::Bool(false))
                    .map(|(name, _)| name.clone())
                    .collect(),
            ),
            other => Some(vec![word(other)]),
        }
    }

    /// A part of the JSON body by its path, whatever the case of its names. `None` when absent or null.
    pub(super) fn body(&self, path: &str) -> Option<&Value> {
        let body = self.body?;
        let root = self
            .parsed
            .get_or_init(|| serde_json::from_slice(body).unwrap_or_default());
        member(root, path)
    }

    /// The text of a body part.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.body(path)?.as_str()
    }

    /// The elements of a body part that is a list.
    pub(super) fn list(&self, path: &str) -> &[Value] {
        self.body(path)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    /// The entries of a body part that is a map.
    pub(super) fn entries(&self, path: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.body(path)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.as_str(), value))
    }
}

/// A member of a JSON value by its path; names match without case. An empty path is the value itself.
pub(super) fn member<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut value = value;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        value = value
            .as_object()?
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)?;
    }
    (!value.is_null()).then_some(value)
}

/// What the daemon takes for true.
pub(super) fn is_yes(value: &str) -> bool {
    !matches!(
        value.trim().to_ascii_lowercase().as_str(),
        "" | "0" | "no" | "false" | "none"
    )
}

fn word(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
