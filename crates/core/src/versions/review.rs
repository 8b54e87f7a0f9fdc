//! What a client looks at before it sends a request: everything a check finds, and the changes of meaning worth a word.

use super::ApiVersion;
use super::check::run_row;
use super::finding::{Finding, FindingKind, Location};
use super::touched::touching;
use crate::endpoint::{self, Row};

/// Names that docker-py and dockerode send of themselves, which no version knows in these requests. Engines overlook them.
const OF_THE_ORIGINALS: &[(&str, &str)] = &[
    ("GET /containers/json", "before"),
    ("GET /containers/json", "since"),
    ("GET /containers/json", "trunc_cmd"),
    ("GET /images/json", "only_ids"),
    ("POST /containers/{}/exec", "Container"),
    ("POST /images/{}/tag", "force"),
];

/// Changes that, once in force, do what such a request says.
const AS_ASKED: &[&str] = &[
    "1.29-networks-semantics",
    "1.40-containers-semantics",
    "1.41-containers-status",
    "1.41-stats-semantics",
    "1.44-networks-status",
    "1.48-images-default",
    "1.55-containers-semantics",
];

/// What [`super::examine`] finds, and the [`super::behaviours`] that touch the request: less what docker-py and dockerode send of themselves, what
/// engines refuse loudly anyway (a path that does not exist), and changes that do what such a request says.
#[must_use]
pub fn review(
    method: &str,
    path: &str,
    api_version: ApiVersion,
    headers: &[(String, String)],
    body: Option<&[u8]>,
) -> Vec<Finding> {
    let found = endpoint::find(method, path);
    let row = found.map(|(row, _)| row);
    let spoken = found.and_then(|(_, prefix)| prefix).unwrap_or(api_version);
    let mut findings = run_row(found, method, path, api_version, &[], headers, body, true);
    findings.retain(|finding| finding.kind != FindingKind::Unknown || surprises(row, finding));
    let changes = touching(row, method, path, api_version, &[], headers, body);
    findings.extend(changes.into_iter().filter(|change| tells(change, spoken)));
    findings
}

fn surprises(row: Option<&'static Row>, unknown: &Finding) -> bool {
    let key = row.map_or("", |row| row.key);
    unknown.location != Location::Operation
        && !OF_THE_ORIGINALS.contains(&(key, unknown.name.as_str()))
}

fn tells(change: &Finding, spoken: ApiVersion) -> bool {
    let in_force = change.version.is_some_and(|since| since <= spoken);
    change
        .behaviour
        .is_some_and(|behaviour| !in_force || !AS_ASKED.contains(&behaviour.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::versions::{behaviour, examine};

    fn found(method: &str, path: &str, body: &str) -> Vec<String> {
        let body = (!body.is_empty()).then_some(body.as_bytes());
        review(method, path, ApiVersion::NEWEST, &[], body)
            .into_iter()
            .map(|finding| {
                finding
                    .behaviour
                    .map_or(finding.name, |behaviour| behaviour.id.to_owned())
            })
            .collect()
    }

    #[test]
    fn what_the_originals_send_is_no_mistake_of_the_caller() {
        for (key, name) in OF_THE_ORIGINALS {
            let (method, path) = key.split_once(' ').unwrap();
            let row = endpoint::by_key(key).unwrap();
            let path = path.replace("{}", "x");
            let (path, body) = if row.body.is_some() {
                (path, format!("{{\"{name}\":\"x\"}}"))
            } else {
                (format!("{path}?{name}=1"), String::new())
            };
            assert!(found(method, &path, &body).is_empty(), "{key} {name}");
            let all = examine(
                method,
                &path,
                ApiVersion::NEWEST,
                &[],
                &[],
                Some(body.as_bytes()),
            );
            assert_eq!(all.len(), 1, "{key} {name}");
        }
        assert_eq!(found("GET", "/containers/json?trunk=1", ""), ["trunk"]);
    }

    #[test]
    fn changes_that_do_what_is_asked_are_not_told() {
        for id in AS_ASKED {
            assert!(behaviour(id).is_some(), "{id}");
        }
        let update = r#"{"PidsLimit":5}"#;
        assert!(found("POST", "/v1.44/containers/a/update", update).is_empty());
        assert_eq!(
            found("POST", "/v1.39/containers/a/update", update),
            ["PidsLimit", "1.40-containers-semantics"]
        );
        assert_eq!(
            found("POST", "/volumes/prune", ""),
            ["1.42-volumes-default"]
        );
    }

    #[test]
    fn a_path_that_does_not_exist_is_refused_by_the_engine_itself() {
        assert!(found("GET", "/nowhere", "").is_empty());
    }
}
