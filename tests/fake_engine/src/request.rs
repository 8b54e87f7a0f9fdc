//! Reads requests: the head, and the body by `Content-Length` or chunk by chunk.

use crate::record::Record;
use crate::socket::Reader;
use std::io;

/// A request's head.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

/// How a request's body is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delimiter {
    None,
    Length(u64),
    Chunked,
}

impl Head {
    /// Reads a head; nothing when the peer left instead.
    pub(crate) fn read(reader: &mut Reader<'_>) -> io::Result<Option<Self>> {
        let mut line = reader.line()?;
        while line.as_deref() == Some("") {
            line = reader.line()?; // blank lines before a request are allowed
        }
        let Some(first) = line else { return Ok(None) };
        let mut words = first.split(' ');
        let mut head = Self {
            method: words.next().unwrap_or_default().to_owned(),
            target: words.next().unwrap_or_default().to_owned(),
            headers: Vec::new(),
        };
        loop {
            match reader.line()? {
                None => return Ok(None),
                Some(line) if line.is_empty() => return Ok(Some(head)),
                Some(line) => {
                    let (name, value) = line.split_once(':').unwrap_or((&line, ""));
                    head.headers
                        .push((name.to_owned(), value.trim().to_owned()));
                }
            }
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn delimiter(&self) -> Delimiter {
        if self
            .header("transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"))
        {
            return Delimiter::Chunked;
        }
        match self
            .header("content-length")
            .and_then(|value| value.parse().ok())
        {
            None | Some(0) => Delimiter::None,
            Some(length) => Delimiter::Length(length),
        }
    }

    pub(crate) fn expects_continue(&self) -> bool {
        self.header("expect")
            .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
    }

    pub(crate) fn wants_close(&self) -> bool {
        self.header("connection")
            .is_some_and(|value| value.to_ascii_lowercase().contains("close"))
    }

    /// The version in the path (without the `v`), the rest of the path, and the query.
    pub(crate) fn parts(&self) -> (Option<&str>, &str, &str) {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let versioned = path.strip_prefix("/v").and_then(|rest| {
            let (version, _) = rest.split_once('/')?;
            let digits = version.starts_with(|c: char| c.is_ascii_digit());
            (digits && version.chars().all(|c| c.is_ascii_digit() || c == '.'))
                .then(|| (Some(version), &rest[version.len()..]))
        });
        let (version, path) = versioned.unwrap_or((None, path));
        (version, path, query)
    }

    pub(crate) fn record(&self, connection: u64) -> Record {
        let (version, path, query) = self.parts();
        Record {
            connection,
            method: self.method.clone(),
            target: self.target.clone(),
            path: path.to_owned(),
            version: version.map(str::to_owned),
            query: parse_query(query),
            headers: self.headers.clone(),
            ..Record::default()
        }
    }
}

pub(crate) fn parse_query(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes().iter();
    while let Some(&byte) = bytes.next() {
        let rest = bytes.as_slice();
        let pair = rest
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (byte, pair) {
            (b'%', Some(value)) => {
                out.push(value);
                bytes.nth(1);
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Reads a body to its end, handing over its pieces. False when the peer left in the middle.
pub(crate) fn read_body(
    reader: &mut Reader<'_>,
    delimiter: Delimiter,
    take: &mut dyn FnMut(&[u8]),
) -> io::Result<bool> {
    match delimiter {
        Delimiter::None => Ok(true),
        Delimiter::Length(length) => read_exactly(reader, length, take),
        Delimiter::Chunked => loop {
            let Some(line) = reader.line()? else {
                return Ok(false);
            };
            let size = line.split(';').next().unwrap_or_default().trim();
            let Ok(size) = u64::from_str_radix(size, 16) else {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a chunk size that is not one",
                ));
            };
            if size == 0 {
                return skip_trailers(reader);
            }
            if !read_exactly(reader, size, take)? || reader.line()?.is_none() {
                return Ok(false);
            }
        },
    }
}

fn skip_trailers(reader: &mut Reader<'_>) -> io::Result<bool> {
    loop {
        match reader.line()? {
            None => return Ok(false),
            Some(line) if line.is_empty() => return Ok(true),
            Some(_) => {}
        }
    }
}

fn read_exactly(
    reader: &mut Reader<'_>,
    mut length: u64,
    take: &mut dyn FnMut(&[u8]),
) -> io::Result<bool> {
    while length > 0 {
        let available = reader.available()?;
        if available.is_empty() {
            return Ok(false);
        }
        let now = available
            .len()
            .min(usize::try_from(length).unwrap_or(usize::MAX));
        take(&available[..now]);
        reader.consume(now);
        length -= now as u64;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_their_version() {
        let parts = |target: &str| {
            let head = Head {
                target: target.to_owned(),
                ..Head::default()
            };
            let (version, path, query) = head.parts();
            (
                version.map(str::to_owned),
                path.to_owned(),
                query.to_owned(),
            )
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            parts("/v1.41/info?a=1"),
            (some("1.41"), "/info".to_owned(), "a=1".to_owned())
        );
        assert_eq!(
            parts("/volumes"),
            (None, "/volumes".to_owned(), String::new())
        );
        assert_eq!(
            parts("/version"),
            (None, "/version".to_owned(), String::new())
        );
        assert_eq!(parts("/v1.41"), (None, "/v1.41".to_owned(), String::new()));
    }

    #[test]
    fn queries_are_decoded() {
        let pairs = parse_query("a=1&b=%7B%22x%22%3A+1%7D&c&d=50%");
        let expected = [("a", "1"), ("b", "{\"x\": 1}"), ("c", ""), ("d", "50%")];
        assert_eq!(
            pairs,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
