//! The multiplexed stream of logs, attach and exec: 8 bytes of header, then the payload. No I/O.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

use super::decode::Decoder;
use crate::error::{Error, ErrorKind};

/// Frames up to this size come whole; larger ones in pieces, whatever their header claims.
pub const WHOLE_FRAME: usize = 256 * 1024;
/// How much of the engine's text in an error frame is kept.
const TEXT_LIMIT: usize = 64 * 1024;
/// How much room is made for a frame that was cut, before its bytes have come.
const FIRST_ROOM: usize = 64 * 1024;
const HEADER: usize = 8;

/// Which stream of the process a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FrameKind {
    /// Type 0: standard input, echoed.
    Stdin = 0,
    /// Type 1: standard output.
    Stdout = 1,
    /// Type 2: standard error.
    Stderr = 2,
}

/// A frame, or a piece of one that is larger than 256 KiB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where it came from.
    pub kind: FrameKind,
    /// The payload; a slice of the slab it was read into.
    pub data: Bytes,
}

/// Where in the stream the decoder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before or inside a header, of which so many bytes are in `header`.
    Header { have: usize },
    /// Inside a payload.
    Payload {
        kind: FrameKind,
        size: usize,
        left: usize,
    },
    /// Inside the text of an error frame.
    Failure { left: usize },
}

/// Takes a multiplexed stream apart.
#[derive(Debug)]
pub struct FrameDecoder {
    state: State,
    header: [u8; HEADER],
    partial: BytesMut,
}

impl Default for FrameDecoder {
    fn default() -> Self {
        Self {
            state: State::Header { have: 0 },
            header: [0; HEADER],
            partial: BytesMut::new(),
        }
    }
}

impl FrameDecoder {
    fn open(&mut self, header: [u8; HEADER]) -> Result<(), Error> {
        let [kind, _, _, _, size @ ..] = header;
        let size = u32::from_be_bytes(size) as usize;
        let kind = match kind {
            0 => FrameKind::Stdin,
            1 => FrameKind::Stdout,
            2 => FrameKind::Stderr,
            3 if size == 0 => return Err(failure(b"")),
            3 => {
                self.state = State::Failure { left: size };
                return Ok(());
            }
            _ => return Err(unframed(&header)),
        };
        self.state = if size == 0 {
            State::Header { have: 0 }
        } else {
            State::Payload {
                kind,
                size,
                left: size,
            }
        };
        Ok(())
    }

    /// Reads header bytes; how many were used.
    fn header(&mut self, bytes: &[u8], have: usize) -> Result<usize, Error> {
        if have == 0
            && let Some(header) = bytes.first_chunk::<HEADER>()
        {
            self.open(*header)?;
            return Ok(HEADER);
        }
        let take = (HEADER - have).min(bytes.len());
        let (room, source) = (self.header.get_mut(have..have + take), bytes.get(..take));
        if let (Some(room), Some(source)) = (room, source) {
            room.copy_from_slice(source);
        }
        self.state = State::Header { have: have + take };
        if have + take == HEADER {
            self.open(self.header)?;
        } else if self.header.first().is_some_and(|kind| *kind > 3) {
            // No need to wait for eight bytes of what cannot be a header.
            return Err(unframed(self.header.get(..have + take).unwrap_or_default()));
        }
        Ok(take)
    }

    fn text(&mut self, bytes: &[u8], left: usize) -> Result<usize, Error> {
        let take = left.min(bytes.len());
        let room = TEXT_LIMIT.saturating_sub(self.partial.len());
        self.partial
            .extend_from_slice(bytes.get(..take.min(room)).unwrap_or_default());
        self.state = State::Failure { left: left - take };
        if left == take || self.partial.len() >= TEXT_LIMIT {
            return Err(failure(&self.partial));
        }
        Ok(take)
    }
}

impl Decoder for FrameDecoder {
    type Item = Frame;

    fn push(
        &mut self,
        slab: &Bytes,
        range: Range<usize>,
        items: &mut Vec<Frame>,
    ) -> Result<(), Error> {
        let bytes = slab.get(range.clone()).unwrap_or_default();
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match self.state {
                State::Header { have } => at += self.header(rest, have)?,
                State::Failure { left } => at += self.text(rest, left)?,
                State::Payload { kind, size, left } => {
                    let take = left.min(rest.len());
                    let start = range.start + at;
                    at += take;
                    self.state = if take == left {
                        State::Header { have: 0 }
                    } else {
                        State::Payload {
                            kind,
                            size,
                            left: left - take,
                        }
                    };
                    if take == size || size > WHOLE_FRAME {
                        let data = slab.slice(start..start + take);
                        items.push(Frame { kind, data });
                        continue;
                    }
                    if self.partial.is_empty() {
                        self.partial.reserve(size.min(FIRST_ROOM));
                    }
                    self.partial
                        .extend_from_slice(rest.get(..take).unwrap_or_default());
                    if take == left {
                        let data = self.partial.split().freeze();
                        items.push(Frame { kind, data });
                    }
                }
            }
        }
        Ok(())
    }

    fn cut(&mut self) -> Option<Frame> {
        match self.state {
            State::Payload { kind, .. } if !self.partial.is_empty() => Some(Frame {
                kind,
                data: self.partial.split().freeze(),
            }),
            _ => None,
        }
    }

    fn finish(&mut self) -> Result<Option<Frame>, Error> {
        let what = match self.state {
            State::Header { have: 0 } => return Ok(None),
            State::Header { have } => format!("after {have} of the 8 bytes of a frame header"),
            State::Payload { size, left, .. } => {
                format!("after {} of the {size} bytes of a frame", size - left)
            }
            State::Failure { left } => format!("{left} bytes before the end of the engine's error"),
        };
        Err(Error::new(
            ErrorKind::Truncated,
            format!("the multiplexed stream ended {what}"),
        ))
    }
}

fn unframed(header: &[u8]) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!("the stream is not multiplexed: {header:02x?} is not a frame header"),
    )
    .with_hint("a container with a TTY sends its output raw")
}

fn failure(text: &[u8]) -> Error {
    let text = String::from_utf8_lossy(text).trim().to_owned();
    Error::new(
        ErrorKind::DaemonStream,
        format!("the engine ended the stream with an error: {text}"),
    )
    .with_engine_message(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let size = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&[kind, 0, 0, 0], &size[..], payload].concat()
    }

    fn push(decoder: &mut FrameDecoder, bytes: &[u8], out: &mut Vec<Frame>) -> Result<(), Error> {
        let slab = Bytes::copy_from_slice(bytes);
        decoder.push(&slab, 0..slab.len(), out)
    }

    #[test]
    fn reads_frames_split_at_every_byte() {
        let body = [
            frame(1, b"one"),
            frame(2, b""),
            frame(0, b"zwei"),
            frame(2, b"3"),
        ]
        .concat();
        let ends = [0, 11, 19, 31, 40];
        for cut in 0..=body.len() {
            let (mut decoder, mut out) = (FrameDecoder::default(), Vec::new());
            push(&mut decoder, &body[..cut], &mut out).unwrap();
            assert_eq!(decoder.finish().is_ok(), ends.contains(&cut), "{cut}");
            push(&mut decoder, &body[cut..], &mut out).unwrap();
            let seen: Vec<_> = out
                .iter()
                .map(|frame| (frame.kind, &frame.data[..]))
                .collect();
            assert_eq!(
                seen,
                [
                    (FrameKind::Stdout, &b"one"[..]),
                    (FrameKind::Stdin, b"zwei"),
                    (FrameKind::Stderr, b"3")
                ]
            );
            assert!(decoder.finish().is_ok());
        }
    }

    #[test]
    fn frames_in_one_slab_are_slices_of_it() {
        let slab = Bytes::from([frame(1, b"one"), frame(1, b"two")].concat());
        let (mut decoder, mut out) = (FrameDecoder::default(), Vec::new());
        decoder.push(&slab, 0..slab.len(), &mut out).unwrap();
        assert_eq!(out[1].data.as_ptr(), slab[19..].as_ptr());
    }

    #[test]
    fn the_engines_error_is_an_error_wherever_it_is_cut() {
        let body = [frame(1, b"out"), frame(3, b"broken driver")].concat();
        for cut in 0..body.len() {
            let (mut decoder, mut out) = (FrameDecoder::default(), Vec::new());
            push(&mut decoder, &body[..cut], &mut out).unwrap();
            let error = push(&mut decoder, &body[cut..], &mut out).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::DaemonStream);
            assert_eq!(error.engine_message(), Some("broken driver"));
            assert_eq!(out.len(), 1);
        }
    }

    #[test]
    fn a_claim_is_not_believed() {
        let (mut decoder, mut out) = (FrameDecoder::default(), Vec::new());
        push(&mut decoder, &[1, 0, 0, 0, 255, 255, 255, 255], &mut out).unwrap();
        push(&mut decoder, b"some", &mut out).unwrap();
        assert_eq!(out[0].data, "some");
        assert_eq!(decoder.partial.capacity(), 0);
        assert_eq!(decoder.finish().unwrap_err().kind(), ErrorKind::Truncated);
        let mut text = [3, 0, 0, 0, 255, 255, 255, 255].to_vec();
        text.extend_from_slice(&vec![b'x'; TEXT_LIMIT + 10]);
        let error = push(&mut FrameDecoder::default(), &text, &mut out).unwrap_err();
        assert_eq!(error.engine_message().unwrap().len(), TEXT_LIMIT);
    }

    #[test]
    fn garbage_is_refused_at_once() {
        for bad in [&b"H"[..], b"HTTP/1.1 200 OK", &[4, 0, 0, 0, 0, 0, 0, 1]] {
            let error = push(&mut FrameDecoder::default(), bad, &mut Vec::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol);
        }
    }
}
