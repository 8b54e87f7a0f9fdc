//! What the core knows about API versions: reviews of requests, fields of answers, changes of meaning. Nothing here sends anything.

use dockline::ApiVersion;
use dockline::versions::{
    self, Context, Finding, FindingKind, ParseVersionError, Why, describe, review as reviewed,
};
use napi_derive::napi;

use crate::error::pairs;

/// The version that is spoken, why and by whose wish, and release and newest version of the engine, where known.
#[napi(object, object_to_js = false)]
pub(crate) struct Spoken {
    /// The version.
    pub version: String,
    /// `pinned`, `engine`, `client`, `path` or `unprefixed`.
    pub why: String,
    /// Who pinned it.
    pub by: Option<String>,
    /// The engine's release.
    pub engine_release: Option<String>,
    /// The newest version it serves.
    pub engine_max: Option<String>,
}

/// One thing to say about a request.
#[napi(object, object_from_js = false)]
pub(crate) struct Told {
    /// `version`, `unknown` or `behaviour`.
    pub kind: &'static str,
    /// The plain form as JSON text.
    pub plain: String,
    /// Sentences for people.
    pub text: String,
}

/// A change of meaning.
#[napi(object, object_from_js = false)]
pub(crate) struct Change {
    /// Its name.
    pub id: &'static str,
    /// `API 1.42`, `Engine 29.0`.
    pub origin: String,
    /// What it is about.
    pub area: &'static str,
    /// What changed.
    pub what: &'static str,
    /// What comes of it.
    pub consequence: &'static str,
    /// What to do.
    pub hint: &'static str,
}

fn refused(why: impl Into<String>) -> napi::Error {
    napi::Error::from_reason(why.into())
}

fn parsed(version: &str) -> napi::Result<ApiVersion> {
    version
        .parse()
        .map_err(|error: ParseVersionError| refused(error.to_string()))
}

impl Spoken {
    fn context(self) -> napi::Result<Context> {
        let why = match self.why.as_str() {
            "pinned" => Why::Pinned(self.by.unwrap_or_default()),
            "engine" => Why::Engine,
            "client" => Why::Client,
            "path" => Why::Path,
            "unprefixed" => Why::Unprefixed,
            other => return Err(refused(format!("{other:?} is no reason"))),
        };
        Ok(Context {
            negotiated: parsed(&self.version)?,
            why,
            engine_release: self.engine_release,
            engine_max: self.engine_max.as_deref().map(parsed).transpose()?,
        })
    }
}

/// Whether some version has something to say about a request, whichever will be spoken: only then is it worth asking which.
#[napi]
#[must_use]
pub(crate) fn may_surprise(
    method: String,
    target: String,
    headers: Vec<String>,
    body: Option<String>,
) -> bool {
    let headers = pairs(headers);
    let body = body.as_deref().map(str::as_bytes);
    // What is known to the oldest and to the newest version alike is known to all between.
    [ApiVersion::OLDEST, ApiVersion::NEWEST]
        .into_iter()
        .any(|version| !reviewed(&method, &target, version, &headers, body).is_empty())
}

/// What is worth a word about a request when this version is spoken. A version in the path counts instead.
#[napi]
pub(crate) fn review(
    method: String,
    target: String,
    headers: Vec<String>,
    body: Option<String>,
    spoken: Spoken,
) -> napi::Result<Vec<Told>> {
    let mut context = spoken.context()?;
    if let Some((version, _)) = ApiVersion::split_prefix(&target)
        && version != context.negotiated
    {
        context.negotiated = version;
        context.why = Why::Path;
    }
    let headers = pairs(headers);
    let body = body.as_deref().map(str::as_bytes);
    let found = reviewed(&method, &target, context.negotiated, &headers, body);
    Ok(told(&found, &context))
}

/// A change of meaning says the same as a finding of its version and more: such a pair is told in one.
fn told(found: &[Finding], context: &Context) -> Vec<Told> {
    let change_of = |finding: &Finding| {
        let same = |other: &&Finding| other.version.is_some() && other.version == finding.version;
        found.iter().filter(same).find_map(|other| other.behaviour)
    };
    let is_told = |change: &Finding| {
        found
            .iter()
            .any(|finding| finding.is_version() && finding.version == change.version)
    };
    let one = |finding: &Finding| {
        let mut text = describe(finding, context);
        if finding.kind == FindingKind::Behaviour {
            if is_told(finding) {
                return None;
            }
        } else if let Some(change) = change_of(finding) {
            text = format!("{text} {} {}", change.what, change.consequence);
        }
        let list = versions::to_json(std::slice::from_ref(finding));
        let plain = list
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        Some(Told {
            kind: kind(finding),
            plain,
            text,
        })
    };
    found.iter().filter_map(one).collect()
}

fn kind(finding: &Finding) -> &'static str {
    match finding.kind {
        FindingKind::Unknown => "unknown",
        FindingKind::Behaviour => "behaviour",
        _ => "version",
    }
}

/// Checks a request given as JSON text; returns the findings as JSON text. With `unknown`, names no version knows are reported, too.
#[napi]
pub(crate) fn check_json(case: String, unknown: bool) -> napi::Result<String> {
    versions::check_json(&case, unknown).map_err(refused)
}

/// The changes of meaning that touch a request given as JSON text.
#[napi]
pub(crate) fn behaviours_json(case: String) -> napi::Result<Vec<Change>> {
    let found = versions::behaviours_json(&case).map_err(refused)?;
    Ok(found
        .into_iter()
        .map(|change| Change {
            id: change.id,
            origin: change.origin.to_string(),
            area: change.area,
            what: change.what,
            consequence: change.consequence,
            hint: change.hint,
        })
        .collect())
}

/// Why answers lack a field at the version that is spoken; null when nothing is known to have happened to it.
#[napi]
pub(crate) fn response_field(
    method: String,
    path: String,
    field: String,
    spoken: Spoken,
) -> napi::Result<Option<String>> {
    let context = spoken.context()?;
    let found = versions::response_field(&method, &path, context.negotiated, &field);
    Ok(found.map(|finding| describe(&finding, &context)))
}

/// The oldest and the newest API version known here.
#[napi]
#[must_use]
pub(crate) fn known_range() -> Vec<String> {
    vec![
        ApiVersion::OLDEST.to_string(),
        ApiVersion::NEWEST.to_string(),
    ]
}
