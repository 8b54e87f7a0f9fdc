//! Lines, without their newline. No I/O.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

use super::decode::Decoder;
use crate::error::{Error, ErrorKind};

/// The longest line, and the longest JSON value.
pub const ITEM_LIMIT: usize = 16 * 1024 * 1024;

/// Takes a body apart at newlines. A last line may lack its newline.
#[derive(Debug, Default)]
pub struct LineDecoder {
    partial: BytesMut,
}

impl Decoder for LineDecoder {
    type Item = Bytes;

    fn push(
        &mut self,
        slab: &Bytes,
        range: Range<usize>,
        items: &mut Vec<Bytes>,
    ) -> Result<(), Error> {
        let bytes = slab.get(range.clone()).unwrap_or_default();
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', bytes) {
            if self.partial.is_empty() {
                items.push(slab.slice(range.start + start..range.start + end));
            } else {
                self.keep(bytes.get(start..end).unwrap_or_default())?;
                items.push(self.partial.split().freeze());
            }
            start = end + 1;
        }
        self.keep(bytes.get(start..).unwrap_or_default())
    }

    fn finish(&mut self) -> Result<Option<Bytes>, Error> {
        Ok((!self.partial.is_empty()).then(|| self.partial.split().freeze()))
    }
}

impl LineDecoder {
    fn keep(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.partial.len() + bytes.len() > ITEM_LIMIT {
            self.partial = BytesMut::new();
            let message = format!("a line is longer than {ITEM_LIMIT} bytes");
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        self.partial.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lines_split_at_every_byte() {
        let body = Bytes::from_static(b"one\n\ntwo\r\nthree");
        for cut in 0..=body.len() {
            let (mut decoder, mut out) = (LineDecoder::default(), Vec::new());
            decoder.push(&body, 0..cut, &mut out).unwrap();
            decoder.push(&body, cut..body.len(), &mut out).unwrap();
            out.extend(decoder.finish().unwrap());
            assert_eq!(out, ["one", "", "two\r", "three"], "{cut}");
            assert_eq!(decoder.finish().unwrap(), None);
        }
    }

    #[test]
    fn a_line_is_bounded() {
        let piece = Bytes::from(vec![b'x'; ITEM_LIMIT / 4 + 1]);
        let (mut decoder, mut out) = (LineDecoder::default(), Vec::new());
        for _ in 0..3 {
            decoder.push(&piece, 0..piece.len(), &mut out).unwrap();
        }
        let error = decoder.push(&piece, 0..piece.len(), &mut out).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
    }
}
