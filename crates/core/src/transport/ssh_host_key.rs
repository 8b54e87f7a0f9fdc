//! Whether the ssh server is the right one: by the caller's own judgement, or else by `known_hosts`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use russh::keys::known_hosts::known_host_keys_path;
use russh::keys::{Algorithm, PublicKey, PublicKeyBase64 as _};
use russh::{Preferred, keys};
use tokio_util::sync::DropGuard;

use super::ssh_settings::HostKeys;
use crate::error::{Error, ErrorKind};

/// A host name as `known_hosts` has it.
#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) name: String,
    pub(super) port: u16,
}

/// The keys known of a host.
pub(super) struct Known {
    host: Host,
    keys: Vec<PublicKey>,
    /// In base64, as in the file.
    revoked: Vec<String>,
}

impl Known {
    /// Reads the user's file and the system's, in a thread that may wait for them.
    pub(super) async fn read(host: &Host) -> Result<Self, Error> {
        let own = std::env::home_dir().map(|home| home.join(".ssh").join("known_hosts"));
        let system = (!cfg!(windows)).then(|| PathBuf::from("/etc/ssh/ssh_known_hosts"));
        let host = host.clone();
        let files = own.into_iter().chain(system);
        let reading = tokio::task::spawn_blocking(move || Self::from_files(&host, files));
        reading
            .await
            .map_err(|_| Error::new(ErrorKind::Ssh, "known_hosts could not be read"))
    }

    fn from_files(host: &Host, files: impl Iterator<Item = PathBuf>) -> Self {
        let mut known = Self {
            host: host.clone(),
            keys: Vec::new(),
            revoked: Vec::new(),
        };
        for file in files {
            known.add(&file);
        }
        known
    }

    fn add(&mut self, file: &Path) {
        // Names as they are, and hashed ones.
        let found = known_host_keys_path(&self.host.name, self.host.port, file);
        self.keys
            .extend(found.unwrap_or_default().into_iter().map(|(_, key)| key));
        let text = std::fs::read(file).unwrap_or_default();
        for line in String::from_utf8_lossy(&text).lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            match words.as_slice() {
                ["@revoked", _, _, key, ..] => self.revoked.push((*key).to_owned()),
                [names, _, key, ..] if names.contains(['*', '?']) && self.is_meant(names) => {
                    self.keys.extend(keys::parse_public_key_base64(key));
                }
                _ => {}
            }
        }
    }

    /// Whether patterns mean this host: one does, and none that begins with `!` does.
    fn is_meant(&self, patterns: &str) -> bool {
        let Host { name, port } = &self.host;
        let name = match port {
            22 => Cow::Borrowed(name.as_str()),
            _ => Cow::Owned(format!("[{name}]:{port}")),
        };
        let fits = |pattern: &str| matches_pattern(pattern.as_bytes(), name.as_bytes());
        let mut patterns = patterns.split(',');
        let refused = patterns
            .clone()
            .any(|pattern| pattern.strip_prefix('!').is_some_and(fits));
        !refused && patterns.any(fits)
    }

    /// Kinds of keys that are known come first: a server has keys of several kinds, and shows the one that is asked for.
    pub(super) fn preferred(&self) -> Preferred {
        let mut preferred = Preferred::default();
        let is_known = |algorithm: &Algorithm| {
            let kinds = self.keys.iter().map(PublicKey::algorithm);
            // An RSA key signs in several ways.
            kinds.into_iter().any(|kind| match kind {
                Algorithm::Rsa { .. } => matches!(algorithm, Algorithm::Rsa { .. }),
                kind => kind == *algorithm,
            })
        };
        let (mut first, rest): (Vec<_>, Vec<_>) = preferred.key.iter().cloned().partition(is_known);
        first.extend(rest);
        preferred.key = Cow::Owned(first);
        preferred
    }

    fn judge(&self, shown: &PublicKey) -> Result<(), Error> {
        let Host { name, port } = &self.host;
        let kind = shown.algorithm();
        let print = shown.fingerprint(keys::HashAlg::Sha256);
        let blob = STANDARD.encode(shown.public_key_bytes());
        let refused =
            |message, hint| Err(Error::new(ErrorKind::SshHostKey, message).with_hint(hint));
        if self.revoked.contains(&blob) {
            let message = format!(
                "the key of the ssh server at {name}:{port} is revoked in known_hosts ({kind} {print})"
            );
            return refused(message, "do not connect: somebody else may have that key");
        }
        if self
            .keys
            .iter()
            .any(|key| key.key_data() == shown.key_data())
        {
            return Ok(());
        }
        if self.keys.is_empty() {
            let message = format!(
                "the ssh server's key is not known here: known_hosts has none for {name}:{port}, which showed {kind} {print}"
            );
            return refused(
                message,
                "connect once by hand with `ssh HOST` and check the key, so that it is put into known_hosts, or give a hostVerifier",
            );
        }
        let message = format!(
            "the ssh server's key is not the one in known_hosts: {name}:{port} showed {kind} {print}"
        );
        refused(
            message,
            "find out why it changed; if it is right, `ssh-keygen -R HOST` and connect once by hand",
        )
    }
}

/// `*` is any number of characters, `?` is one.
fn matches_pattern(pattern: &[u8], name: &[u8]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some((b'*', rest)) => (0..=name.len()).any(|at| matches_pattern(rest, &name[at..])),
        Some((b'?', rest)) => name
            .split_first()
            .is_some_and(|(_, name)| matches_pattern(rest, name)),
        Some((letter, rest)) => name.split_first().is_some_and(|(first, name)| {
            first.eq_ignore_ascii_case(letter) && matches_pattern(rest, name)
        }),
    }
}

/// Why a server's key was refused; filled while the connection is opened.
pub(super) type Verdict = Arc<Mutex<Option<Error>>>;

/// What the ssh library asks while a connection lives. Dropped with it.
pub(super) struct Client {
    pub(super) known: Known,
    pub(super) judge: Option<Arc<dyn HostKeys>>,
    pub(super) verdict: Verdict,
    /// Tells everybody who uses the connection that it has ended.
    pub(super) _gone: DropGuard,
}

impl russh::client::Handler for Client {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        shown: &keys::PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        let key = shown.public_key();
        let judged = match &self.judge {
            None => self.known.judge(&key),
            Some(judge) => judge
                .verify(key.public_key_bytes())
                .await
                .map_err(|why| refused_by_caller(&key, &why)),
        };
        let good = judged.is_ok();
        *self.verdict.lock().unwrap_or_else(PoisonError::into_inner) = judged.err();
        Ok(good)
    }
}

fn refused_by_caller(key: &PublicKey, why: &str) -> Error {
    let print = key.fingerprint(keys::HashAlg::Sha256);
    let why = if why.is_empty() {
        String::new()
    } else {
        format!(": {why}")
    };
    let message = format!("hostVerifier refused the key that the ssh server showed ({print}){why}");
    Error::new(ErrorKind::SshHostKey, message)
        .with_hint("check the key, and what hostVerifier compares it with")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const OTHER: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIA6rWI3G1sz07DnfFlrouTcysQlj2P+jpNSOEWD9OJ3X";

    fn judge(text: &str, name: &str, port: u16) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_hosts");
        std::fs::write(&file, text).unwrap();
        let host = Host {
            name: name.to_owned(),
            port,
        };
        let key = keys::parse_public_key_base64(ONE).unwrap();
        let known = Known::from_files(&host, std::iter::once(file));
        known.judge(&key).map_err(|error| error.to_string())
    }

    #[test]
    fn known_hosts_decide() {
        let line =
            |names: &str, key: &str| format!("# comment\n{names} ssh-ed25519 {key} me@box\n");
        assert!(judge(&line("box", ONE), "box", 22).is_ok());
        assert!(judge(&line("other,[box]:2222", ONE), "box", 2222).is_ok());
        assert!(judge(&line("*.example", ONE), "box.example", 22).is_ok());
        let hashed = "|1|O33ESRMWPVkMYIwJ1Uw+n877jTo=|nuuC5vEqXlEZ/8BXQR7m619W6Ak=";
        assert!(judge(&line(hashed, ONE), "example.com", 22).is_ok());
        let unknown = |text: &str| judge(text, "box.example", 22).unwrap_err();
        assert!(unknown(&line("box", ONE)).contains("not known here"));
        assert!(unknown(&line("!box.example,*.example", ONE)).contains("not known here"));
        assert!(unknown("").contains("not known here"));
        assert!(unknown(&line("box.example", OTHER)).contains("is not the one"));
        let revoked = format!("@revoked * ssh-ed25519 {ONE}\n{}", line("box.example", ONE));
        assert!(unknown(&revoked).contains("revoked"));
    }
}
