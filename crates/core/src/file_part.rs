//! A part of a regular file as a request body: read by descriptor, wherever the file's position is, into memory that is used again.

use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::AsFd;
use std::os::fd::OwnedFd;

use bytes::Bytes;
use rustix::buffer::spare_capacity;

use crate::pieces::Pieces;

/// The largest piece.
const PIECE: usize = 256 * 1024;

/// A part of a file.
#[derive(Debug)]
pub struct FilePart {
    file: OwnedFd,
    at: u64,
    left: u64,
    /// The last two pieces: one may still be on its way while the next is read; the other's memory is used again.
    sent: [Option<Bytes>; 2],
}

impl FilePart {
    /// `length` bytes of the file from `offset` on.
    #[must_use]
    pub fn new(file: OwnedFd, offset: u64, length: u64) -> Self {
        Self {
            file,
            at: offset,
            left: length,
            sent: [None, None],
        }
    }

    /// Sends at most so many bytes without reading them, from the kernel's pages of the file. Nothing at the file's end.
    ///
    /// Whoever calls it has made sure that `SIGPIPE` is ignored: a closed socket raises it here, whatever the socket's options.
    #[cfg(target_os = "linux")]
    pub(crate) fn send_to(&mut self, socket: impl AsFd, most: u64) -> io::Result<usize> {
        let most = usize::try_from(self.left.min(most)).unwrap_or(usize::MAX);
        let mut at = self.at;
        let sent = rustix::fs::sendfile(socket, &self.file, Some(&mut at), most)?;
        self.at += sent as u64;
        self.left -= sent as u64;
        Ok(sent)
    }

    /// Memory that was sent, if there is any.
    fn room(&mut self) -> Vec<u8> {
        for slot in &mut self.sent {
            match slot.take().map(Bytes::try_into_mut) {
                Some(Ok(mut sent)) => {
                    sent.clear();
                    return Vec::from(sent);
                }
                Some(Err(shared)) => *slot = Some(shared),
                None => {}
            }
        }
        Vec::new()
    }
}

impl Pieces for FilePart {
    type Error = io::Error;

    fn next_piece(&mut self) -> io::Result<Option<Bytes>> {
        let wanted = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        if wanted == 0 {
            return Ok(None);
        }
        let mut room = self.room();
        room.reserve_exact(wanted);
        rustix::io::retry_on_intr(|| {
            rustix::io::pread(&self.file, spare_capacity(&mut room), self.at)
        })?;
        if room.is_empty() {
            let message = format!("the file has become {} bytes shorter", self.left);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        // It may have grown since its size was announced.
        room.truncate(wanted);
        self.at += room.len() as u64;
        self.left -= room.len() as u64;
        let piece = Bytes::from(room);
        if let Some(slot) = self.sent.iter_mut().find(|slot| slot.is_none()) {
            *slot = Some(piece.clone());
        }
        Ok(Some(piece))
    }

    fn file(&mut self) -> Option<&mut FilePart> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn part(contents: &[u8], offset: u64, length: u64) -> FilePart {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(contents).unwrap();
        FilePart::new(file.into(), offset, length)
    }

    fn pattern(length: usize) -> Vec<u8> {
        (0..=250).cycle().take(length).collect()
    }

    #[test]
    fn from_anywhere_to_anywhere() {
        let contents = pattern(3 * PIECE + 1);
        let whole = contents.len();
        for (from, to) in [
            (0, 0),
            (0, 1),
            (5, PIECE),
            (0, whole),
            (PIECE, whole),
            (whole - 1, whole),
        ] {
            let mut part = part(&contents, from as u64, (to - from) as u64);
            let mut read = Vec::new();
            while let Some(piece) = part.next_piece().unwrap() {
                assert!(!piece.is_empty() && piece.len() <= PIECE);
                read.extend_from_slice(&piece);
            }
            assert!(read == contents[from..to], "{from} to {to}");
        }
    }

    /// Whatever is still held stays as it is, and nothing more than that is allocated.
    #[test]
    fn memory_is_used_again() {
        let contents = pattern(8 * PIECE);
        let mut part = part(&contents, 0, contents.len() as u64);
        let mut last = part.next_piece().unwrap().unwrap();
        let mut seen = vec![last.as_ptr()];
        for at in 1..8 {
            let piece = part.next_piece().unwrap().unwrap();
            assert!(last == contents[(at - 1) * PIECE..at * PIECE]);
            seen.push(piece.as_ptr());
            last = piece;
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 2);
    }

    #[test]
    fn a_file_that_ends_early_is_an_error() {
        let mut part = part(&pattern(10), 0, 12);
        assert_eq!(part.next_piece().unwrap().unwrap().len(), 10);
        let error = part.next_piece().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(error.to_string(), "the file has become 2 bytes shorter");
    }
}
