//! The head of an answer: found in what was read, parsed once, bounded. No I/O.

use crate::error::{Error, ErrorKind};
use crate::reply::Head;

/// The longest head, and the most headers.
pub(crate) const HEAD_LIMIT: usize = 64 * 1024;
const HEADER_LIMIT: usize = 256;
/// How much of what is not HTTP is shown.
const EXCERPT: usize = 24;
const PROTOCOL: &[u8] = b"HTTP/1.";

/// The length of the head that `bytes` begin with, its empty line included; `None` when more is needed. `seen` bytes were
/// already looked at.
pub(crate) fn find_end(bytes: &[u8], seen: usize) -> Result<Option<usize>, Error> {
    let start = bytes
        .get(..PROTOCOL.len().min(bytes.len()))
        .unwrap_or_default();
    if !PROTOCOL.starts_with(start) {
        return Err(not_http(bytes));
    }
    let from = seen.saturating_sub(3);
    let tail = bytes.get(from..).unwrap_or_default();
    for newline in memchr::memchr_iter(b'\n', tail) {
        let rest = tail.get(newline + 1..).unwrap_or_default();
        let length = match rest {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => continue,
        };
        return Ok(Some(from + newline + 1 + length));
    }
    if bytes.len() > HEAD_LIMIT {
        let message = format!("the head of the answer is longer than {HEAD_LIMIT} bytes");
        return Err(Error::new(ErrorKind::TooLarge, message));
    }
    Ok(None)
}

/// Parses a whole head, its empty line included.
pub(crate) fn parse(bytes: &[u8]) -> Result<Head, Error> {
    let mut headers = vec![httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let mut parsed = response.parse(bytes);
    let mut more;
    if parsed == Err(httparse::Error::TooManyHeaders) {
        more = vec![httparse::EMPTY_HEADER; HEADER_LIMIT];
        response = httparse::Response::new(&mut more);
        parsed = response.parse(bytes);
    }
    match parsed {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Err(not_http(bytes)),
        Err(httparse::Error::TooManyHeaders) => {
            let message = format!("the answer has more than {HEADER_LIMIT} headers");
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        Err(error) => {
            let message = format!("the head of the answer is not HTTP: {error}");
            return Err(Error::new(ErrorKind::Protocol, message));
        }
    }
    let text = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // Header values are bytes; Latin-1 is what the standard says of old.
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    Ok(Head {
        status: response.code.unwrap_or_default(),
        reason: response.reason.unwrap_or_default().to_owned(),
        headers: response
            .headers
            .iter()
            .map(|header| (header.name.to_owned(), text(header.value)))
            .collect(),
    })
}

/// What was answered is not HTTP; says what it looks like.
pub(crate) fn not_http(bytes: &[u8]) -> Error {
    let start = bytes.get(..bytes.len().min(EXCERPT)).unwrap_or_default();
    let (kind, what, hint) = match bytes {
        [0x15 | 0x16, 0x03, ..] => (
            ErrorKind::WrongProtocol,
            "TLS".to_owned(),
            "use https:// or give the TLS settings",
        ),
        [b'S', b'S', b'H', ..] => (
            ErrorKind::WrongProtocol,
            format!("ssh (\"{}\")", start.escape_ascii()),
            "use ssh:// instead",
        ),
        _ => (
            ErrorKind::Protocol,
            format!("\"{}\"", start.escape_ascii()),
            "check that an engine listens there",
        ),
    };
    let message = format!("what listens there is not an engine, it answered with {what}");
    Error::new(kind, message).with_hint(hint)
}

/// How the body after a head is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    Empty,
    Length(u64),
    Chunked,
    UntilEnd,
}

/// How the body after `head` is delimited, in answer to `method`.
pub(crate) fn body_kind(head: &Head, method: &http::Method) -> Result<BodyKind, Error> {
    if head.status == 101 {
        return Ok(BodyKind::UntilEnd);
    }
    if *method == http::Method::HEAD || head.status < 200 || matches!(head.status, 204 | 304) {
        return Ok(BodyKind::Empty);
    }
    if let Some(coding) = head.header("transfer-encoding") {
        let last = coding.rsplit(',').next().unwrap_or_default().trim();
        if last.eq_ignore_ascii_case("chunked") {
            return Ok(BodyKind::Chunked);
        }
        let message = format!("the answer has a transfer coding that nobody asked for: {last:?}");
        return Err(Error::new(ErrorKind::Protocol, message));
    }
    let mut length = None;
    for (_, value) in head
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
    {
        let digits = value.trim();
        let value = digits
            .parse::<u64>()
            .ok()
            .filter(|_| !digits.starts_with('+'));
        if value.is_none() || (length.is_some() && length != value) {
            let message = format!("the answer has an unusable Content-Length: {digits:?}");
            return Err(Error::new(ErrorKind::Protocol, message));
        }
        length = value;
    }
    Ok(length.map_or(BodyKind::UntilEnd, BodyKind::Length))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nX: \xe9\r\n\r\n";

    #[test]
    fn finds_the_end_wherever_it_is_cut() {
        let all = [HEAD, b"body\r\n\r\n"].concat();
        for cut in 0..HEAD.len() {
            assert_eq!(find_end(&all[..cut], 0).unwrap(), None);
            assert_eq!(find_end(&all, cut).unwrap(), Some(HEAD.len()), "{cut}");
        }
        let head = parse(HEAD).unwrap();
        assert_eq!((head.status, &*head.reason), (200, "OK"));
        assert_eq!(head.header("api-version"), Some("1.41"));
        assert_eq!(head.header("x"), Some("é"));
    }

    #[test]
    fn refuses_what_is_not_http() {
        for bad in [&b"G"[..], b"HTTP/2 200 OK\r\n\r\n"] {
            assert_eq!(find_end(bad, 0).unwrap_err().kind(), ErrorKind::Protocol);
        }
        for other in [&b"\x15\x03\x01\0\x02"[..], b"SSH-2.0-x"] {
            let error = find_end(other, 0).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::WrongProtocol);
        }
        let long = [b"HTTP/1.1 200 OK\r\nX: ", &vec![b'x'; HEAD_LIMIT][..]].concat();
        assert_eq!(find_end(&long, 0).unwrap_err().kind(), ErrorKind::TooLarge);
        assert_eq!(
            parse(b"HTTP/1.1 abc\r\n\r\n").unwrap_err().kind(),
            ErrorKind::Protocol
        );
    }

    #[test]
    fn knows_how_bodies_end() {
        let kind = |status: u16, header: Option<(&str, &str)>, method: &http::Method| {
            let head = Head {
                status,
                reason: String::new(),
                headers: header
                    .iter()
                    .map(|(n, v)| ((*n).into(), (*v).into()))
                    .collect(),
            };
            body_kind(&head, method)
        };
        let get = http::Method::GET;
        assert_eq!(kind(200, None, &get).unwrap(), BodyKind::UntilEnd);
        assert_eq!(kind(101, None, &get).unwrap(), BodyKind::UntilEnd);
        assert_eq!(kind(204, None, &get).unwrap(), BodyKind::Empty);
        assert_eq!(
            kind(304, Some(("Content-Length", "7")), &get).unwrap(),
            BodyKind::Empty
        );
        assert_eq!(
            kind(200, Some(("content-length", "7")), &get).unwrap(),
            BodyKind::Length(7)
        );
        assert_eq!(
            kind(200, Some(("content-length", "7")), &http::Method::HEAD).unwrap(),
            BodyKind::Empty
        );
        assert_eq!(
            kind(200, Some(("Transfer-Encoding", "Chunked")), &get).unwrap(),
            BodyKind::Chunked
        );
        assert!(kind(200, Some(("Content-Length", "-7")), &get).is_err());
    }
}
