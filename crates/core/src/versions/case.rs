//! A request to check, written as JSON: the form of the vectors and of the checkers that Python and Node offer to programs.
//! Not on the way of a request that is sent.

use serde_json::{Map, Value};

use super::check::path_query;
use super::{ApiVersion, Behaviour, Finding, behaviours, check, examine};

/// Checks a request given as one JSON object and returns the findings' plain form as a JSON list.
///
/// Members: `method`, `path`, `api_version` (or `apiVersion`), and optionally `query`, `headers` and `body`. In a query, null and an empty
/// list are absent, a list is a repeated parameter, an object is sent as JSON. A body that is a string is the body's text.
/// With `unknown`, names no version knows are reported, too.
///
/// # Errors
/// One sentence that says which member is missing or malformed.
pub fn check_json(case: &str, unknown: bool) -> Result<String, String> {
    let case: Value = serde_json::from_str(case)
        .map_err(|error| format!("the request to check is not JSON: {error}"))?;
    check_value(&case, unknown).map(|findings| super::to_json(&findings))
}

/// The changes of meaning that touch a request given as one JSON object, as [`check_json`] takes it.
///
/// # Errors
/// One sentence that says which member is missing or malformed.
pub fn behaviours_json(case: &str) -> Result<Vec<&'static Behaviour>, String> {
    let case: Value = serde_json::from_str(case)
        .map_err(|error| format!("the request to check is not JSON: {error}"))?;
    let parts = Parts::read(&case)?;
    let found = behaviours(
        &parts.method,
        &parts.path,
        parts.version,
        &parts.query,
        &parts.headers,
        parts.body.as_deref(),
    );
    Ok(found
        .into_iter()
        .filter_map(|finding| finding.behaviour)
        .collect())
}

/// Checks a request given as a JSON object.
pub(crate) fn check_value(case: &Value, unknown: bool) -> Result<Vec<Finding>, String> {
    let parts = Parts::read(case)?;
    let run = if unknown { examine } else { check };
    Ok(run(
        &parts.method,
        &parts.path,
        parts.version,
        &parts.query,
        &parts.headers,
        parts.body.as_deref(),
    ))
}

/// The parts of a request given as JSON.
pub(crate) struct Parts {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) version: ApiVersion,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Parts {
    pub(crate) fn read(case: &Value) -> Result<Self, String> {
        let text = |name: &str| {
            case.get(name)
                .and_then(Value::as_str)
                .ok_or_else(|| format!("`{name}` is missing or not text"))
        };
        let version =
            text("api_version").or_else(|missing| text("apiVersion").map_err(|_| missing))?;
        Ok(Self {
            method: text("method")?.to_owned(),
            path: text("path")?.to_owned(),
            version: version
                .parse()
                .map_err(|error| format!("`api_version`: {error}"))?,
            query: query(case.get("query"))?,
            headers: headers(case.get("headers"))?,
            body: match case.get("body") {
                None | Some(Value::Null) => None,
                Some(Value::String(text)) => Some(text.clone().into_bytes()),
                Some(body) => Some(body.to_string().into_bytes()),
            },
        })
    }
}

fn query(query: Option<&Value>) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::new();
    match query {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => {
            pairs = path_query(&format!("?{}", text.trim_start_matches('?')));
        }
        Some(Value::Object(members)) => {
            for (name, value) in members {
                push_value(name, value, &mut pairs);
            }
        }
        Some(_) => return Err("`query` is neither an object nor text".to_owned()),
    }
    Ok(pairs)
}

fn push_value(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::String(text) => pairs.push((name.to_owned(), text.clone())),
        Value::Array(list) => list.iter().for_each(|value| push_value(name, value, pairs)),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            pairs.push((name.to_owned(), value.to_string()));
        }
    }
}

fn headers(headers: Option<&Value>) -> Result<Vec<(String, String)>, String> {
    let pair = |(name, value): (&String, &Value)| {
        (
            name.clone(),
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned),
        )
    };
    match headers {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Object(members)) => Ok(Map::iter(members)
            .filter(|(_, value)| !value.is_null())
            .map(pair)
            .collect()),
        Some(_) => Err("`headers` is not an object".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_in_json_out() {
        let case = r#"{"method":"GET","path":"/images/json","api_version":"1.41","query":{"filter":"a","all":null,"filters":{"until":["1h"]}}}"#;
        let expected = r#"[{"in":"query","name":"filter","removed":"1.41"},{"in":"query","name":"filters.until","since":"1.44"}]"#;
        assert_eq!(check_json(case, false).as_deref(), Ok(expected));
        let text = r#"{"method":"GET","path":"/images/json","apiVersion":"v1.41","query":"filter=a&filters=%7B%22until%22:[]%7D"}"#;
        assert_eq!(check_json(text, false).as_deref(), Ok(expected));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |case: &str| check_json(case, false).unwrap_err();
        assert!(error("{").starts_with("the request to check is not JSON"));
        assert_eq!(error("{}"), "`api_version` is missing or not text");
        assert!(
            error(r#"{"api_version":"7","method":"GET","path":"/"}"#)
                .contains("\"7\" is not an API version")
        );
        assert_eq!(
            error(r#"{"api_version":"1.43","method":"GET"}"#),
            "`path` is missing or not text"
        );
        assert!(
            error(r#"{"api_version":"1.43","method":"GET","path":"/","query":1}"#)
                .contains("`query`")
        );
        assert!(
            error(r#"{"api_version":"1.43","method":"GET","path":"/","headers":[]}"#)
                .contains("`headers`")
        );
    }
}
