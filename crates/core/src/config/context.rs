//! Contexts as the docker command line keeps them: `contexts/meta/<sha256 of the name>/meta.json`, TLS files beside.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::tls::TlsConfig;
use crate::error::{Error, ErrorKind};
use crate::transport::Address;

/// The name that stands for "no context".
pub(crate) const DEFAULT_CONTEXT: &str = "default";

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "Endpoints", default)]
    endpoints: Endpoints,
}

#[derive(Default, Deserialize)]
struct Endpoints {
    docker: Option<DockerEndpoint>,
}

#[derive(Deserialize)]
struct DockerEndpoint {
    #[serde(rename = "Host")]
    host: Option<String>,
    #[serde(rename = "SkipTLSVerify", default)]
    skip_verify: bool,
}

#[derive(Deserialize)]
struct ConfigFile {
    #[serde(rename = "currentContext")]
    current: Option<String>,
}

/// What a context says about its engine.
pub(crate) struct Context {
    pub(crate) address: Address,
    pub(crate) tls: Option<TlsConfig>,
}

/// The folder name of a context.
pub(crate) fn folder_name(context: &str) -> String {
    Sha256::digest(context.as_bytes())
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// `currentContext` of `config.json`; `None` when there is no file, no entry, or the entry says default.
pub(crate) fn current(folder: &Path) -> Result<Option<String>, Error> {
    let path = folder.join("config.json");
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&path, &error.to_string())),
    };
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let file: ConfigFile =
        serde_json::from_slice(&text).map_err(|error| unreadable(&path, &error.to_string()))?;
    Ok(file
        .current
        .filter(|name| !name.is_empty() && name != DEFAULT_CONTEXT))
}

/// The names of all stored contexts, sorted.
///
/// # Errors
/// `Config` when a stored context cannot be read.
pub fn names(folder: &Path) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    struct Named {
        #[serde(rename = "Name")]
        name: String,
    }
    let metas = folder.join("contexts").join("meta");
    let Ok(found) = std::fs::read_dir(&metas) else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    for entry in found.flatten() {
        let path = entry.path().join("meta.json");
        let text = std::fs::read(&path).map_err(|error| unreadable(&path, &error.to_string()))?;
        let meta: Named =
            serde_json::from_slice(&text).map_err(|error| unreadable(&path, &error.to_string()))?;
        names.push(meta.name);
    }
    names.sort();
    Ok(names)
}

/// Reads a context. `source` says who named it.
pub(crate) fn load(folder: &Path, name: &str, source: &str) -> Result<Context, Error> {
    let hash = folder_name(name);
    let contexts = folder.join("contexts");
    let path = contexts.join("meta").join(&hash).join("meta.json");
    let text = std::fs::read(&path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            Error::new(
                ErrorKind::Config,
                format!("the context {name:?} ({source}) does not exist"),
            )
            .with_hint("`docker context ls` lists those that do")
        } else {
            unreadable(&path, &error.to_string())
        }
    })?;
    let meta: Meta =
        serde_json::from_slice(&text).map_err(|error| unreadable(&path, &error.to_string()))?;
    let Some(DockerEndpoint {
        host: Some(host),
        skip_verify,
    }) = meta.endpoints.docker
    else {
        let message = format!("the context {name:?} ({source}) names no docker endpoint");
        return Err(Error::new(ErrorKind::Config, message));
    };
    let address = host
        .parse::<Address>()
        .map_err(|error| error.during(&format!("the context {name:?} ({source})")))?;
    let tls_folder = contexts.join("tls").join(&hash).join("docker");
    let tls = TlsConfig::from_folder(&tls_folder, !skip_verify);
    let has_tls = tls.ca.is_some() || !tls.certs.is_empty();
    let wants_tls = has_tls || (skip_verify && matches!(address, Address::Tcp { .. }));
    Ok(Context {
        address,
        tls: wants_tls.then_some(tls),
    })
}

fn unreadable(path: &Path, why: &str) -> Error {
    Error::new(
        ErrorKind::Config,
        format!("{} cannot be read: {why}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_folders_as_the_command_line_does() {
        assert_eq!(
            folder_name("default"),
            "37a8eec1ce19687d132fe29051dca629d164e2c4958ba141d5f4133a33f0688f"
        );
    }
}
