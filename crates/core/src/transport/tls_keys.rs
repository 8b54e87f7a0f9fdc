//! The client's keys and certificates: reading them, and which is shown to whom. Keys never leave this file.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::tls::unusable;
use crate::config::{ClientKey, Pem, TlsConfig};
use crate::error::{Error, ErrorKind};

/// What the client can show of itself.
#[derive(Debug, Default)]
pub(super) struct Identities {
    /// The last of several that would do is shown, as with OpenSSL.
    known: Vec<Arc<CertifiedKey>>,
    unanswered: Arc<Unanswered>,
}

/// Whether the engine asked for a client certificate when there was none to show.
#[derive(Debug, Default)]
pub(super) struct Unanswered(AtomicBool);

impl Unanswered {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Identities {
    /// Reads the keys and finds each one's certificates.
    pub(super) fn read(
        settings: &TlsConfig,
        provider: &CryptoProvider,
        unanswered: &Arc<Unanswered>,
    ) -> Result<Self, Error> {
        let keys = &settings.keys;
        let chains = chains(settings, keys.len() > 1)?;
        match (chains.is_empty(), keys.is_empty()) {
            (false, true) => return Err(incomplete("key", "cert")),
            (true, false) => return Err(incomplete("cert", "key")),
            _ => {}
        }
        let mut known = Vec::with_capacity(keys.len());
        for key in keys {
            known.push(Arc::new(certified(key, &chains, provider)?));
        }
        Ok(Self {
            known,
            unanswered: Arc::clone(unanswered),
        })
    }
}

impl ResolvesClientCert for Identities {
    fn resolve(&self, _: &[&[u8]], wanted: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let signs = |scheme: &SignatureScheme| {
            let mut latest_first = self.known.iter().rev();
            latest_first.find(|known| known.key.choose_scheme(&[*scheme]).is_some())
        };
        let found = wanted.iter().find_map(signs).cloned();
        if found.is_none() {
            self.unanswered.0.store(true, Ordering::Relaxed);
        }
        found
    }

    fn has_certs(&self) -> bool {
        !self.known.is_empty()
    }
}

type Chain = Vec<CertificateDer<'static>>;

/// Certificate chains: one each document, where there are several keys; else all of it is one chain.
fn chains(settings: &TlsConfig, apart: bool) -> Result<Vec<Chain>, Error> {
    let documents = settings.certs.iter();
    let chains = documents
        .map(|pem| certificates("cert", pem))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(if apart || chains.is_empty() {
        chains
    } else {
        vec![chains.into_iter().flatten().collect()]
    })
}

/// A key with the chain that is its own.
fn certified(
    key: &ClientKey,
    chains: &[Chain],
    provider: &CryptoProvider,
) -> Result<CertifiedKey, Error> {
    let pair = |error: &dyn std::fmt::Display| {
        unusable("the client certificate and its key (cert, key)", error)
    };
    let signing = provider
        .key_provider
        .load_private_key(private_key(key)?)
        .map_err(|error| pair(&error))?;
    let mut mismatch = None;
    let mut unread = None;
    for chain in chains {
        let pair = CertifiedKey::new(chain.clone(), Arc::clone(&signing));
        match pair.keys_match() {
            Ok(()) => return Ok(pair),
            Err(error @ rustls::Error::InconsistentKeys(_)) => mismatch = Some(error),
            // Of the first version of X.509, for instance: the engine has to understand it, we do not.
            Err(_) => unread = Some(pair),
        }
    }
    unread.ok_or_else(|| mismatch.map_or_else(|| incomplete("cert", "key"), |error| pair(&error)))
}

fn incomplete(missing: &str, given: &str) -> Error {
    Error::new(
        ErrorKind::Tls,
        format!("TLS has a client {given} and no {missing}: both are needed"),
    )
}

pub(super) fn text(what: &str, pem: &Pem) -> Result<Vec<u8>, Error> {
    match pem {
        Pem::Text(text) => Ok(text.to_vec()),
        Pem::Path(path) => std::fs::read(path).map_err(|error| {
            Error::new(
                ErrorKind::Tls,
                format!("{what} {} cannot be read: {error}", path.display()),
            )
            .with_os_code(error.raw_os_error())
        }),
    }
}

pub(super) fn certificates(what: &str, pem: &Pem) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = text(what, pem)?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(what, &error))?;
    if found.is_empty() {
        return Err(unusable(what, &"it holds no PEM certificate"));
    }
    Ok(found)
}

fn private_key(key: &ClientKey) -> Result<PrivateKeyDer<'static>, Error> {
    let ClientKey { pem, password } = key;
    let text = text("key", pem)?;
    let shown = String::from_utf8_lossy(&text);
    if shown.contains("ENCRYPTED PRIVATE KEY") {
        return decrypt(&shown, password.as_deref());
    }
    if shown.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(Error::new(
            ErrorKind::Tls,
            "the key is encrypted in OpenSSL's old form, which is not supported",
        )
        .with_hint("convert it: openssl pkcs8 -topk8 -in key.pem -out new-key.pem"));
    }
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| unusable("key", &error))
}

/// The encrypted key alone, without what stands around it in the file.
fn encrypted_block(text: &str) -> &str {
    const BEGIN: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
    const END: &str = "-----END ENCRYPTED PRIVATE KEY-----";
    let block = text.find(BEGIN).and_then(|begin| {
        let rest = text.get(begin..)?;
        let end = rest.find(END)? + END.len();
        rest.get(..end)
    });
    block.unwrap_or(text)
}

fn decrypt(text: &str, password: Option<&str>) -> Result<PrivateKeyDer<'static>, Error> {
    use pkcs8::SecretDocument;
    let Some(password) = password else {
        return Err(Error::new(
            ErrorKind::Tls,
            "the key is encrypted and no password was given",
        )
        .with_hint("pass its password, or an unencrypted key"));
    };
    let (_, document) =
        SecretDocument::from_pem(encrypted_block(text)).map_err(|error| unusable("key", &error))?;
    let encrypted = pkcs8::EncryptedPrivateKeyInfo::try_from(document.as_bytes())
        .map_err(|error| unusable("key", &error))?;
    let plain = encrypted
        .decrypt(password)
        .map_err(|_| unusable("key", &"the password does not fit"))?;
    PrivateKeyDer::try_from(plain.as_bytes().to_vec()).map_err(|error| unusable("key", &error))
}
