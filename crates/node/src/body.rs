//! A request body pushed from JavaScript: a bounded channel, so that a slow engine slows the source.

use std::io;
#[cfg(unix)]
use std::sync::Arc;
#[cfg(unix)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use dockline::{Body, BodySource, Error, ErrorKind};
#[cfg(unix)]
use napi::bindgen_prelude::BigInt;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

#[cfg(unix)]
use crate::file::FileSource;
use crate::settle::{Outcome, Settler};

/// Pieces that may wait to be sent. A piece is what the source gave, usually 64 KiB.
const WAITING: usize = 4;

/// Larger pieces are not copied: the body keeps the JavaScript buffer until it is sent.
const COPY_BELOW: usize = 16 * 1024;

/// What JavaScript pushes.
enum Part {
    /// Bytes; none at all are the end.
    Bytes(Bytes),
    /// A file, which is read here. Nothing is pushed before it has been.
    #[cfg(unix)]
    File(FileSource),
}

struct ChannelSource {
    parts: Receiver<Part>,
    #[cfg(unix)]
    file: Option<FileSource>,
    ended: bool,
}

impl BodySource for ChannelSource {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            if self.ended {
                return Poll::Ready(None);
            }
            // While a file is read, nothing comes but that the body is given up.
            match self.parts.poll_recv(cx) {
                Poll::Ready(Some(Part::Bytes(bytes))) if bytes.is_empty() => self.ended = true,
                Poll::Ready(Some(Part::Bytes(bytes))) => return Poll::Ready(Some(Ok(bytes))),
                #[cfg(unix)]
                Poll::Ready(Some(Part::File(file))) => self.file = Some(file),
                // A channel that merely closed is a source that went away without saying so.
                Poll::Ready(None) => {
                    return Poll::Ready(Some(Err(io::Error::other(
                        "the body was given up before its end",
                    ))));
                }
                Poll::Pending => {
                    #[cfg(unix)]
                    if let Some(file) = &mut self.file {
                        let piece = file.poll_next(cx);
                        if !matches!(piece, Poll::Ready(None)) {
                            return piece.map(|piece| piece.map(Ok));
                        }
                        // JavaScript says what comes next: the end, or that the body is given up.
                        self.file = None;
                    }
                    return Poll::Pending;
                }
            }
        }
    }
}

/// A request body that is pushed piece by piece.
#[napi]
pub struct RequestBody {
    sender: Mutex<Option<Sender<Part>>>,
    source: Mutex<Option<Receiver<Part>>>,
    #[cfg(unix)]
    file_read: Arc<AtomicU64>,
    settler: Settler,
}

fn unread() -> Error {
    Error::new(
        ErrorKind::Closed,
        "the request is over, the rest of its body is not wanted",
    )
}

#[napi]
impl RequestBody {
    /// A body whose waiting writes are settled through `settler`.
    #[napi(constructor)]
    #[must_use]
    pub fn new(settler: &Settler) -> Self {
        let (sender, parts) = channel(WAITING);
        Self {
            sender: Mutex::new(Some(sender)),
            source: Mutex::new(Some(parts)),
            #[cfg(unix)]
            file_read: Arc::default(),
            settler: settler.clone(),
        }
    }

    /// True when there was room; otherwise `id` settles when there is, or fails when nobody reads any more.
    #[napi]
    pub fn write(&self, id: u32, chunk: Uint8Array) -> bool {
        if chunk.is_empty() {
            return true;
        }
        let bytes = if chunk.len() < COPY_BELOW {
            Bytes::copy_from_slice(&chunk)
        } else {
            Bytes::from_owner(chunk)
        };
        self.push(id, bytes)
    }

    /// Ends the body. Settles like `write`.
    #[napi]
    pub fn end(&self, id: u32) -> bool {
        let accepted = self.push(id, Bytes::new());
        self.close();
        accepted
    }

    /// Gives the body up: the request fails.
    #[napi]
    pub fn abort(&self) {
        self.close();
        // Nobody takes it any more: whoever waits for room need not.
        drop(self.parts());
    }
}

#[cfg(unix)]
#[napi]
impl RequestBody {
    /// Has a file read here, from `start`, or its position, up to `end`, and as it is now. False when that is not possible or not worth
    /// it; then nothing has happened. Otherwise `id` settles when all of it has been read, or fails.
    ///
    /// The descriptor may be closed from here on. `inode` is what JavaScript takes it for: descriptors can be imitated.
    #[napi]
    pub fn file(
        &self,
        id: u32,
        descriptor: i32,
        inode: BigInt,
        start: Option<i64>,
        end: i64,
    ) -> bool {
        let (_, inode, _) = inode.get_u64();
        let opened = FileSource::open(descriptor, inode, start, end, Arc::clone(&self.file_read));
        let (Some((file, over)), Some(sender)) = (opened, self.sender()) else {
            return false;
        };
        if sender.try_send(Part::File(file)).is_err() {
            return false;
        }
        self.settler.run_here(id, async move {
            match over.await {
                Ok(None) => Outcome::Done,
                Ok(Some(error)) => Outcome::Failed(error),
                Err(_) => Outcome::Failed(unread()),
            }
        });
        true
    }

    /// How many bytes of the file have been read.
    #[napi(getter)]
    pub fn file_read(&self) -> i64 {
        i64::try_from(self.file_read.load(Ordering::Relaxed)).unwrap_or(i64::MAX)
    }
}

impl RequestBody {
    fn sender(&self) -> Option<Sender<Part>> {
        self.sender
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn push(&self, id: u32, bytes: Bytes) -> bool {
        let Some(sender) = self.sender() else {
            self.settler.send(id, Outcome::Failed(unread()));
            return false;
        };
        match sender.try_send(Part::Bytes(bytes)) {
            Ok(()) => true,
            Err(TrySendError::Closed(_)) => {
                self.settler.send(id, Outcome::Failed(unread()));
                false
            }
            Err(TrySendError::Full(part)) => {
                self.settler.run_here(id, async move {
                    match sender.send(part).await {
                        Ok(()) => Outcome::Done,
                        Err(_) => Outcome::Failed(unread()),
                    }
                });
                false
            }
        }
    }

    fn close(&self) {
        *self.sender.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn parts(&self) -> Option<Receiver<Part>> {
        self.source
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// The other end of the channel; a body can be sent once.
    pub(crate) fn take(&self) -> Result<Body, Error> {
        let parts = self.parts().ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidArgument,
                "a request body can be sent once",
            )
        })?;
        Ok(Body::Stream {
            source: Box::new(ChannelSource {
                parts,
                #[cfg(unix)]
                file: None,
                ended: false,
            }),
            length: None,
        })
    }
}
