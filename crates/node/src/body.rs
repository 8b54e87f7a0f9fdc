//! A request body pushed from JavaScript: a bounded channel, so that a slow engine slows the source.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use dockline::{Body, BodySource, Error, ErrorKind};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::settle::{Outcome, Settler};

/// Pieces that may wait to be sent. A piece is what the source gave, usually 64 KiB.
const WAITING: usize = 4;

/// Larger pieces are not copied: the body keeps the JavaScript buffer until it is sent.
const COPY_BELOW: usize = 16 * 1024;

type Piece = io::Result<Bytes>;

struct ChannelSource {
    pieces: Receiver<Piece>,
    ended: bool,
}

impl BodySource for ChannelSource {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Piece>> {
        if self.ended {
            return Poll::Ready(None);
        }
        match self.pieces.poll_recv(cx) {
            // An empty piece is the end. A channel that merely closed is a source that went away without saying so.
            Poll::Ready(Some(Ok(piece))) if piece.is_empty() => {
                self.ended = true;
                Poll::Ready(None)
            }
            Poll::Ready(None) => Poll::Ready(Some(Err(io::Error::other(
                "the body was given up before its end",
            )))),
            other => other,
        }
    }
}

/// A request body that is pushed piece by piece.
#[napi]
pub struct RequestBody {
    sender: Mutex<Option<Sender<Piece>>>,
    source: Mutex<Option<Receiver<Piece>>>,
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
        let (sender, pieces) = channel(WAITING);
        Self {
            sender: Mutex::new(Some(sender)),
            source: Mutex::new(Some(pieces)),
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
    }
}

impl RequestBody {
    fn push(&self, id: u32, bytes: Bytes) -> bool {
        let sender = self
            .sender
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(sender) = sender else {
            self.settler.send(id, Outcome::Failed(unread()));
            return false;
        };
        match sender.try_send(Ok(bytes)) {
            Ok(()) => true,
            Err(TrySendError::Closed(_)) => {
                self.settler.send(id, Outcome::Failed(unread()));
                false
            }
            Err(TrySendError::Full(piece)) => {
                self.settler.run_here(id, async move {
                    match sender.send(piece).await {
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

    /// The other end of the channel; a body can be sent once.
    pub(crate) fn take(&self) -> Result<Body, Error> {
        let pieces = self
            .source
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let pieces = pieces.ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidArgument,
                "a request body can be sent once",
            )
        })?;
        Ok(Body::Stream {
            source: Box::new(ChannelSource {
                pieces,
                ended: false,
            }),
            length: None,
        })
    }
}
