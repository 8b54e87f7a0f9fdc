//! From a method and a path, as they are sent, to the row.

use super::row::Row;
use super::table::{ALL, rows_for};
use crate::versions::ApiVersion;

/// The row that serves `method` and `path`, and the version named in the path.
///
/// The path may start with `/vX.Y` and may carry a query string. Names of images, plugins and distribution
/// may contain slashes, as the daemon's router allows there.
#[must_use]
pub fn find(method: &str, path: &str) -> Option<(&'static Row, Option<ApiVersion>)> {
    let (version, path) = split(path);
    let first = path.strip_prefix('/')?.split('/').next()?;
    rows_for(first)
        .iter()
        .find(|row| row.method().eq_ignore_ascii_case(method) && matches(row.path, path))
        .map(|row| (row, version))
}

/// The row with this key, such as `GET /containers/{}/json`.
#[must_use]
pub fn by_key(key: &str) -> Option<&'static Row> {
    rows().find(|row| row.key == key)
}

/// Every row of the table.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    ALL.iter().flat_map(|resource| resource.iter())
}

/// Takes the version prefix and the query string off a path.
pub(crate) fn split(path: &str) -> (Option<ApiVersion>, &str) {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    match ApiVersion::split_prefix(path) {
        Some((version, rest)) => (Some(version), rest),
        None => (None, path),
    }
}

fn matches(template: &str, path: &str) -> bool {
    let Some((before, rest)) = template.split_once('{') else {
        return template == path;
    };
    let Some((_, after)) = rest.split_once('}') else {
        return false;
    };
    if after.contains('{') {
        return matches_segments(template, path);
    }
    let name = path
        .strip_prefix(before)
        .and_then(|path| path.strip_suffix(after));
    name.is_some_and(|name| !name.is_empty() && (takes_slashes(before) || !name.contains('/')))
}

fn takes_slashes(before: &str) -> bool {
    matches!(before, "/images/" | "/plugins/" | "/distribution/")
}

fn matches_segments(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(want), Some(got))
                if want == got || (want.starts_with('{') && !got.is_empty()) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(method: &str, path: &str) -> Option<&'static str> {
        find(method, path).map(|(row, _)| row.key)
    }

    #[test]
    fn vectors() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/vectors/requests/rows.json"
        );
        let cases: Vec<serde_json::Value> =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        assert!(cases.len() > 30);
        for case in cases {
            let found = find(
                case["method"].as_str().unwrap(),
                case["path"].as_str().unwrap(),
            );
            assert_eq!(
                found.map(|(row, _)| row.key),
                case["row"].as_str(),
                "{case}"
            );
            let version = found
                .and_then(|(_, version)| version)
                .map(|version| version.to_string());
            assert_eq!(version.as_deref(), case["version"].as_str(), "{case}");
        }
    }

    #[test]
    fn every_row_is_found_by_its_own_path() {
        for row in rows() {
            let path = row.path.replace('{', "x").replace('}', "y");
            assert_eq!(key(row.method(), &path), Some(row.key));
            assert_eq!(key(row.method(), &format!("/v1.44{path}")), Some(row.key));
            assert_eq!(by_key(row.key), Some(row));
        }
        assert_eq!(rows().count(), 113);
    }
}
