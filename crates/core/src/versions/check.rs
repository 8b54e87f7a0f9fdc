//! Checks a request against the table: what the version does not know, and what no version knows.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::finding::{Finding, FindingKind, Location};
use super::scan::Cursor;
use super::{ApiVersion, body, suggest};
use crate::endpoint::{self, Entry, Row, at, known};

/// What the version does not know of this request. Names no version knows are another matter: see [`examine`].
///
/// The path may carry a version prefix, which then is the version that counts, and a query string, which is checked too.
/// `query` holds decoded pairs; a repeated parameter stands there more than once.
#[must_use]
pub fn check(
    method: &str,
    path: &str,
    api_version: ApiVersion,
    query: &[(String, String)],
    headers: &[(String, String)],
    body: Option<&[u8]>,
) -> Vec<Finding> {
    run(method, path, api_version, query, headers, body, false)
}

/// What [`check`] finds, and the names no version knows, with what may have been meant.
#[must_use]
pub fn examine(
    method: &str,
    path: &str,
    api_version: ApiVersion,
    query: &[(String, String)],
    headers: &[(String, String)],
    body: Option<&[u8]>,
) -> Vec<Finding> {
    run(method, path, api_version, query, headers, body, true)
}

fn run(
    method: &str,
    path: &str,
    api_version: ApiVersion,
    query: &[(String, String)],
    headers: &[(String, String)],
    body: Option<&[u8]>,
    unknown: bool,
) -> Vec<Finding> {
    let found = endpoint::find(method, path);
    run_row(
        found,
        method,
        path,
        api_version,
        query,
        headers,
        body,
        unknown,
    )
}

/// A check of a request whose row is known.
#[expect(clippy::too_many_arguments, reason = "the parts of a request")]
pub(super) fn run_row(
    found: Option<(&'static Row, Option<ApiVersion>)>,
    method: &str,
    path: &str,
    api_version: ApiVersion,
    query: &[(String, String)],
    headers: &[(String, String)],
    body: Option<&[u8]>,
    unknown: bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some((row, prefix)) = found else {
        if unknown {
            findings.push(unknown_operation(method, path));
        }
        return findings;
    };
    let version = prefix.unwrap_or(api_version);
    if !row.known(version) {
        findings.push(operation(row, version));
        return findings;
    }
    let in_path = path_query(path);
    let mut check = Check {
        row,
        version,
        unknown,
        findings,
    };
    check.query(&in_path, query);
    check.headers(headers);
    if let Some(body) = body {
        body::check(row, version, body, unknown, &mut check.findings);
    }
    check.findings
}

/// The decoded pairs of the query string in a path.
pub(super) fn path_query(path: &str) -> Vec<(String, String)> {
    let Some((_, query)) = path.split_once('?') else {
        return Vec::new();
    };
    let query = query.split('#').next().unwrap_or_default();
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name).into_owned(), decode(value).into_owned())
    };
    query
        .split('&')
        .filter(|text| !text.is_empty())
        .map(pair)
        .collect()
}

fn decode(text: &str) -> Cow<'_, str> {
    if text.contains('+') {
        return Cow::Owned(
            percent_decode_str(&text.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned(),
        );
    }
    percent_decode_str(text).decode_utf8_lossy()
}

/// Names that clients put among their options for themselves and that therefore reach the engine: it ignores them by design.
pub(super) fn is_client_side(name: &str) -> bool {
    matches!(name, "hijack" | "stdin")
}

/// Which bound a version is outside of.
pub(super) enum Bound {
    Since(u8),
    Removed(u8),
}

/// The bound that keeps `version` from knowing the entry.
pub(super) fn bound(entry: &Entry, version: ApiVersion) -> Option<Bound> {
    if entry.since != 0 && version < at(entry.since) {
        return Some(Bound::Since(entry.since));
    }
    (entry.removed != 0 && version >= at(entry.removed)).then_some(Bound::Removed(entry.removed))
}

impl Bound {
    /// The finding, unless leaving the part in does no harm.
    pub(super) fn finding(
        &self,
        entry: &Entry,
        location: Location,
        name: impl FnOnce() -> String,
    ) -> Option<Finding> {
        let (kind, minor) = match self {
            Self::Since(minor) => (FindingKind::Since, *minor),
            Self::Removed(_) if entry.harmless => return None,
            Self::Removed(minor) => (FindingKind::Removed, *minor),
        };
        let mut finding = Finding::new(kind, location, name());
        finding.version = Some(at(minor));
        finding.gate = entry.gate;
        finding.after = entry.after;
        finding.output_only = entry.output_only;
        finding.still_read = entry.still_read;
        Some(finding)
    }
}

fn operation(row: &Row, version: ApiVersion) -> Finding {
    let too_old = !known(row.since, 0, version);
    let kind = if too_old {
        FindingKind::Since
    } else {
        FindingKind::Removed
    };
    let mut finding = Finding::new(kind, Location::Operation, row.key);
    finding.version = Some(at(if too_old { row.since } else { row.removed }));
    finding
}

fn unknown_operation(method: &str, path: &str) -> Finding {
    let (_, path) = endpoint::split(path);
    let mut finding = Finding::new(
        FindingKind::Unknown,
        Location::Operation,
        format!("{method} {path}"),
    );
    finding.suggestion = suggest::operation(method, path).map(str::to_owned);
    finding
}

struct Check {
    row: &'static Row,
    version: ApiVersion,
    unknown: bool,
    findings: Vec<Finding>,
}

impl Check {
    fn query(&mut self, in_path: &[(String, String)], given: &[(String, String)]) {
        let all = || in_path.iter().chain(given);
        for (index, (name, value)) in all().enumerate() {
            let first = !all().take(index).any(|(earlier, _)| earlier == name);
            let Some(entry) = self.row.query(name) else {
                if first {
                    self.unknown_query(name);
                }
                continue;
            };
            if let Some(bound) = bound(entry, self.version) {
                self.findings.extend(
                    bound
                        .finding(entry, Location::Query, || name.clone())
                        .filter(|_| first),
                );
                continue;
            }
            if first
                && entry.multi != 0
                && self.version < at(entry.multi)
                && all().skip(index + 1).any(|(later, _)| later == name)
            {
                let mut finding = Finding::new(FindingKind::Multi, Location::Query, name.clone());
                finding.version = Some(at(entry.multi));
                self.findings.push(finding);
            }
            if !entry.members.is_empty() {
                let _ = self.filters(entry, value);
            }
        }
    }

    /// The keys of a `filters` parameter, which holds a JSON object.
    fn filters(&mut self, filters: &'static Entry, value: &str) -> Option<()> {
        let mut cursor = Cursor::new(value.as_bytes());
        if !cursor.eat(b'{') || cursor.eat(b'}') {
            return None;
        }
        loop {
            let key = cursor.string()?.text();
            if !cursor.eat(b':') {
                return None;
            }
            if !cursor.null() {
                self.filter(filters, &key);
                cursor.skip()?;
            }
            if !cursor.another(b'}')? {
                return Some(());
            }
        }
    }

    /// `label!=x` travels as the key `label!`: the same key, negated.
    fn filter(&mut self, filters: &'static Entry, key: &str) {
        let name = || format!("filters.{key}");
        let found = endpoint::find_exact(filters.members, key.strip_suffix('!').unwrap_or(key));
        let finding = match found {
            Some(entry) => bound(entry, self.version)
                .and_then(|bound| bound.finding(entry, Location::Filter, name)),
            None if self.unknown => {
                let mut finding = Finding::new(FindingKind::Unknown, Location::Filter, name());
                finding.suggestion =
                    suggest::name(filters.members, key).map(|near| format!("filters.{near}"));
                Some(finding)
            }
            None => None,
        };
        self.findings
            .extend(finding.filter(|finding| !self.findings.contains(finding)));
    }

    /// Some clients send every option in the query and in the body: a body's name in the query is no mistake of the caller.
    fn unknown_query(&mut self, name: &str) {
        let in_body = || {
            self.row.body.is_some_and(|body| {
                body.member(name.as_bytes())
                    .is_some_and(|entry| entry.name == name)
            })
        };
        if !self.unknown || is_client_side(name) || in_body() {
            return;
        }
        let mut finding = Finding::new(FindingKind::Unknown, Location::Query, name);
        finding.suggestion = suggest::name(self.row.query, name).map(str::to_owned);
        self.findings.push(finding);
    }

    /// Any header may be sent for proxies and logs; only one that looks like a misspelled `X-Registry-…` is suspicious.
    fn headers(&mut self, headers: &[(String, String)]) {
        for (name, _) in headers {
            if let Some(entry) = endpoint::find_folded(self.row.headers, name.as_bytes()) {
                let finding = bound(entry, self.version).and_then(|bound| {
                    bound.finding(entry, Location::Header, || entry.name.to_owned())
                });
                self.findings
                    .extend(finding.filter(|finding| !self.findings.contains(finding)));
                continue;
            }
            let suspicious = name
                .get(..6)
                .is_some_and(|start| start.eq_ignore_ascii_case("x-regi"));
            let near = suggest::name(self.row.headers, name).filter(|_| self.unknown && suspicious);
            if let Some(near) = near {
                let mut finding =
                    Finding::new(FindingKind::Unknown, Location::Header, name.as_str());
                finding.suggestion = Some(near.to_owned());
                self.findings.push(finding);
            }
        }
    }
}
