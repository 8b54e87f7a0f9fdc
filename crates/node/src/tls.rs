//! TLS settings as JavaScript gives them.

use bytes::Bytes;
use dockline::{ClientKey, Pem, TlsConfig};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::questions::Questions;

/// TLS settings; documents are PEM.
#[napi(object, object_to_js = false)]
pub struct TlsOptions {
    /// The authorities to trust; the system's unless given.
    pub ca: Option<Buffer>,
    /// Authorities besides the system's.
    pub extra_ca: Option<Buffer>,
    /// The client's certificate chains.
    pub certs: Vec<Buffer>,
    /// The client's keys.
    pub keys: Vec<KeyOptions>,
    /// Whether the engine's certificate is verified.
    pub verify: bool,
}

/// A key of the client.
#[napi(object, object_to_js = false)]
pub struct KeyOptions {
    /// The key.
    pub pem: Buffer,
    /// Its password.
    pub passphrase: Option<String>,
}

fn pem(buffer: &Buffer) -> Pem {
    Pem::Text(Bytes::copy_from_slice(buffer))
}

impl TlsOptions {
    /// `questions` asks whoever looks at certificates.
    pub(crate) fn config(self, questions: Option<&Questions>) -> TlsConfig {
        let keys = self.keys.into_iter().map(|key| ClientKey {
            pem: pem(&key.pem),
            password: key.passphrase,
        });
        TlsConfig {
            ca: self.ca.as_ref().map(pem),
            extra_ca: self.extra_ca.as_ref().map(pem),
            certs: self.certs.iter().map(pem).collect(),
            keys: keys.collect(),
            verify: self.verify,
            identity: questions.and_then(Questions::judge),
            ..TlsConfig::default()
        }
    }
}
