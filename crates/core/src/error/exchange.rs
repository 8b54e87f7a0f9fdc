//! What an error can tell about the request it belongs to: which credentials went along, which limits a registry named.
//!
//! Credentials are decoded to name the user and the registry; nothing else of them is kept.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::{Error, Family};

/// The parts of an `X-Registry-Auth` that may be told.
#[derive(Default)]
struct Credentials {
    username: Option<String>,
    serveraddress: Option<String>,
    /// Whether there is anything to identify with.
    identified: bool,
}

impl Credentials {
    fn decode(header: &str) -> Option<Self> {
        let unpadded = header.trim().trim_end_matches('=');
        let padded = format!("{unpadded}{}", &"===="[..(4 - unpadded.len() % 4) % 4]);
        let bytes = URL_SAFE
            .decode(&padded)
            .or_else(|_| STANDARD.decode(&padded))
            .ok()?;
        let mut members: HashMap<String, serde_json::Value> =
            serde_json::from_slice(&bytes).ok()?;
        let mut take = |name: &str| match members.remove(name) {
            Some(serde_json::Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        let username = take("username");
        let secrets = ["password", "auth", "identitytoken", "registrytoken"];
        let identified = secrets.iter().any(|name| take(name).is_some()) || username.is_some();
        Some(Self {
            serveraddress: take("serveraddress"),
            username,
            identified,
        })
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
        let anonymous = !credentials.identified;
        let mut told = String::from(if anonymous {
            " The request was anonymous"
        } else {
            " The request carried the credentials"
        });
        if !anonymous {
            if let Some(user) = credentials.username {
                told.push_str(" of user \"");
                told.push_str(&user);
                told.push('"');
                self.put_field("credential_user", user);
            }
            if let Some(server) = credentials.serveraddress {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    const DENIED: &str =
        "pull access denied for a/b, repository does not exist or may require 'docker login'";

    fn told(auth: Option<&str>) -> Error {
        let headers: Vec<_> = auth
            .map(|text| ("x-registry-auth".to_owned(), URL_SAFE.encode(text)))
            .into_iter()
            .collect();
        let target = "/v1.41/images/create?fromImage=reg.example%3A5000%2Fa%2Fb&tag=latest";
        Error::from_words(DENIED, None)
            .with_request("POST", target)
            .with_credentials(target, &headers)
    }

    #[test]
    fn an_anonymous_pull_says_so() {
        for auth in [
            None,
            Some("{}"),
            Some("not json"),
            Some(r#"{"username":""}"#),
        ] {
            let error = told(auth);
            assert_eq!(error.kind(), ErrorKind::PullAccessDenied);
            assert_eq!(error.field("anonymous"), Some("true"));
            assert_eq!(error.field("registry"), Some("reg.example:5000"));
            assert!(
                error.explanation().contains("anonymous"),
                "{}",
                error.explanation()
            );
        }
    }

    #[test]
    fn a_user_is_named_and_a_secret_never() {
        let error = told(Some(
            r#"{"username":"ann","password":"hunter2","auth":"c2VjcmV0","serveraddress":"reg.example:5000"}"#,
        ));
        assert_eq!(error.field("anonymous"), Some("false"));
        assert_eq!(error.field("credential_user"), Some("ann"));
        assert_eq!(error.field("credential_registry"), Some("reg.example:5000"));
        let everything = format!(
            "{error} {error:?} {} {:?}",
            error.explanation(),
            error.fields()
        );
        assert!(!everything.contains("hunter2") && !everything.contains("c2VjcmV0"));
        let token = told(Some(r#"{"identitytoken":"tok-1"}"#));
        assert_eq!(token.field("anonymous"), Some("false"));
        assert!(!format!("{token:?} {:?}", token.fields()).contains("tok-1"));
    }

    #[test]
    fn limits_come_from_headers_and_words() {
        let words = "toomanyrequests: retry-after: 194.859µs, allowed: 44000/minute";
        let error = Error::from_words(words, None);
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.field("limit"), Some("44000/minute"));
        assert_eq!(error.field("reset"), Some("194.859µs"));
        let headers = vec![
            ("RateLimit-Limit".to_owned(), "100;w=21600".to_owned()),
            ("ratelimit-remaining".to_owned(), "0;w=21600".to_owned()),
        ];
        let error = Error::from_words("toomanyrequests: slow down", None).with_limits(&headers);
        assert_eq!(error.field("limit"), Some("100;w=21600"));
        assert_eq!(error.field("remaining"), Some("0;w=21600"));
    }
}
