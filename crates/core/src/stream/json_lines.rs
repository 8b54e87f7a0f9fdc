//! JSON values, one after another: events, statistics, progress. No I/O.
//!
//! Values may be separated by newlines, by RS (0x1e, `application/json-seq`), by blanks or by nothing. Only brackets and strings
//! are looked at; what is inside is left to the parser of the language. Each value is valid UTF-8 and bounded.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

use super::decode::Decoder;
use super::lines::ITEM_LIMIT;
use crate::error::{Error, ErrorKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between two values.
    Between,
    /// Inside an object or array, outside a string.
    Inside,
    /// Inside a string; the next byte may be escaped.
    Text { escaped: bool },
    /// Inside a number, `true`, `false` or `null` at the top.
    Scalar,
}

/// Takes a body apart into JSON values.
#[derive(Debug)]
pub struct ValueDecoder {
    state: State,
    depth: u32,
    /// For the first 64 levels: whether each is an object (1) or an array (0), the innermost lowest.
    objects: u64,
    partial: BytesMut,
}

impl Default for ValueDecoder {
    fn default() -> Self {
        Self {
            state: State::Between,
            depth: 0,
            objects: 0,
            partial: BytesMut::new(),
        }
    }
}

const TRACKED: u32 = 64;

impl ValueDecoder {
    /// Where the value under way ends in `bytes`, searched from `at`; `None` when it does not.
    fn scan(&mut self, bytes: &[u8], mut at: usize) -> Result<Option<usize>, Error> {
        while let Some(rest) = bytes.get(at..) {
            match self.state {
                State::Between => return Ok(None),
                State::Text { escaped: true } => {
                    if rest.is_empty() {
                        return Ok(None);
                    }
                    at += 1;
                    self.state = State::Text { escaped: false };
                }
                State::Text { escaped: false } => {
                    let Some(found) = text_end(rest) else {
                        return Ok(None);
                    };
                    at += found + 1;
                    if rest.get(found) == Some(&b'\\') {
                        self.state = State::Text { escaped: true };
                    } else if self.depth == 0 {
                        return Ok(Some(at));
                    } else {
                        self.state = State::Inside;
                    }
                }
                State::Inside => match self.inside(rest)? {
                    Some(used) => at += used,
                    None => return Ok(None),
                },
                State::Scalar => {
                    let end = rest
                        .iter()
                        .position(|byte| is_blank(*byte) || b"{[\"".contains(byte));
                    return Ok(end.map(|end| at + end));
                }
            }
            if self.depth == 0 && self.state == State::Inside {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// Up to and including the next bracket or quote; `None` when there is none.
    fn inside(&mut self, bytes: &[u8]) -> Result<Option<usize>, Error> {
        let found = bytes.iter().position(|byte| is_structure(*byte));
        let Some((found, byte)) = found.and_then(|at| Some((at, *bytes.get(at)?))) else {
            return Ok(None);
        };
        match byte {
            b'"' => self.state = State::Text { escaped: false },
            b'{' | b'[' => self.open(byte),
            _ => {
                let is_object = self.objects & 1 == 1;
                if self.depth <= TRACKED && is_object != (byte == b'}') {
                    return Err(garbage(byte));
                }
                if self.depth <= TRACKED {
                    self.objects >>= 1;
                }
                self.depth -= 1;
            }
        }
        Ok(Some(found + 1))
    }

    fn open(&mut self, byte: u8) {
        self.state = State::Inside;
        self.depth += 1;
        if self.depth <= TRACKED {
            self.objects = self.objects << 1 | u64::from(byte == b'{');
        }
    }

    /// Begins a value at its first byte.
    fn begin(&mut self, byte: u8) -> Result<(), Error> {
        match byte {
            b'{' | b'[' => self.open(byte),
            b'"' => self.state = State::Text { escaped: false },
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.state = State::Scalar,
            _ => return Err(garbage(byte)),
        }
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.partial.len() + bytes.len() > ITEM_LIMIT {
            self.partial = BytesMut::new();
            let message = format!("a JSON value is larger than {ITEM_LIMIT} bytes");
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        self.partial.extend_from_slice(bytes);
        Ok(())
    }

    fn complete(&mut self, value: Bytes) -> Result<Bytes, Error> {
        let was_scalar = self.state == State::Scalar;
        self.state = State::Between;
        if std::str::from_utf8(&value).is_err() {
            let message = "a JSON value is not valid UTF-8";
            return Err(Error::new(ErrorKind::Protocol, message));
        }
        if was_scalar && serde_json::from_slice::<serde::de::IgnoredAny>(&value).is_err() {
            let first = value.first().copied().unwrap_or_default();
            return Err(garbage(first));
        }
        Ok(value)
    }
}

impl Decoder for ValueDecoder {
    type Item = Bytes;

    fn push(
        &mut self,
        slab: &Bytes,
        range: Range<usize>,
        items: &mut Vec<Bytes>,
    ) -> Result<(), Error> {
        let bytes = slab.get(range.clone()).unwrap_or_default();
        let mut at = 0;
        while at < bytes.len() {
            let start = at;
            if self.state == State::Between {
                let rest = bytes.get(at..).unwrap_or_default();
                let Some(skip) = rest.iter().position(|byte| !is_blank(*byte)) else {
                    return Ok(());
                };
                at += skip + 1;
                self.begin(bytes.get(start + skip).copied().unwrap_or_default())?;
                at = self.value(slab, &range, start + skip, at, items)?;
            } else {
                at = self.value(slab, &range, start, at, items)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Option<Bytes>, Error> {
        match self.state {
            State::Between => Ok(None),
            State::Scalar => {
                let value = self.partial.split().freeze();
                self.complete(value).map(Some)
            }
            _ => Err(Error::new(
                ErrorKind::Truncated,
                format!(
                    "the stream ended inside a JSON value, after {} bytes of it",
                    self.partial.len()
                ),
            )),
        }
    }
}

impl ValueDecoder {
    /// Goes on with the value that begins (or goes on) at `start`, scanning from `at`; returns where to go on after it.
    fn value(
        &mut self,
        slab: &Bytes,
        range: &Range<usize>,
        start: usize,
        at: usize,
        items: &mut Vec<Bytes>,
    ) -> Result<usize, Error> {
        let bytes = slab.get(range.clone()).unwrap_or_default();
        let Some(end) = self.scan(bytes, at)? else {
            self.keep(bytes.get(start..).unwrap_or_default())?;
            return Ok(bytes.len());
        };
        let value = if self.partial.is_empty() {
            slab.slice(range.start + start..range.start + end)
        } else {
            self.keep(bytes.get(start..end).unwrap_or_default())?;
            self.partial.split().freeze()
        };
        items.push(self.complete(value)?);
        Ok(end)
    }
}

/// Whether a byte opens or closes something, outside strings.
const STRUCTURE: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'{' as usize] = true;
    table[b'}' as usize] = true;
    table[b'[' as usize] = true;
    table[b']' as usize] = true;
    table
};

fn is_structure(byte: u8) -> bool {
    STRUCTURE
        .get(usize::from(byte))
        .copied()
        .unwrap_or_default()
}

/// The next quote or backslash. Most strings are short, where a plain loop is faster than a search set up for long ones.
fn text_end(bytes: &[u8]) -> Option<usize> {
    const SHORT: usize = 24;
    let start = bytes.get(..SHORT.min(bytes.len())).unwrap_or_default();
    let near = start.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    near.or_else(|| {
        let rest = bytes.get(start.len()..).unwrap_or_default();
        memchr::memchr2(b'"', b'\\', rest).map(|found| start.len() + found)
    })
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x1e)
}

fn garbage(byte: u8) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!("the stream is not JSON: byte {byte:#04x} is out of place"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "\u{1e}{\"a\":\"\\\"}ü\\\\\"}\r\n{\"b\":[{\"c\":[]},\"]\"]}[1,2]\"t\\\"op\" 12\ntrue{}\n null";
    const VALUES: [&str; 8] = [
        "{\"a\":\"\\\"}ü\\\\\"}",
        "{\"b\":[{\"c\":[]},\"]\"]}",
        "[1,2]",
        "\"t\\\"op\"",
        "12",
        "true",
        "{}",
        "null",
    ];

    #[test]
    fn reads_values_split_at_every_byte() {
        let body = Bytes::from_static(BODY.as_bytes());
        for cut in 0..=body.len() {
            let (mut decoder, mut out) = (ValueDecoder::default(), Vec::new());
            decoder.push(&body, 0..cut, &mut out).unwrap();
            decoder.push(&body, cut..body.len(), &mut out).unwrap();
            out.extend(decoder.finish().unwrap());
            assert_eq!(out, VALUES, "{cut}");
        }
        let (mut decoder, mut out) = (ValueDecoder::default(), Vec::new());
        for at in 0..body.len() {
            decoder.push(&body, at..at + 1, &mut out).unwrap();
        }
        out.extend(decoder.finish().unwrap());
        assert_eq!(out, VALUES);
    }

    #[test]
    fn a_value_that_is_cut_is_truncated() {
        let body = Bytes::from_static(b"{\"a\":[1,\"x\\");
        for cut in 1..=body.len() {
            let mut decoder = ValueDecoder::default();
            decoder.push(&body, 0..cut, &mut Vec::new()).unwrap();
            assert_eq!(decoder.finish().unwrap_err().kind(), ErrorKind::Truncated);
        }
    }

    #[test]
    fn garbage_is_refused_after_what_was_good() {
        for bad in ["{}x", "{}}", "{}{]", "{}nope ", "{}\u{feff}", "{}<html>"] {
            let (mut decoder, mut out) = (ValueDecoder::default(), Vec::new());
            let body = Bytes::copy_from_slice(bad.as_bytes());
            let error = decoder.push(&body, 0..body.len(), &mut out).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{bad}");
            assert_eq!(out, ["{}"]);
        }
        let body = Bytes::from_static(b"{\"\xff\":1}");
        let error = ValueDecoder::default().push(&body, 0..body.len(), &mut Vec::new());
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Protocol);
    }

    #[test]
    fn deep_nesting_only_counts() {
        let text = "[".repeat(500) + &"]".repeat(500);
        let (mut decoder, mut out) = (ValueDecoder::default(), Vec::new());
        decoder.push(&Bytes::from(text), 0..1000, &mut out).unwrap();
        assert_eq!(out.len(), 1);
    }
}
