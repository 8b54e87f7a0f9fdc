//! TLS over TCP: the engine is verified by default, the client shows its certificate when it has one.
//!
//! Material is read once per engine, when the first connection is opened.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::tls_keys::{Identities, Unanswered, certificates, text};
use super::tls_verify::{Anybody, Verifier};
use super::{Connection, SocketControl, tls_error};
use crate::config::{Endpoint, Judge, Pem, TlsConfig};
use crate::error::{Error, ErrorKind};

/// Makes TLS connections with one configuration.
pub(crate) struct Dialer {
    settings: TlsConfig,
    client: OnceCell<Arc<ClientConfig>>,
    unanswered: Arc<Unanswered>,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

impl Dialer {
    pub(crate) fn new(settings: TlsConfig) -> Self {
        Self {
            settings,
            client: OnceCell::new(),
            unanswered: Arc::default(),
        }
    }

    /// Wraps an open connection to `host`.
    pub(crate) async fn wrap(
        &self,
        endpoint: &Endpoint,
        host: &str,
        connection: Connection,
    ) -> Result<Connection, Error> {
        let client = self.client.get_or_try_init(|| self.build()).await?;
        let host = self.settings.server_name.as_deref().unwrap_or(host);
        let name = ServerName::try_from(host.to_owned()).map_err(|_| {
            Error::new(
                ErrorKind::InvalidArgument,
                format!("\"{host}\" is neither a host name nor an IP address that a certificate could hold"),
            )
        })?;
        let control = SocketControl::Tls(Box::new(connection.control()));
        let stream = TlsConnector::from(Arc::clone(client))
            .connect(name, connection)
            .await
            .map_err(|error| tls_error::handshake(endpoint, error, self.unanswered.is_set()))?;
        if let Some(Judge(judge)) = self.judge() {
            let judged = judge.judge(host, shown(&stream));
            judged
                .await
                .map_err(|refusal| tls_error::refused(endpoint, refusal))?;
        }
        Ok(Connection::Other(Box::new(stream), control))
    }

    /// Who looks at certificates, unless nothing is verified.
    fn judge(&self) -> Option<&Judge> {
        let judge = self.settings.identity.as_ref();
        judge.filter(|_| self.settings.verify)
    }

    /// Reads files and unlocks keys, which is meant to be slow: in a thread of its own.
    async fn build(&self) -> Result<Arc<ClientConfig>, Error> {
        let settings = self.settings.clone();
        let unanswered = Arc::clone(&self.unanswered);
        let building = tokio::task::spawn_blocking(move || build(&settings, &unanswered));
        let built = building
            .await
            .map_err(|_| Error::new(ErrorKind::Tls, "the settings for TLS could not be read"))?;
        built.map(Arc::new)
    }
}

/// The certificates that the engine showed; those of the first time where a session was resumed, so that who was refused once is not
/// let in the next time.
fn shown(stream: &TlsStream<Connection>) -> Vec<Bytes> {
    let (_, session) = stream.get_ref();
    let chain = session.peer_certificates().unwrap_or_default().iter();
    chain
        .map(|certificate| Bytes::copy_from_slice(certificate))
        .collect()
}

fn build(settings: &TlsConfig, unanswered: &Arc<Unanswered>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let identities = Identities::read(settings, &provider, unanswered)?;
    let mut client = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable("TLS", &error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier(settings, provider)?)
        .with_client_cert_resolver(Arc::new(identities));
    client.enable_sni = true;
    Ok(client)
}

fn verifier(
    settings: &TlsConfig,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    if !settings.verify {
        return Ok(Arc::new(Anybody { provider }));
    }
    let pinned = match &settings.ca {
        Some(ca) => certificates("ca", ca)?,
        None => Vec::new(),
    };
    let roots = Arc::new(roots(settings, &pinned)?);
    let inner = WebPkiServerVerifier::builder_with_provider(roots, provider)
        .build()
        .map_err(|error| unusable("the certificate authorities (ca)", &error))?;
    Ok(Arc::new(Verifier {
        inner,
        pinned,
        verify_name: settings.verify_name && settings.identity.is_none(),
    }))
}

pub(super) fn unusable(what: &str, error: &dyn fmt::Display) -> Error {
    Error::new(ErrorKind::Tls, format!("{what} cannot be used: {error}"))
}

fn roots(settings: &TlsConfig, pinned: &[CertificateDer<'static>]) -> Result<RootCertStore, Error> {
    let mut store = RootCertStore::empty();
    if settings.ca.is_some() {
        for certificate in pinned {
            store
                .add(certificate.clone())
                .map_err(|error| unusable("a certificate in ca", &error))?;
        }
        return Ok(store);
    }
    let found = rustls_native_certs::load_native_certs();
    store.add_parsable_certificates(found.certs);
    store.add_parsable_certificates(extra(settings.extra_ca.as_ref()));
    if store.is_empty() {
        return Err(Error::new(
            ErrorKind::Tls,
            "this machine has no certificate authorities to verify the engine with",
        )
        .with_hint("install them (Debian: ca-certificates) or pass the engine's own as ca"));
    }
    Ok(store)
}

/// As many of the additional authorities as can be read.
fn extra(pem: Option<&Pem>) -> Vec<CertificateDer<'static>> {
    let text = pem.and_then(|pem| text("extra_ca", pem).ok());
    let found = CertificateDer::pem_slice_iter(text.as_deref().unwrap_or_default());
    found.filter_map(Result::ok).collect()
}
