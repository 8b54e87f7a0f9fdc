//! The head of a request, as bytes. Whatever could break out of its line is refused.

use bytes::BytesMut;
use http::Method;

use crate::error::{Error, ErrorKind};
use crate::request::Body;

/// Headers the core writes itself, from the address and the body.
const OWN: [&str; 3] = ["host", "content-length", "transfer-encoding"];

/// A request's head, ready to be sent.
pub(crate) struct RequestHead<'a> {
    pub(crate) method: &'a Method,
    pub(crate) target: &'a str,
    pub(crate) host: &'a str,
    pub(crate) headers: &'a [(String, String)],
    /// Headers sent unless the request names them itself.
    pub(crate) defaults: &'a [(String, String)],
    pub(crate) upgrade: bool,
}

impl RequestHead<'_> {
    /// The headers to send, the caller's first, without those the core writes.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let named = |name: &str| has(self.headers, name);
        let defaults = self.defaults.iter().filter(move |(name, _)| !named(name));
        self.headers
            .iter()
            .chain(defaults)
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| !OWN.iter().any(|own| name.eq_ignore_ascii_case(own)))
            .filter(|(name, _)| !self.upgrade || !name.eq_ignore_ascii_case("connection"))
    }

    /// Writes the head for `body`.
    pub(crate) fn write(&self, body: &Body) -> Result<BytesMut, Error> {
        check_target(self.target)?;
        let mut out = BytesMut::with_capacity(512 + self.target.len());
        let mut line = |parts: &[&str]| {
            for part in parts {
                out.extend_from_slice(part.as_bytes());
            }
            out.extend_from_slice(b"\r\n");
        };
        line(&[self.method.as_str(), " ", self.target, " HTTP/1.1"]);
        line(&["Host: ", self.host]);
        for (name, value) in self.headers() {
            check_header(name, value)?;
            line(&[name, ": ", value]);
        }
        if self.upgrade {
            line(&["Connection: Upgrade"]);
            if !has(self.headers, "upgrade") {
                line(&["Upgrade: tcp"]);
            }
        }
        match body_length(body, self.method) {
            BodyLength::None => {}
            BodyLength::Known(length) => line(&["Content-Length: ", &length.to_string()]),
            BodyLength::Unknown => line(&["Transfer-Encoding: chunked"]),
        }
        line(&[]);
        Ok(out)
    }
}

enum BodyLength {
    None,
    Known(u64),
    Unknown,
}

fn body_length(body: &Body, method: &Method) -> BodyLength {
    let takes_body = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
    match body {
        Body::Empty if takes_body => BodyLength::Known(0),
        Body::Empty => BodyLength::None,
        Body::Bytes(bytes) => BodyLength::Known(bytes.len() as u64),
        Body::Stream {
            length: Some(length),
            ..
        } => BodyLength::Known(*length),
        Body::Stream { length: None, .. } => BodyLength::Unknown,
    }
}

fn has(headers: &[(String, String)], name: &str) -> bool {
    headers
        .iter()
        .any(|(key, _)| key.eq_ignore_ascii_case(name))
}

/// A target goes out exactly as given, so it must be one word.
pub(crate) fn check_target(target: &str) -> Result<(), Error> {
    let one_word = target.bytes().all(|byte| byte > b' ' && byte != 0x7f);
    if one_word && target.starts_with('/') {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidArgument,
        "the path of a request must begin with a slash and hold no blanks or control characters",
    )
    .with_hint("percent-encode names before they become part of a path"))
}

/// The value is left out of the message: it may be a credential.
pub(crate) fn check_header(name: &str, value: &str) -> Result<(), Error> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let name_is_good = !name.is_empty() && name.bytes().all(token);
    let value_is_good = value
        .bytes()
        .all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f));
    if name_is_good && value_is_good {
        return Ok(());
    }
    let what = if name_is_good { "value" } else { "name" };
    Err(Error::new(
        ErrorKind::InvalidArgument,
        format!("the {what} of the header {name:?} holds characters that a header cannot hold"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_a_head() {
        let head = RequestHead {
            method: &Method::POST,
            target: "/v1.41/x?y=%20",
            host: "localhost",
            headers: &[
                ("Content-Length".into(), "9".into()),
                ("user-agent".into(), "me".into()),
            ],
            defaults: &[("User-Agent".into(), "it".into()), ("A".into(), "b".into())],
            upgrade: true,
        };
        assert_eq!(
            head.write(&Body::Empty).unwrap(),
            "POST /v1.41/x?y=%20 HTTP/1.1\r\nHost: localhost\r\nuser-agent: me\r\nA: b\r\n\
             Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n"
        );
    }

    #[test]
    fn nothing_breaks_out_of_its_line() {
        for target in ["/a b", "/a\r\nX: y", "a", ""] {
            assert_eq!(
                check_target(target).unwrap_err().kind(),
                ErrorKind::InvalidArgument
            );
        }
        let error = check_header("X-Registry-Auth", "secret\r\n").unwrap_err();
        assert!(!error.to_string().contains("secret"));
        assert!(check_header("a b", "x").is_err());
    }
}
