//! TLS settings as data. Keys given as bytes are never printed.

use std::fmt;
use std::path::{Path, PathBuf};

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

/// How a TLS connection is made.
#[derive(Clone, PartialEq, Eq)]
pub struct TlsConfig {
    /// Certificates of the authorities to trust; the system's when `None`.
    pub ca: Option<Pem>,
    /// The client's certificate chain.
    pub cert: Option<Pem>,
    /// The client's key.
    pub key: Option<Pem>,
    /// The password of the key, when it is encrypted.
    pub key_password: Option<String>,
    /// Whether the engine's certificate is verified.
    pub verify: bool,
    /// Whether the engine's certificate must be for its host name (only when `verify`).
    pub verify_name: bool,
    /// The name the engine's certificate must hold; the host of the address when `None`.
    pub server_name: Option<String>,
}

impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsConfig")
            .field("ca", &self.ca)
            .field("cert", &self.cert)
            .field("key", &self.key)
            .field("verify", &self.verify)
            .field("verify_name", &self.verify_name)
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}

impl Default for TlsConfig {
    fn default() -> Self {
        Self {
            ca: None,
            cert: None,
            key: None,
            key_password: None,
            verify: true,
            verify_name: true,
            server_name: None,
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
            cert: file("cert.pem"),
            key: file("key.pem"),
            verify,
            ..Self::default()
        }
    }
}
