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
    fn finds_plain_and_prefixed() {
        assert_eq!(
            key("GET", "/containers/abc/json"),
            Some("GET /containers/{}/json")
        );
        assert_eq!(
            key("GET", "/containers/json?all=1"),
            Some("GET /containers/json")
        );
        assert_eq!(key("get", "/_ping"), Some("GET /_ping"));
        assert_eq!(
            key("DELETE", "/containers/abc/checkpoints/c1"),
            Some("DELETE /containers/{}/checkpoints/{}")
        );
        assert_eq!(key("PUT", "/volumes/v1"), Some("PUT /volumes/{}"));
        let found = find("POST", "/v1.43/containers/create?name=x");
        assert_eq!(
            found.map(|(row, version)| (row.key, version)),
            Some(("POST /containers/create", Some(ApiVersion::v1(43))))
        );
    }

    #[test]
    fn names_may_hold_slashes_where_the_daemon_allows_them() {
        assert_eq!(
            key("GET", "/images/localhost:5000/a/b/json"),
            Some("GET /images/{}/json")
        );
        assert_eq!(key("GET", "/images/json/json"), Some("GET /images/{}/json"));
        assert_eq!(key("DELETE", "/images/a/b/c"), Some("DELETE /images/{}"));
        assert_eq!(
            key("GET", "/distribution/docker.io/library/alpine/json"),
            Some("GET /distribution/{}/json")
        );
        assert_eq!(
            key("POST", "/plugins/vieux/sshfs:latest/enable"),
            Some("POST /plugins/{}/enable")
        );
        assert_eq!(key("GET", "/images/get"), Some("GET /images/get"));
        assert_eq!(key("GET", "/images/a/get"), Some("GET /images/{}/get"));
        assert_eq!(key("GET", "/containers/a/b/json"), None);
        assert_eq!(
            key("GET", "/containers/a%2Fb/json"),
            Some("GET /containers/{}/json")
        );
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        for (method, path) in [
            ("GET", "/"),
            ("GET", ""),
            ("GET", "info"),
            ("GET", "/v1.43"),
            ("PATCH", "/info"),
            ("GET", "/info/"),
            ("GET", "/images//json"),
            ("GET", "/containers//json"),
            ("POST", "/containers/abc/copy"),
            ("GET", "/nowhere"),
        ] {
            assert_eq!(key(method, path), None, "{method} {path}");
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
