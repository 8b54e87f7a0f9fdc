//! TLS settings as JavaScript gives them.

use bytes::Bytes;
use dockline::{Pem, TlsConfig};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// TLS settings; documents are PEM.
#[napi(object, object_to_js = false)]
pub struct TlsOptions {
    /// The authorities to trust; the system's unless given.
    pub ca: Option<Buffer>,
    /// The client's certificate chain.
    pub cert: Option<Buffer>,
    /// The client's key.
    pub key: Option<Buffer>,
    /// The key's password.
    pub passphrase: Option<String>,
    /// Whether the engine's certificate is verified.
    pub verify: bool,
}

impl From<TlsOptions> for TlsConfig {
    fn from(given: TlsOptions) -> Self {
        let pem = |buffer: Option<Buffer>| {
            buffer.map(|buffer| Pem::Text(Bytes::copy_from_slice(&buffer)))
        };
        Self {
            ca: pem(given.ca),
            cert: pem(given.cert),
            key: pem(given.key),
            key_password: given.passphrase,
            verify: given.verify,
            ..Self::default()
        }
    }
}
