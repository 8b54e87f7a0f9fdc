//! What an error can tell about the request it belongs to: which credentials went along, which limits a registry named.
//!
//! Credentials are decoded to name the user and the registry; nothing else of them is kept.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::{Error, Family};

/// The parts of an `X-Registry-Auth` that may be told.
#[derive(serde::Deserialize, Default)]
struct Credentials {
    username: Option<String>,
    serveraddress: Option<String>,
    #[serde(default, deserialize_with = "given")]
    identitytoken: bool,
    #[serde(default, deserialize_with = "given")]
    registrytoken: bool,
    #[serde(default, deserialize_with = "given")]
    password: bool,
    #[serde(default, deserialize_with = "given")]
    auth: bool,
}

/// Whether a secret is there; its value is dropped.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value: Option<String> = serde::Deserialize::deserialize(deserializer)?;
    Ok(value.is_some_and(|text| !text.is_empty()))
}

impl Credentials {
    fn decode(header: &str) -> Option<Self> {
        let unpadded = header.trim().trim_end_matches('=');
        let padded = format!("{unpadded}{}", &"===="[..(4 - unpadded.len() % 4) % 4]);
        let bytes = URL_SAFE
            .decode(&padded)
            .or_else(|_| STANDARD.decode(&padded))
            .ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn is_anonymous(&self) -> bool {
        let named = self
            .username
            .as_deref()
            .is_some_and(|name| !name.is_empty());
        !(named || self.identitytoken || self.registrytoken || self.password || self.auth)
    }
}

impl Error {
    /// For failures at a registry: whether the request was anonymous, else whose credentials it carried, and for which registry.
    #[must_use]
    pub fn with_credentials(mut self, target: &str, headers: &[(String, String)]) -> Self {
        if self.kind().family() != Family::Registry || !goes_to_a_registry(self.path()) {
            return self;
        }
        let registry = asked_registry(self.path().unwrap_or_default(), target);
        let header = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("x-registry-auth"));
        let credentials = header
            .and_then(|(_, value)| Credentials::decode(value))
            .unwrap_or_default();
        let anonymous = credentials.is_anonymous();
        let mut told = String::from(if anonymous {
            " The request was anonymous"
        } else {
            " The request carried the credentials"
        });
        if !anonymous {
            let user = credentials.username.filter(|name| !name.is_empty());
            if let Some(user) = user {
                told.push_str(" of user \"");
                told.push_str(&user);
                told.push('"');
                self.put_field("credential_user", user);
            }
            if let Some(server) = credentials.serveraddress.filter(|name| !name.is_empty()) {
                told.push_str(" for ");
                told.push_str(&server);
                self.put_field("credential_registry", server);
            }
        } else if let Some(registry) = &registry {
            told.push_str(": there were no credentials for ");
            told.push_str(registry);
        }
        told.push('.');
        self.put_field("anonymous", anonymous.to_string());
        if let Some(registry) = registry {
            self.put_field("registry", registry);
        }
        self.append_explanation(&told);
        self
    }

    /// For a registry's rate limit: what the headers of the answer say of it.
    #[must_use]
    pub(crate) fn with_limits(mut self, headers: &[(String, String)]) -> Self {
        if self.kind() != super::ErrorKind::RateLimited {
            return self;
        }
        for (name, value) in headers {
            let field = match name.to_ascii_lowercase().as_str() {
                "ratelimit-limit" | "x-ratelimit-limit" => "limit",
                "ratelimit-remaining" | "x-ratelimit-remaining" => "remaining",
                "ratelimit-reset" | "x-ratelimit-reset" | "retry-after" => "reset",
                _ => continue,
            };
            self.put_field(field, value.clone());
        }
        self
    }
}

fn goes_to_a_registry(path: Option<&str>) -> bool {
    path.is_some_and(|path| {
        path == "/images/create"
            || path == "/auth"
            || path == "/images/search"
            || path.starts_with("/distribution/")
            || path.starts_with("/plugins/")
            || (path.starts_with("/images/") && path.ends_with("/push"))
            || path == "/build"
    })
}

/// The registry an image name leads to, taken from the request.
fn asked_registry(path: &str, target: &str) -> Option<String> {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let name = if let Some(rest) = path.strip_prefix("/distribution/") {
        rest.strip_suffix("/json")?.to_owned()
    } else if let Some(rest) = path
        .strip_prefix("/images/")
        .filter(|_| path.ends_with("/push"))
    {
        rest.strip_suffix("/push")?.to_owned()
    } else {
        let wanted = query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            matches!(key, "fromImage" | "remote").then_some(value)
        })?;
        wanted.to_owned()
    };
    let name = percent_encoding::percent_decode_str(&name).decode_utf8_lossy();
    let first = name.split_once('/').map(|(first, _)| first);
    let registry = first.filter(|first| first.contains(['.', ':']) || *first == "localhost");
    Some(registry.unwrap_or("docker.io").to_owned())
}
