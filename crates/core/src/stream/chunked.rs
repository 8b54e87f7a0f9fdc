//! HTTP/1.1 chunked framing, decoded in place: the caller is told which part of its buffer is data. No I/O.
//!
//! Extensions and trailers are accepted and dropped; sizes, extensions and trailers are bounded.

use std::ops::Range;

use crate::error::{Error, ErrorKind};

/// The longest size line (with extensions) and the longest set of trailers.
const LINE_LIMIT: usize = 16 * 1024;
const TRAILER_LIMIT: usize = 64 * 1024;
/// 15 digits are a petabyte; more would overflow before they made sense.
const DIGIT_LIMIT: u8 = 15;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Size {
        value: u64,
        digits: u8,
    },
    Extension {
        value: u64,
        length: usize,
    },
    SizeEnd {
        value: u64,
    },
    Data {
        left: u64,
    },
    DataCr,
    DataLf,
    /// At the start of a trailer line, or of the line that ends the body.
    TrailerStart {
        length: usize,
    },
    Trailer {
        length: usize,
    },
    LastLf,
    Done,
}

/// A chunked body, as far as it was seen.
#[derive(Clone, Debug)]
pub struct ChunkedDecoder {
    state: State,
}

/// What one step found in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many bytes of the input were used, the data included.
    pub consumed: usize,
    /// Where the data lies in the input; empty when there is none.
    pub data: Range<usize>,
    /// Whether the data is the end of its chunk.
    pub ends_chunk: bool,
}

impl Default for ChunkedDecoder {
    fn default() -> Self {
        Self {
            state: State::Size {
                value: 0,
                digits: 0,
            },
        }
    }
}

impl ChunkedDecoder {
    /// Whether the terminal chunk and its trailers were seen.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Reads framing up to the next data, and at most `limit` bytes of data. An empty `data` means that the input is used up, or
    /// that the body is done.
    ///
    /// # Errors
    /// `Protocol` when the input is not chunked.
    #[inline]
    pub fn step(&mut self, input: &[u8], limit: usize) -> Result<Step, Error> {
        let mut at = self.skip_plain(input);
        while let Some(&byte) = input.get(at) {
            if let State::Data { left } = self.state {
                return Ok(self.data(at, input.len(), left, limit));
            }
            if self.state == State::Done {
                break;
            }
            self.framing(byte)?;
            at += 1;
        }
        Ok(Step {
            consumed: at,
            data: at..at,
            ends_chunk: false,
        })
    }

    fn data(&mut self, at: usize, end: usize, left: u64, limit: usize) -> Step {
        let available = (end - at).min(limit);
        let take = usize::try_from(left).map_or(available, |left| left.min(available));
        let left = left - take as u64;
        self.state = if left == 0 {
            State::DataCr
        } else {
            State::Data { left }
        };
        Step {
            consumed: at + take,
            data: at..at + take,
            ends_chunk: left == 0,
        }
    }

    /// The usual framing between two chunks, when it lies in one piece: CR LF, a size, CR LF. How many bytes it took.
    fn skip_plain(&mut self, input: &[u8]) -> usize {
        let (lead, rest) = match (self.state, input) {
            (State::DataCr, [b'\r', b'\n', rest @ ..]) => (2, rest),
            (State::Size { digits: 0, .. }, rest) => (0, rest),
            _ => return 0,
        };
        let mut size = 0;
        for (at, &byte) in rest.iter().take(8).enumerate() {
            if let Some(digit) = hex(byte) {
                size = size * 16 + u64::from(digit);
            } else {
                let ends = byte == b'\r' && rest.get(at + 1) == Some(&b'\n');
                // The last chunk and everything unusual are left to the careful way.
                if !ends || size == 0 {
                    break;
                }
                self.state = State::Data { left: size };
                return lead + at + 2;
            }
        }
        0
    }

    fn framing(&mut self, byte: u8) -> Result<(), Error> {
        self.state = match (self.state, byte) {
            (State::Size { digits: 1.., value } | State::Extension { value, .. }, b'\r') => {
                State::SizeEnd { value }
            }
            (State::Size { digits: 1.., value }, b';' | b' ' | b'\t') => {
                State::Extension { value, length: 0 }
            }
            (State::Size { value, digits }, _) => {
                let digit = hex(byte).filter(|_| digits < DIGIT_LIMIT);
                let digit = digit.ok_or_else(|| garbage("a chunk size", byte))?;
                State::Size {
                    value: value * 16 + u64::from(digit),
                    // Leading zeros cost nothing and mean nothing.
                    digits: if value == 0 { 1 } else { digits + 1 },
                }
            }
            (State::Extension { value, length }, _) if length < LINE_LIMIT => State::Extension {
                value,
                length: length + 1,
            },
            (State::SizeEnd { value: 0 }, b'\n') => State::TrailerStart { length: 0 },
            (State::SizeEnd { value }, b'\n') => State::Data { left: value },
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataLf, b'\n') => State::Size {
                value: 0,
                digits: 0,
            },
            (State::TrailerStart { .. }, b'\r') => State::LastLf,
            (State::TrailerStart { length } | State::Trailer { length }, b'\n') => {
                State::TrailerStart { length: length + 1 }
            }
            (State::TrailerStart { length } | State::Trailer { length }, _)
                if length < TRAILER_LIMIT =>
            {
                State::Trailer { length: length + 1 }
            }
            (State::LastLf, b'\n') => State::Done,
            _ => return Err(garbage("the end of a chunk", byte)),
        };
        Ok(())
    }
}

fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn garbage(place: &str, byte: u8) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!(
            "the answer is not chunked as its head says: byte {byte:#04x} where {place} should be"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(decoder: &mut ChunkedDecoder, mut input: &[u8]) -> Result<(Vec<u8>, usize), Error> {
        let (mut out, mut chunks) = (Vec::new(), 0);
        while !input.is_empty() && !decoder.is_done() {
            let step = decoder.step(input, usize::MAX)?;
            out.extend_from_slice(&input[step.data.clone()]);
            chunks += usize::from(step.ends_chunk);
            input = &input[step.consumed..];
        }
        Ok((out, chunks))
    }

    #[test]
    fn reads_a_body_split_at_every_byte() {
        let body =
            b"5\r\nhello\r\n00a;name=value\r\n, world!!!\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n";
        for cut in 0..=body.len() {
            let mut decoder = ChunkedDecoder::default();
            let (first, chunks) = decode(&mut decoder, &body[..cut]).unwrap();
            assert_eq!(decoder.is_done(), cut == body.len(), "{cut}");
            let (second, more) = decode(&mut decoder, &body[cut..]).unwrap();
            assert_eq!([first, second].concat(), b"hello, world!!!", "{cut}");
            assert_eq!(chunks + more, 2);
            assert!(decoder.is_done());
        }
    }

    #[test]
    fn stops_at_the_limit_and_after_the_end() {
        let mut decoder = ChunkedDecoder::default();
        let step = decoder.step(b"5\r\nhello\r\n", 2).unwrap();
        assert_eq!((step.data.clone(), step.ends_chunk), (3..5, false));
        let mut decoder = ChunkedDecoder::default();
        let step = decoder.step(b"0\r\n\r\nHTTP/1.1", 9).unwrap();
        assert_eq!(step.consumed, 5);
        assert!(decoder.is_done());
    }

    #[test]
    fn refuses_garbage() {
        let long = format!("1;{}\r\n", "x".repeat(LINE_LIMIT + 9));
        for bad in [
            "x",
            "\r\n",
            "5\r\nhelloX",
            "5\rx",
            "fffffffffffffffff\r\n",
            "-1\r\n",
            "1\n",
            &long,
        ] {
            let error = decode(&mut ChunkedDecoder::default(), bad.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{bad:.20}");
        }
    }
}
