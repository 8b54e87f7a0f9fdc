//! Which API version to speak: asked once, before the first request that needs it, and again when the engine was replaced.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ::http::Method;
use serde::Deserialize;

use crate::client::{Engine, Parts, VersionMode};
use crate::error::{Error, ErrorKind};
use crate::http::{Timer, guarded};
use crate::reply::Reply;
use crate::request::{Body, Prefix, Timeouts};
use crate::versions::ApiVersion;

/// Both answer without a version in the path, on engines of every age; that is why they can be asked first.
const PING: &str = "/_ping";
const VERSION: &str = "/version";

/// What is known about the versions of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiation {
    /// The version requests are sent with (under `Unprefixed`: the one that would be).
    pub version: ApiVersion,
    /// The newest version the engine serves.
    pub engine_max: Option<ApiVersion>,
    /// The oldest version the engine serves, when it said so.
    pub engine_min: Option<ApiVersion>,
    /// The engine's release (`28.5.2`), when it said so.
    pub engine_release: Option<String>,
    /// Who pinned the version, if anybody did.
    pub pinned_by: Option<String>,
}

impl fmt::Display for Negotiation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = |min: Option<ApiVersion>, max: Option<ApiVersion>| {
            let show = |v: Option<ApiVersion>| v.map_or_else(|| "?".to_owned(), |v| v.to_string());
            format!("{} to {}", show(min), show(max))
        };
        let release = self
            .engine_release
            .as_deref()
            .unwrap_or("of unknown release");
        write!(
            f,
            "API {}: engine {release} serves {}, this library speaks {}",
            self.version,
            range(self.engine_min, self.engine_max),
            range(Some(ApiVersion::OLDEST), Some(ApiVersion::NEWEST)),
        )?;
        match &self.pinned_by {
            Some(who) => write!(f, ", pinned by {who}"),
            None => Ok(()),
        }
    }
}

/// What an engine said about itself.
#[derive(Clone, Debug, Default)]
struct Served {
    max: Option<ApiVersion>,
    min: Option<ApiVersion>,
    release: Option<String>,
}

#[derive(Deserialize)]
struct VersionReply {
    #[serde(rename = "Version")]
    release: Option<String>,
    #[serde(rename = "ApiVersion")]
    max: Option<String>,
    #[serde(rename = "MinAPIVersion")]
    min: Option<String>,
}

/// The memory of one engine, and the right to ask: one at a time.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    known: Mutex<Option<Negotiation>>,
    asking: tokio::sync::Mutex<()>,
}

impl Versions {
    fn lock(&self) -> MutexGuard<'_, Option<Negotiation>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self) -> Option<Negotiation> {
        self.lock().clone()
    }

    fn version(&self) -> Option<ApiVersion> {
        self.lock().as_ref().map(|known| known.version)
    }

    fn set(&self, negotiation: Option<Negotiation>) {
        *self.lock() = negotiation;
    }
}

impl Engine {
    /// Asks the engine for its versions, once; later calls answer from memory. Dropping the future lets the next caller ask.
    ///
    /// # Errors
    /// `VersionOutOfRange` when the two sides share no version, or a pin is outside what the engine serves; connection errors as
    /// they are.
    pub async fn negotiate(&self) -> Result<Negotiation, Error> {
        Box::pin(self.negotiated(self.inner.config.timeouts)).await
    }

    /// What there is to say about versions, for people: asked now if the engine's range is not known. Unlike [`Self::negotiate`], a pin
    /// that the engine does not serve is part of the answer, and nothing is remembered of it.
    ///
    /// # Errors
    /// The engine does not answer, or says nothing about versions.
    pub async fn survey(&self) -> Result<Negotiation, Error> {
        if let Some(known) = self.inner.versions.get()
            && known.engine_max.is_some()
            && known.engine_min.is_some()
        {
            return Ok(known);
        }
        let asking = async {
            let mut served = Served::default();
            let timeouts = self.inner.config.timeouts;
            let reply = self.plain(VERSION, timeouts).await?;
            if reply.status != 200 || !served.learn(&reply) {
                let ping = self.plain(PING, timeouts).await?;
                served = Served::from_headers(&ping.headers);
            }
            match self.settle(served.clone()) {
                Ok(negotiation) => {
                    self.inner.versions.set(Some(negotiation.clone()));
                    Ok(negotiation)
                }
                Err(_) => Ok(self.unsettled(served)),
            }
        };
        let timers: &mut [&mut Timer] = &mut [];
        Box::pin(guarded(self.closed(), Error::closed, timers, asking)).await
    }

    /// Takes note of what the headers of any answer say about the engine: it may have been exchanged for another. The version that is
    /// spoken stays.
    pub(crate) fn observe(&self, headers: &[(String, String)]) {
        let seen = Served::from_headers(headers);
        let (Some(max), Some(release)) = (seen.max, seen.release) else {
            return;
        };
        let mut known = self.inner.versions.lock();
        match &mut *known {
            Some(known) if known.engine_release.as_deref() == Some(&release) => {}
            Some(known) => {
                known.engine_max = Some(max);
                known.engine_min = None;
                known.engine_release = Some(release);
            }
            None if self.inner.config.version == VersionMode::Negotiate => {}
            None => {
                let served = Served {
                    max: Some(max),
                    min: None,
                    release: Some(release),
                };
                *known = self.settle(served).ok();
            }
        }
    }

    /// What is known without asking.
    #[must_use]
    pub fn negotiation(&self) -> Option<Negotiation> {
        self.inner.versions.get()
    }

    /// Tells what a binding has learned from `/version` itself. A pin that turns out to be outside is refused by the next request.
    pub fn learn(&self, engine_release: Option<String>, max: ApiVersion, min: Option<ApiVersion>) {
        let served = Served {
            max: Some(max),
            min,
            release: engine_release,
        };
        if let Ok(negotiation) = self.settle(served) {
            self.inner.versions.set(Some(negotiation));
        }
    }

    /// The target with its version.
    pub(crate) async fn target(&self, parts: &Parts) -> Result<String, Error> {
        if self.is_as_is(parts) {
            if self.holds_unproven_pin(&parts.target) {
                Box::pin(self.negotiated(parts.timeouts)).await?;
            }
            return Ok(parts.target.clone());
        }
        let version = match self.inner.versions.version() {
            Some(version) => version,
            None => Box::pin(self.negotiated(parts.timeouts)).await?.version,
        };
        Ok(format!("/v{version}{}", parts.target))
    }

    /// Whether the target was written with the pinned version, and the engine was not asked yet whether it serves that.
    fn holds_unproven_pin(&self, target: &str) -> bool {
        let VersionMode::Pin { version, .. } = &self.inner.config.version else {
            return false;
        };
        self.inner.versions.get().is_none()
            && ApiVersion::split_prefix(target).is_some_and(|(written, _)| written == *version)
    }

    fn is_as_is(&self, parts: &Parts) -> bool {
        parts.prefix == Prefix::AsIs
            || self.inner.config.version == VersionMode::Unprefixed
            || ApiVersion::split_prefix(&parts.target).is_some()
    }

    /// The engine refused the version of `target`: asks again, and gives the new target if it differs.
    pub(crate) async fn other_target(
        &self,
        parts: &Parts,
        target: &str,
    ) -> Result<Option<String>, Error> {
        if self.is_as_is(parts) {
            return Ok(None);
        }
        let used = ApiVersion::split_prefix(target).map(|(version, _)| version);
        // Another request may have asked again in the meantime.
        if self.inner.versions.version() == used {
            self.inner.versions.set(None);
            self.drop_idle();
        }
        let other = self.target(parts).await?;
        Ok((other != target).then_some(other))
    }

    async fn negotiated(&self, timeouts: Timeouts) -> Result<Negotiation, Error> {
        if let Some(known) = self.inner.versions.get() {
            return Ok(known);
        }
        let work = async {
            let _asking = self.inner.versions.asking.lock().await;
            if let Some(known) = self.inner.versions.get() {
                return Ok(known);
            }
            let negotiation = self.ask(timeouts).await?;
            self.inner.versions.set(Some(negotiation.clone()));
            Ok(negotiation)
        };
        let timers: &mut [&mut Timer] = &mut [];
        guarded(self.closed(), Error::closed, timers, work).await
    }

    async fn ask(&self, timeouts: Timeouts) -> Result<Negotiation, Error> {
        let ping = self.plain(PING, timeouts).await?;
        let mut served = Served::from_headers(&ping.headers);
        let pinned = matches!(self.inner.config.version, VersionMode::Pin { .. });
        if !self.needs_minimum(served.max) {
            return self.settle(served);
        }
        let reply = self.plain(VERSION, timeouts).await;
        match reply {
            Ok(reply) if reply.status == 200 && served.learn(&reply) => self.settle(served),
            _ if pinned || served.max.is_some() => self.settle(served),
            Ok(reply) if reply.status == 200 => Err(Error::new(
                ErrorKind::Protocol,
                format!(
                    "{} says neither in {PING} nor in {VERSION} which API versions it serves",
                    self.endpoint().summary()
                ),
            )
            .with_endpoint(self.endpoint())
            .with_hint("check that an engine listens there, or pin an API version")),
            Ok(reply) => Err(
                Error::from_reply("GET", VERSION, &reply, Some(self.endpoint()))
                    .during("the API version cannot be negotiated"),
            ),
            Err(error) => Err(error),
        }
    }

    /// Whether `/version` must be asked, too: `/_ping` does not tell the oldest version an engine serves.
    fn needs_minimum(&self, max: Option<ApiVersion>) -> bool {
        match (max, &self.inner.config.version) {
            (None, _) => true,
            // Engines before 25 (API 1.44) cannot be told to serve less than everything from 1.24 on.
            (Some(max), VersionMode::Pin { version, .. }) => {
                *version > max
                    || *version < ApiVersion::OLDEST
                    || (*version < max && max >= ApiVersion::v1(44))
            }
            (Some(max), _) => max > ApiVersion::NEWEST,
        }
    }

    async fn plain(&self, target: &str, timeouts: Timeouts) -> Result<Reply, Error> {
        let parts = Parts {
            method: Method::GET,
            target: target.to_owned(),
            headers: Vec::new(),
            timeouts,
            prefix: Prefix::AsIs,
        };
        self.call_at(&parts, target, Body::Empty).await
    }

    /// The version to speak with an engine that serves `served`.
    fn settle(&self, served: Served) -> Result<Negotiation, Error> {
        let (version, pinned_by) = match &self.inner.config.version {
            VersionMode::Pin { version, source } => {
                let above = served.max.is_some_and(|max| *version > max);
                let below = served.min.is_some_and(|min| *version < min);
                if above || below {
                    let asked = format!("the API version {version} ({source})");
                    return Err(self.out_of_range(&asked, &served));
                }
                (*version, Some(source.clone()))
            }
            VersionMode::Negotiate | VersionMode::Unprefixed => {
                let version = served
                    .max
                    .unwrap_or(ApiVersion::NEWEST)
                    .min(ApiVersion::NEWEST);
                let below = served.min.is_some_and(|min| version < min);
                if below || version < ApiVersion::OLDEST {
                    return Err(self.out_of_range("every API version that dockline knows", &served));
                }
                (version, None)
            }
        };
        Ok(Negotiation {
            version,
            engine_max: served.max,
            engine_min: served.min,
            engine_release: served.release,
            pinned_by,
        })
    }

    /// What is so although the two sides do not fit together.
    fn unsettled(&self, served: Served) -> Negotiation {
        let (version, pinned_by) = match &self.inner.config.version {
            VersionMode::Pin { version, source } => (*version, Some(source.clone())),
            VersionMode::Negotiate | VersionMode::Unprefixed => (ApiVersion::NEWEST, None),
        };
        Negotiation {
            version,
            engine_max: served.max,
            engine_min: served.min,
            engine_release: served.release,
            pinned_by,
        }
    }

    fn out_of_range(&self, asked: &str, served: &Served) -> Error {
        let range = match (served.min, served.max) {
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (None, Some(max)) => format!("up to {max}"),
            (Some(min), None) => format!("{min} and newer"),
            (None, None) => "no version".to_owned(),
        };
        let message = format!(
            "{asked} is outside what the engine at {} serves: {range} (dockline knows {} to {})",
            self.endpoint().address,
            ApiVersion::OLDEST,
            ApiVersion::NEWEST
        );
        Error::new(ErrorKind::VersionOutOfRange, message)
            .with_endpoint(self.endpoint())
            .with_hint("let the version be negotiated, or use an engine of another release")
    }
}

impl Served {
    fn from_headers(headers: &[(String, String)]) -> Self {
        let mut served = Self::default();
        for (name, value) in headers {
            if name.eq_ignore_ascii_case("api-version") {
                served.max = value.parse().ok();
            } else if name.eq_ignore_ascii_case("server") {
                served.release = release(value);
            }
        }
        served
    }

    /// Takes what `/version` says; whether it named a version.
    fn learn(&mut self, reply: &Reply) -> bool {
        let Ok(said) = serde_json::from_slice::<VersionReply>(&reply.body) else {
            return false;
        };
        let read = |text: Option<String>| text.and_then(|text| text.parse().ok());
        self.max = read(said.max).or(self.max);
        self.min = read(said.min);
        self.release = said.release.or(self.release.take());
        self.max.is_some()
    }
}

/// `Docker/28.5.2 (linux)` names the release.
fn release(server: &str) -> Option<String> {
    let rest = server.strip_prefix("Docker/")?;
    rest.split_whitespace().next().map(str::to_owned)
}

/// Whether a 400 says that the engine does not serve the version of the request.
pub(crate) fn refuses_version(body: &[u8]) -> bool {
    let has = |words: &[u8]| memchr::memmem::find(body, words).is_some();
    has(b"client version ") && (has(b"is too new") || has(b"is too old"))
}
