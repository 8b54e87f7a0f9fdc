//! A finding in words: what, since or until when, what is spoken and why, what the engine would do, what to do.

use std::fmt;

use super::engines::engine_row;
use super::finding::{Finding, FindingKind, Location};
use super::{ApiVersion, Behaviour, Origin, engine_for};
use crate::endpoint::Gate;

/// Why a version is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was asked for, by whom or what the text says (`the version argument`, `DOCKER_API_VERSION`).
    Pinned(String),
    /// It is the newest the engine serves.
    Engine,
    /// It is the newest this client knows.
    Client,
    /// It stands in the request's path.
    Path,
    /// The request goes without a version, so the engine uses its own newest.
    Unprefixed,
}

/// What is known about the conversation a request belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The version that is spoken.
    pub negotiated: ApiVersion,
    /// Why that one.
    pub why: Why,
    /// The engine's release, if it is known.
    pub engine_release: Option<String>,
    /// The newest version the engine serves, if it is known. Taken from the release when that is all there is.
    pub engine_max: Option<ApiVersion>,
}

/// What the engine does with a part it is not asked to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It does not know it: nothing happens.
    Ignored,
    /// It knows it and drops it silently, because of the version it is asked at.
    Stripped,
    /// It answers 400.
    Rejected,
    /// It reads it anyway.
    Read,
    /// It answers 404.
    NotFound,
    /// A filter key older engines do not know: they answer 400, or overlook it.
    FilterRefused,
    /// The engine's release is not known: older ones ignore it (or refuse a value), newer ones do what the gate says.
    Depends(Gate),
    /// The meaning is another; nothing is dropped.
    Changed,
}

impl Context {
    fn max(&self) -> Option<ApiVersion> {
        self.engine_max
            .or_else(|| engine_row(self.engine_release.as_deref()?).map(|row| row.max_api))
    }

    /// `Engine 24.0.7`, or `the engine` when its release is not known.
    fn engine(&self) -> String {
        self.engine_release.as_deref().map_or_else(
            || "the engine".to_owned(),
            |release| format!("Engine {release}"),
        )
    }

    fn spoken(&self) -> String {
        let why = match &self.why {
            Why::Pinned(by) => format!("pinned by {by}"),
            Why::Engine => format!("the newest {} serves", self.engine()),
            Why::Client => "the newest this client knows".to_owned(),
            Why::Path => "named in the path".to_owned(),
            Why::Unprefixed => "the engine's own newest, since the request names none".to_owned(),
        };
        format!("API {} is spoken, {why}", self.negotiated)
    }
}

/// One or more sentences about a finding, for a warning or an error message.
#[must_use]
pub fn describe(finding: &Finding, context: &Context) -> String {
    if let Some(behaviour) = finding.behaviour {
        return changed(finding, behaviour, context);
    }
    let effect = effect(finding, context);
    format!(
        "{}; {}. {} {}",
        capitalised(&what(finding)),
        context.spoken(),
        would(effect, finding),
        advice(finding, context)
    )
}

fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn what(finding: &Finding) -> String {
    let name = &finding.name;
    let subject = match finding.location {
        Location::Query => format!("the query parameter `{name}`"),
        Location::Filter => format!(
            "the filter `{}`",
            name.strip_prefix("filters.").unwrap_or(name)
        ),
        Location::Header => format!("the header `{name}`"),
        Location::Operation | Location::Body => format!("`{name}`"),
        Location::Response => format!("`{name}` in the answer"),
    };
    let version = finding
        .version
        .map(|version| version.to_string())
        .unwrap_or_default();
    let engine = finding
        .engine()
        .map(|release| format!(" (Engine {release})"))
        .unwrap_or_default();
    match finding.kind {
        FindingKind::Since => format!("{subject} needs API {version}{engine}"),
        FindingKind::Removed => format!("{subject} is gone since API {version}{engine}"),
        FindingKind::Value => format!(
            "the value {:?} of {subject} needs API {version}{engine}",
            finding.value.as_deref().unwrap_or_default()
        ),
        FindingKind::Multi => {
            format!("giving {subject} more than once needs API {version}{engine}")
        }
        FindingKind::Unknown => format!("no API version knows {subject}"),
        FindingKind::Behaviour => subject,
    }
}

/// What the engine in front would do.
#[must_use]
pub fn effect(finding: &Finding, context: &Context) -> Effect {
    let older = finding
        .version
        .zip(context.max())
        .map(|(version, max)| max < version);
    match (finding.kind, finding.location) {
        (FindingKind::Behaviour, _) | (_, Location::Response) => Effect::Changed,
        (_, Location::Operation) => Effect::NotFound,
        (FindingKind::Multi, _) => Effect::Rejected,
        (FindingKind::Unknown, Location::Filter) => Effect::FilterRefused,
        (FindingKind::Unknown, _) => Effect::Ignored,
        (FindingKind::Removed, _) if finding.still_read => Effect::Read,
        (FindingKind::Removed, Location::Filter) => Effect::FilterRefused,
        (FindingKind::Removed, _) => {
            if finding.after == Gate::Reject {
                Effect::Rejected
            } else {
                Effect::Ignored
            }
        }
        _ if finding.output_only => Effect::Ignored,
        (FindingKind::Since, Location::Filter) if older != Some(false) => Effect::FilterRefused,
        (FindingKind::Value, _) if older == Some(true) => Effect::Rejected,
        (FindingKind::Since, _) if older == Some(true) => Effect::Ignored,
        (FindingKind::Since | FindingKind::Value, _) if older.is_none() => {
            Effect::Depends(finding.gate)
        }
        _ => gated(finding.gate),
    }
}

fn gated(gate: Gate) -> Effect {
    match gate {
        Gate::None => Effect::Read,
        Gate::Strip => Effect::Stripped,
        Gate::Reject => Effect::Rejected,
    }
}

fn would(effect: Effect, finding: &Finding) -> String {
    let engine = finding
        .engine()
        .map(|release| format!("Engine {release}"))
        .unwrap_or_default();
    match effect {
        Effect::Ignored => "The engine ignores it without a word.".to_owned(),
        Effect::Stripped => {
            "The engine knows it, but drops it silently at the version it is asked at.".to_owned()
        }
        Effect::Rejected => "The engine answers 400.".to_owned(),
        Effect::Read => "The engine reads it all the same, others will not.".to_owned(),
        Effect::NotFound => "The engine answers 404.".to_owned(),
        Effect::FilterRefused => {
            "Engines that do not know a filter answer 400 or overlook it.".to_owned()
        }
        Effect::Depends(gate) => depends(gate, finding, &engine),
        Effect::Changed => String::new(),
    }
}

fn depends(gate: Gate, finding: &Finding, engine: &str) -> String {
    let older = if finding.kind == FindingKind::Value {
        "refuses"
    } else {
        "ignores"
    };
    let newer = match gate {
        Gate::None => "a newer one reads it all the same",
        Gate::Strip => "a newer one drops it silently at this version",
        Gate::Reject => "a newer one answers 400 at this version",
    };
    format!("An engine older than {engine} {older} it; {newer}.")
}

fn advice(finding: &Finding, context: &Context) -> String {
    if finding.output_only {
        return "Leave it out: it is data of answers and has no effect in a request.".to_owned();
    }
    match finding.kind {
        FindingKind::Unknown => match &finding.suggestion {
            Some(name) => format!("Did you mean `{name}`?"),
            None => "Check how it is spelled and where it belongs.".to_owned(),
        },
        FindingKind::Removed => {
            instead(finding).map_or_else(|| "Leave it out.".to_owned(), |other| format!("{other}."))
        }
        _ => newer(finding, context),
    }
}

fn newer(finding: &Finding, context: &Context) -> String {
    let Some(version) = finding.version else {
        return String::new();
    };
    let release = engine_for(version).unwrap_or_default();
    let without = match finding.kind {
        FindingKind::Multi => "Send it once",
        FindingKind::Value => "Choose another value",
        _ if finding.location == Location::Operation => "Do without it",
        _ => "Leave it out",
    };
    match (context.max(), &context.why) {
        (Some(max), Why::Pinned(by)) if max >= version => {
            format!(
                "{without}, or raise the version pinned by {by} to {version}: {} serves up to {max}.",
                context.engine()
            )
        }
        (Some(max), Why::Path) if max >= version => {
            format!(
                "{without}, or ask for /v{version}: {} serves up to {max}.",
                context.engine()
            )
        }
        (Some(max), _) if max < version => format!(
            "{without}, or use Engine {release} or newer: {} serves up to API {max}.",
            context.engine()
        ),
        (_, Why::Pinned(_) | Why::Path) => {
            format!("{without}, or speak API {version} with Engine {release} or newer.")
        }
        _ => format!("{without}, or use Engine {release} or newer."),
    }
}

/// What took the place of something that is gone.
fn instead(finding: &Finding) -> Option<&'static str> {
    let last = finding.name.rsplit(['.', ' ']).next()?;
    Some(match last {
        "KernelMemory" | "KernelMemoryTCP" => {
            "Use `Memory`: the kernel has no such limit of its own any more"
        }
        "MacAddress" => {
            "Set it at the endpoint: `NetworkingConfig.EndpointsConfig.<network>.MacAddress`"
        }
        "Networks" => "Use `TaskTemplate.Networks`",
        "Capabilities" => "Use `HostConfig.CapAdd` and `HostConfig.CapDrop`",
        "DiskQuota" => "Use `HostConfig.StorageOpt` with `size`",
        "GenericResources" => "Use `TaskTemplate.Resources.Reservations.GenericResources`",
        "filter" => "Use `filters` with the key `reference`",
        "keep-storage" => "Use `reserved-space`",
        "is-automated" => "Leave it out: no image counts as automated any more",
        _ => return None,
    })
}

fn changed(finding: &Finding, behaviour: &Behaviour, context: &Context) -> String {
    let in_force = match behaviour.origin {
        Origin::Api(version) => Some(context.negotiated >= version),
        Origin::Engine(_) => None,
    };
    let applies = match in_force {
        Some(true) => ", so this applies",
        Some(false) => ", so this does not apply yet",
        None => "",
    };
    let hint = if behaviour.hint == "-" {
        ""
    } else {
        behaviour.hint
    };
    format!(
        "`{}` and {}: {} {} ({}{applies}.) {hint}",
        finding.name,
        behaviour.origin,
        behaviour.what,
        behaviour.consequence,
        context.spoken()
    )
    .trim_end()
    .to_owned()
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ignored => "ignore",
            Self::Stripped => "strip",
            Self::Rejected => "reject",
            Self::Read => "read",
            Self::NotFound => "not_found",
            Self::FilterRefused => "refuse_filter",
            Self::Depends(_) => "depends",
            Self::Changed => "changed",
        })
    }
}
