//! TLS over TCP: the engine is verified by default, the client shows its certificate when it has one.
//!
//! Material is read once per engine, when the first connection is opened. Keys never leave this file.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use tokio_rustls::TlsConnector;

use super::{Connection, SocketControl, tls_error};
use crate::config::{Endpoint, Pem, TlsConfig};
use crate::error::{Error, ErrorKind};

/// Makes TLS connections with one configuration.
pub(crate) struct Dialer {
    settings: TlsConfig,
    client: OnceLock<Arc<ClientConfig>>,
    asked: Arc<Asked>,
}

/// Whether the engine asked for a client certificate when there is none to show.
#[derive(Debug, Default)]
struct Asked(AtomicBool);

impl ResolvesClientCert for Asked {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
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
            client: OnceLock::new(),
            asked: Arc::default(),
        }
    }

    /// Wraps an open connection to `host`.
    pub(crate) async fn wrap(
        &self,
        endpoint: &Endpoint,
        host: &str,
        connection: Connection,
    ) -> Result<Connection, Error> {
        let client = self.client()?;
        let name = self.settings.server_name.as_deref().unwrap_or(host);
        let name = ServerName::try_from(name.to_owned()).map_err(|_| {
            Error::new(
                ErrorKind::InvalidArgument,
                format!("\"{name}\" is neither a host name nor an IP address that a certificate could hold"),
            )
        })?;
        let control = match connection.control() {
            SocketControl::Tcp(socket) => SocketControl::Tls(socket),
            other => other,
        };
        let stream = TlsConnector::from(client)
            .connect(name, connection)
            .await
            .map_err(|error| {
                let unanswered = self.asked.0.load(Ordering::Relaxed);
                tls_error::handshake(endpoint, error, unanswered)
            })?;
        Ok(Connection::Other(Box::new(stream), control))
    }

    fn client(&self) -> Result<Arc<ClientConfig>, Error> {
        if let Some(client) = self.client.get() {
            return Ok(Arc::clone(client));
        }
        let built = Arc::new(build(&self.settings, &self.asked)?);
        Ok(Arc::clone(self.client.get_or_init(|| built)))
    }
}

fn build(settings: &TlsConfig, asked: &Arc<Asked>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable("TLS", &error))?;
    let verifier: Arc<dyn ServerCertVerifier> = if settings.verify {
        let inner = WebPkiServerVerifier::builder_with_provider(
            Arc::new(roots(settings)?),
            Arc::clone(&provider),
        )
        .build()
        .map_err(|error| unusable("the certificate authorities (ca)", &error))?;
        if settings.verify_name {
            inner
        } else {
            Arc::new(AnyName { inner })
        }
    } else {
        Arc::new(Anybody { provider })
    };
    let builder = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut client = match (&settings.cert, &settings.key) {
        (Some(cert), Some(key)) => {
            let key = private_key(key, settings.key_password.as_deref())?;
            builder
                .with_client_auth_cert(certificates("cert", cert)?, key)
                .map_err(|error| {
                    unusable("the client certificate and its key (cert, key)", &error)
                })?
        }
        (None, None) => builder.with_client_cert_resolver(Arc::clone(asked) as _),
        (Some(_), None) => return Err(incomplete("key", "cert")),
        (None, Some(_)) => return Err(incomplete("cert", "key")),
    };
    client.enable_sni = true;
    Ok(client)
}

fn incomplete(missing: &str, given: &str) -> Error {
    Error::new(
        ErrorKind::Tls,
        format!("TLS has a client {given} and no {missing}: both are needed"),
    )
}

fn unusable(what: &str, error: &dyn fmt::Display) -> Error {
    Error::new(ErrorKind::Tls, format!("{what} cannot be used: {error}"))
}

fn roots(settings: &TlsConfig) -> Result<RootCertStore, Error> {
    let mut store = RootCertStore::empty();
    if let Some(ca) = &settings.ca {
        for certificate in certificates("ca", ca)? {
            store
                .add(certificate)
                .map_err(|error| unusable("a certificate in ca", &error))?;
        }
        return Ok(store);
    }
    let found = rustls_native_certs::load_native_certs();
    store.add_parsable_certificates(found.certs);
    if store.is_empty() {
        return Err(Error::new(
            ErrorKind::Tls,
            "this machine has no certificate authorities to verify the engine with",
        )
        .with_hint("install them (Debian: ca-certificates) or pass the engine's own as ca"));
    }
    Ok(store)
}

fn text(what: &str, pem: &Pem) -> Result<Vec<u8>, Error> {
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

fn certificates(what: &str, pem: &Pem) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = text(what, pem)?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(what, &error))?;
    if found.is_empty() {
        return Err(unusable(what, &"it holds no PEM certificate"));
    }
    Ok(found)
}

fn private_key(pem: &Pem, password: Option<&str>) -> Result<PrivateKeyDer<'static>, Error> {
    let text = text("key", pem)?;
    let shown = String::from_utf8_lossy(&text);
    if shown.contains("ENCRYPTED PRIVATE KEY") {
        return decrypt(&shown, password);
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

/// Verifies the chain and leaves the name alone (`assert_hostname=False`).
#[derive(Debug)]
struct AnyName {
    inner: Arc<WebPkiServerVerifier>,
}

/// Verifies nothing but that the other side holds the key it shows (`verify=False`).
#[derive(Debug)]
struct Anybody {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        ) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
