//! How much of a server's certificate is verified, and why it is not trusted.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use pkcs8::der::asn1::AnyRef;
use pkcs8::der::{Decode, Reader, SliceReader, Tagged};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, OtherError, SignatureScheme};

/// Why a certificate is not trusted, where rustls says less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Untrusted {
    /// It has signed itself.
    SelfSigned,
    /// The chain it came with ends in an authority that nobody trusts.
    StrangeRoot,
    /// Nobody knows who signed the last of the chain it came with.
    ChainEnds,
    /// It came alone, and nobody knows who signed it.
    Alone,
    /// It is of the first version of X.509.
    FirstVersion,
}

impl Untrusted {
    /// As in `Error::field("certificate")`.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::SelfSigned => "self_signed",
            Self::StrangeRoot => "self_signed_in_chain",
            Self::ChainEnds => "issuer_unknown",
            Self::Alone => "alone",
            Self::FirstVersion => "first_version",
        }
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Error for Untrusted {}

/// Who a certificate says it is.
struct Identity<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
    first_version: bool,
}

impl<'a> Identity<'a> {
    fn of(der: &'a [u8]) -> Option<Self> {
        let certificate = AnyRef::from_der(der).ok()?;
        let signed = AnyRef::decode(&mut SliceReader::new(certificate.value()).ok()?).ok()?;
        let mut fields = SliceReader::new(signed.value()).ok()?;
        let mut next = || fields.decode::<AnyRef<'a>>().ok();
        let first = next()?;
        // [0] is the version, which the first one leaves out; then serial number and algorithm.
        let has_version = first.tag().is_context_specific();
        if has_version {
            next()?;
        }
        next()?;
        let issuer = next()?.value();
        let _validity = next()?;
        let subject = next()?.value();
        Some(Self {
            issuer,
            subject,
            first_version: !has_version,
        })
    }
}

fn is_self_issued(der: &[u8]) -> bool {
    Identity::of(der).is_some_and(|identity| identity.issuer == identity.subject)
}

/// Verifies the chain, and the name unless that is left to others.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) inner: Arc<WebPkiServerVerifier>,
    /// Trusted as they are: a server may show one of them as its own certificate.
    pub(super) pinned: Vec<CertificateDer<'static>>,
    pub(super) verify_name: bool,
}

impl Verifier {
    /// What is wrong with the certificate, as exactly as can be told.
    fn explained(
        &self,
        error: CertificateError,
        own: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let why = match &error {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
                if !self.verify_name =>
            {
                return Ok(ServerCertVerified::assertion());
            }
            // Authorities are refused as a server's own certificate only when everything else was found right.
            CertificateError::Other(_) if self.pinned.contains(own) => {
                return self.named(own, name);
            }
            CertificateError::Other(_)
                if Identity::of(own).is_some_and(|own| own.first_version) =>
            {
                Untrusted::FirstVersion
            }
            CertificateError::Other(_) | CertificateError::UnknownIssuer if is_self_issued(own) => {
                Untrusted::SelfSigned
            }
            CertificateError::UnknownIssuer if chain.iter().any(|der| is_self_issued(der)) => {
                Untrusted::StrangeRoot
            }
            CertificateError::UnknownIssuer if chain.is_empty() => Untrusted::Alone,
            CertificateError::UnknownIssuer => Untrusted::ChainEnds,
            _ => return Err(error.into()),
        };
        Err(CertificateError::Other(OtherError(Arc::new(why))).into())
    }

    fn named(
        &self,
        own: &CertificateDer<'_>,
        name: &ServerName<'_>,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.verify_name {
            verify_server_name(&ParsedCertificate::try_from(own)?, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }
}

/// Verifies nothing but that the other side holds the key it shows (`verify=False`).
#[derive(Debug)]
pub(super) struct Anybody {
    pub(super) provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
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
            Err(rustls::Error::InvalidCertificate(error)) => {
                self.explained(error, end_entity, intermediates, server_name)
            }
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
