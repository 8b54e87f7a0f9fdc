//! What a failed TLS handshake means, in one sentence each.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use rustls::{AlertDescription, CertificateError, InvalidMessage};

use super::tls_verify::Untrusted;
use crate::config::Endpoint;
use crate::error::{Error, ErrorKind};

/// Kind, cause and fix of a TLS failure.
type Meaning = (ErrorKind, String, &'static str);

const NEW_CERTIFICATE: &str =
    "give the engine a new certificate, or correct the clock of the wrong machine";
const RIGHT_NAME: &str = "connect by a name or address in the certificate, pass assert_hostname, or give the engine a certificate for this name";
const RIGHT_CA: &str =
    "pass the CA that signed the engine's certificate (ca.pem in DOCKER_CERT_PATH, ca_cert)";
const RIGHT_SELF: &str =
    "pass the engine's certificate itself as CA (ca.pem in DOCKER_CERT_PATH, ca_cert)";
const SHOW_CERTIFICATE: &str = "pass a client certificate and key signed by the CA the engine trusts (cert.pem and key.pem in DOCKER_CERT_PATH, client_cert)";
const NO_TLS: &str = "connect without TLS, or use the engine's TLS port (usually 2376)";

/// The error of a handshake that failed; `unanswered` when the engine asked for a client certificate and none was shown.
pub(super) fn handshake(endpoint: &Endpoint, error: io::Error, unanswered: bool) -> Error {
    let mut found = meaning(&error);
    // Before TLS 1.3 there is no alert of its own for this.
    if unanswered && is_vague(&error) {
        found = Some(alerted(AlertDescription::CertificateRequired));
    }
    let (kind, cause, hint) = found.unwrap_or_else(|| other(&error));
    let code = error.raw_os_error();
    let wrong = found_wrong(&error);
    let error = Error::new(kind, format!("{}: {cause}", endpoint.summary()))
        .with_hint(hint)
        .with_os_code(code)
        .with_source(error);
    match wrong {
        Some(wrong) => error.with_field("certificate", wrong),
        None => error,
    }
}

/// What is wrong with the engine's certificate, in a word: the kind of error does not tell everything apart.
fn found_wrong(error: &io::Error) -> Option<&'static str> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    let rustls::Error::InvalidCertificate(reason) = inner else {
        return None;
    };
    match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Some("expired"),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Some("not_valid_yet")
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            Some("purpose")
        }
        reason => untrusted(reason).map(Untrusted::as_str),
    }
}

fn untrusted(reason: &CertificateError) -> Option<Untrusted> {
    match reason {
        CertificateError::Other(other) => other.0.downcast_ref().copied(),
        _ => None,
    }
}

/// The error of a connection whose certificate the caller's own judge refused. The refusal is its source.
pub(super) fn refused(endpoint: &Endpoint, refusal: Box<dyn StdError + Send + Sync>) -> Error {
    let message = format!(
        "{}: the engine's certificate was refused: {refusal}",
        endpoint.summary()
    );
    Error::new(ErrorKind::TlsWrongHost, message)
        .with_hint("check the certificate, and what checkServerIdentity compares it with")
        .with_source(Refused(refusal))
}

/// A refusal, as errors keep it: its source is the judge's own error.
#[derive(Debug)]
struct Refused(Box<dyn StdError + Send + Sync>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Refused {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

/// What a TLS failure inside `error` means; `None` when there is none. A refused client certificate shows itself only at
/// the first read.
pub(super) fn meaning(error: &io::Error) -> Option<Meaning> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(match inner {
        rustls::Error::InvalidCertificate(reason) => certificate(reason),
        rustls::Error::AlertReceived(alert) => alerted(*alert),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => (
            ErrorKind::WrongProtocol,
            "what answers there does not speak TLS".to_owned(),
            NO_TLS,
        ),
        rustls::Error::PeerIncompatible(reason) => (
            ErrorKind::Tls,
            format!("the two sides share no TLS version and cipher: {reason:?}"),
            "let the engine speak TLS 1.2 or 1.3",
        ),
        other => (
            ErrorKind::Tls,
            format!("the TLS handshake failed: {other}"),
            "check that an engine listens there and which TLS versions it allows",
        ),
    })
}

fn is_vague(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    matches!(
        inner,
        Some(rustls::Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::BadCertificate
        ))
    )
}

fn other(error: &io::Error) -> Meaning {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let closed = [
        UnexpectedEof,
        ConnectionReset,
        ConnectionAborted,
        BrokenPipe,
    ];
    if closed.contains(&error.kind()) {
        return (
            ErrorKind::WrongProtocol,
            "the connection was closed during the TLS handshake: what listens there does not speak TLS, or refuses without a word".to_owned(),
            NO_TLS,
        );
    }
    (
        ErrorKind::ConnectionLost,
        format!("the connection failed during the TLS handshake: {error}"),
        "check that an engine listens there",
    )
}

fn certificate(reason: &CertificateError) -> Meaning {
    match untrusted(reason) {
        Some(Untrusted::SelfSigned) => {
            return (
                ErrorKind::TlsUnknownAuthority,
                "the engine's certificate is self-signed, and not one that is trusted here"
                    .to_owned(),
                RIGHT_SELF,
            );
        }
        Some(Untrusted::FirstVersion) => {
            return (
                ErrorKind::Tls,
                "the engine's certificate is of version 1 of X.509, which can hold no host name"
                    .to_owned(),
                "make it with extensions: openssl x509 -req -extfile FILE, with subjectAltName in that file",
            );
        }
        Some(Untrusted::Alone | Untrusted::ChainEnds | Untrusted::StrangeRoot) => {
            return certificate(&CertificateError::UnknownIssuer);
        }
        None => {}
    }
    match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            ErrorKind::TlsExpired,
            format!("the engine's certificate has expired{}", since(reason)),
            NEW_CERTIFICATE,
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            ErrorKind::TlsExpired,
            format!("the engine's certificate is not valid yet{}", since(reason)),
            NEW_CERTIFICATE,
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            ErrorKind::TlsWrongHost,
            format!(
                "the engine's certificate is for another host{}",
                names(reason)
            ),
            RIGHT_NAME,
        ),
        CertificateError::UnknownIssuer | CertificateError::BadSignature => (
            ErrorKind::TlsUnknownAuthority,
            "the engine's certificate was signed by an authority that is not trusted here"
                .to_owned(),
            RIGHT_CA,
        ),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => (
            ErrorKind::Tls,
            "the engine's certificate is not one for a server".to_owned(),
            "give the engine a certificate with extendedKeyUsage serverAuth",
        ),
        reason => (
            ErrorKind::Tls,
            format!("the engine's certificate was refused: {reason}"),
            RIGHT_CA,
        ),
    }
}

/// How long ago, or how long from now.
fn since(reason: &CertificateError) -> String {
    const DAY: u64 = 86_400;
    let (time, limit, word) = match reason {
        CertificateError::ExpiredContext { time, not_after } => (time, not_after, "ago"),
        CertificateError::NotValidYetContext { time, not_before } => (time, not_before, "from now"),
        _ => return String::new(),
    };
    let days = time.as_secs().abs_diff(limit.as_secs()) / DAY;
    match days {
        0 => " (less than a day)".to_owned(),
        1 => format!(" (1 day {word})"),
        days => format!(" ({days} days {word})"),
    }
}

/// For whom the certificate is, and whom it was wanted for.
fn names(reason: &CertificateError) -> String {
    let CertificateError::NotValidForNameContext {
        expected,
        presented,
    } = reason
    else {
        return String::new();
    };
    let expected = expected.to_str();
    if presented.is_empty() {
        return format!(": it holds no name at all (subjectAltName), and not {expected}");
    }
    let shown: Vec<_> = presented
        .iter()
        .map(|name| {
            // rustls words them as `DnsName("host")` and `IpAddress(1.2.3.4)`.
            let inner = name.split_once('(').map_or(name.as_str(), |(_, rest)| rest);
            inner.trim_end_matches(')').trim_matches('"').to_owned()
        })
        .collect();
    format!(": it is for {}, not for {expected}", shown.join(", "))
}

fn alerted(alert: AlertDescription) -> Meaning {
    match alert {
        AlertDescription::CertificateRequired => (
            ErrorKind::TlsClientCertificate,
            "the engine wants a client certificate and none was shown".to_owned(),
            SHOW_CERTIFICATE,
        ),
        AlertDescription::CertificateExpired => (
            ErrorKind::TlsClientCertificate,
            "the engine refused the client's certificate: it has expired".to_owned(),
            "get a new client certificate (cert.pem), or correct the clock of the wrong machine",
        ),
        AlertDescription::UnknownCA => (
            ErrorKind::TlsClientCertificate,
            "the engine refused the client's certificate: an authority signed it that the engine does not trust".to_owned(),
            SHOW_CERTIFICATE,
        ),
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateRevoked
        | AlertDescription::AccessDenied => (
            ErrorKind::TlsClientCertificate,
            format!("the engine refused the client's certificate ({alert:?}), or missed one"),
            SHOW_CERTIFICATE,
        ),
        AlertDescription::ProtocolVersion | AlertDescription::InsufficientSecurity => (
            ErrorKind::Tls,
            format!("the two sides share no TLS version and cipher ({alert:?})"),
            "let the engine speak TLS 1.2 or 1.3",
        ),
        alert => (
            ErrorKind::Tls,
            format!("the engine ended the TLS handshake ({alert:?})"),
            "check which TLS versions and ciphers the engine allows",
        ),
    }
}
