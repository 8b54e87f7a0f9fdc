//! TLS settings as data. Keys given as bytes are never printed.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

/// A PEM document: a file, or its text.
#[derive(Clone, PartialEq, Eq)]
pub enum Pem {
    /// Read when the first connection is opened.
    Path(PathBuf),
    /// The text itself.
    Text(Bytes),
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "Path({})", path.display()),
            Self::Text(_) => f.write_str("Text(…)"),
        }
    }
}

/// A key of the client.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientKey {
    /// The key.
    pub pem: Pem,
    /// Its password, when it is encrypted.
    pub password: Option<String>,
}

impl From<Pem> for ClientKey {
    fn from(pem: Pem) -> Self {
        Self {
            pem,
            password: None,
        }
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pem.fmt(f)
    }
}

/// What `ServerIdentity::judge` comes to. A refusal is the judge's own error: it is kept as the source of ours.
pub type Judged = Pin<Box<dyn Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send>>;

/// Who decides whether an engine's certificate is for the right host.
pub trait ServerIdentity: Send + Sync {
    /// Asked once for each connection, after the chain has been verified. The chain is in DER, the engine's own certificate first.
    fn judge(&self, host: &str, chain: Vec<Bytes>) -> Judged;
}

/// A judge of certificates; equal to its clones only.
#[derive(Clone)]
pub struct Judge(pub Arc<dyn ServerIdentity>);

impl PartialEq for Judge {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Judge {}

/// How a TLS connection is made.
#[derive(Clone, PartialEq, Eq)]
pub struct TlsConfig {
    /// Certificates of the authorities to trust; the system's when `None`.
    pub ca: Option<Pem>,
    /// Authorities that are trusted besides the system's, where `ca` is `None`; what cannot be read of them does not count.
    pub extra_ca: Option<Pem>,
    /// The client's keys, rarely more than one: then the engine's wishes decide which is shown.
    pub keys: Vec<ClientKey>,
    /// Their certificate chains, in any order.
    pub certs: Vec<Pem>,
    /// Whether the engine's certificate is verified.
    pub verify: bool,
    /// Whether the engine's certificate must be for its host name (only when `verify`).
    pub verify_name: bool,
    /// The name the engine's certificate must hold; the host of the address when `None`.
    pub server_name: Option<String>,
    /// Who compares the certificate with the host name instead (only when `verify`).
    pub identity: Option<Judge>,
}

impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsConfig")
            .field("ca", &self.ca)
            .field("certs", &self.certs)
            .field("keys", &self.keys)
            .field("verify", &self.verify)
            .field("verify_name", &self.verify_name)
            .field("server_name", &self.server_name)
            .field("judged", &self.identity.is_some())
            .finish_non_exhaustive()
    }
}

impl Default for TlsConfig {
    fn default() -> Self {
        Self {
            ca: None,
            extra_ca: None,
            keys: Vec::new(),
            certs: Vec::new(),
            verify: true,
            verify_name: true,
            server_name: None,
            identity: None,
        }
    }
}

impl TlsConfig {
    /// `ca.pem`, `cert.pem` and `key.pem` of a folder, as far as they exist.
    #[must_use]
    pub fn from_folder(folder: &Path, verify: bool) -> Self {
        let file = |name: &str| {
            let path = folder.join(name);
            path.is_file().then_some(Pem::Path(path))
        };
        Self {
            ca: file("ca.pem"),
            keys: file("key.pem").map(ClientKey::from).into_iter().collect(),
            certs: file("cert.pem").into_iter().collect(),
            verify,
            ..Self::default()
        }
    }
}
