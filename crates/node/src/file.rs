//! A file that JavaScript has open, as a part of a request body: read in the runtime's blocking threads, by a descriptor of its own.

use std::fs::File;
use std::io::{self, Seek};
use std::os::fd::{BorrowedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use dockline::{BodySource, Error, ErrorKind, FilePart, PieceSource};
use tokio::sync::oneshot;

/// Up to here Node reads it in one piece: nothing is gained. What only looks like a file (in /proc, /sys) is never larger.
const SMALL: u64 = 64 * 1024;

/// So many pieces at once are sent before JavaScript has its turn, however fast the engine takes them.
const AT_ONCE: u8 = 16;

/// The bytes of a file.
pub(crate) struct FileSource {
    pieces: PieceSource<FilePart, fn(io::Error) -> io::Error>,
    read: Arc<AtomicU64>,
    at_once: u8,
    over: Option<oneshot::Sender<Option<Error>>>,
}

/// Says when all was read, or why it could not be; closed when nobody wants it any more.
pub(crate) type Over = oneshot::Receiver<Option<Error>>;

impl FileSource {
    /// The regular file with this descriptor and inode, from `start` or its position up to `end`; what was read is added to `read`.
    pub(crate) fn open(
        descriptor: RawFd,
        inode: u64,
        start: Option<i64>,
        end: i64,
        read: Arc<AtomicU64>,
    ) -> Option<(Self, Over)> {
        if descriptor < 0 {
            return None;
        }
        // SAFETY: it is duplicated before anybody can close it: in the JavaScript thread, which is in this call. One that is not open is
        // refused by that.
        #[expect(unsafe_code, reason = "JavaScript has descriptors as numbers")]
        let borrowed = unsafe { BorrowedFd::borrow_raw(descriptor) };
        let mut file = File::from(borrowed.try_clone_to_owned().ok()?);
        let facts = file.metadata().ok()?;
        if !facts.is_file() || facts.ino() != inode {
            return None;
        }
        let start = match start {
            Some(start) => u64::try_from(start).ok()?,
            None => file.stream_position().ok()?,
        };
        let end = u64::try_from(end).ok()?.min(facts.len());
        let length = end.checked_sub(start).filter(|length| *length > SMALL)?;
        let (sender, over) = oneshot::channel();
        let part = FilePart::new(file.into(), start, length);
        let source = Self {
            pieces: PieceSource::new(Some(part), true, |error| error),
            read,
            at_once: 0,
            over: Some(sender),
        };
        Some((source, over))
    }

    /// The next piece; none when there is nothing to come, for whatever reason.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.at_once == AT_ONCE {
            self.at_once = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let polled = self.pieces.poll_next(cx);
        if polled.is_pending() {
            self.at_once = 0;
        }
        let failed = match ready!(polled) {
            Some(Ok(piece)) => {
                self.at_once += 1;
                self.read.fetch_add(piece.len() as u64, Ordering::Relaxed);
                return Poll::Ready(Some(piece));
            }
            Some(Err(error)) => Some(unreadable(&error)),
            None => None,
        };
        if let Some(over) = self.over.take() {
            // If nobody waits for it, the request is over.
            let _ = over.send(failed);
        }
        Poll::Ready(None)
    }
}

fn unreadable(error: &io::Error) -> Error {
    let message = format!("the body of the request cannot be read: {error}");
    Error::new(ErrorKind::BodySource, message).with_os_code(error.raw_os_error())
}
