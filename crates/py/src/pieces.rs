//! Request bodies that are read piece by piece and block while they are: in the caller's thread, or in one that may wait.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use dockline::BodySource;
use tokio::task::JoinHandle;

/// What is read.
pub(crate) trait Pieces: Send + 'static {
    /// Why it cannot be read on.
    type Error: Send + 'static;

    /// The next piece; `None` at the end.
    fn next_piece(&mut self) -> Result<Option<Bytes>, Self::Error>;
}

type Answer<P> = (P, Result<Option<Bytes>, <P as Pieces>::Error>);

/// Pieces as a request body.
pub(crate) struct Source<P: Pieces, F> {
    /// None while they are read elsewhere, and at the end.
    pieces: Option<P>,
    reading: Option<JoinHandle<Answer<P>>>,
    waiting: bool,
    failed: F,
}

impl<P: Pieces, F: Fn(P::Error) -> io::Error> Source<P, F> {
    /// `waiting` when whoever polls it must not block; `failed` makes the error of the request.
    pub(crate) fn new(pieces: Option<P>, waiting: bool, failed: F) -> Self {
        Self {
            pieces,
            reading: None,
            waiting,
            failed,
        }
    }

    fn settle(&mut self, (pieces, piece): Answer<P>) -> Option<io::Result<Bytes>> {
        match piece {
            Ok(piece) => {
                self.pieces = Some(pieces).filter(|_| piece.is_some());
                piece.map(Ok)
            }
            Err(error) => Some(Err((self.failed)(error))),
        }
    }
}

impl<P, F> BodySource for Source<P, F>
where
    P: Pieces + Unpin,
    F: Fn(P::Error) -> io::Error + Send + Unpin,
{
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if let Some(mut pieces) = self.pieces.take() {
            if !self.waiting {
                let piece = pieces.next_piece();
                return Poll::Ready(self.settle((pieces, piece)));
            }
            self.reading = Some(tokio::task::spawn_blocking(move || {
                let piece = pieces.next_piece();
                (pieces, piece)
            }));
        }
        let Some(reading) = &mut self.reading else {
            return Poll::Ready(None);
        };
        let answer = ready!(Pin::new(reading).poll(cx));
        self.reading = None;
        Poll::Ready(match answer {
            Ok(answer) => self.settle(answer),
            // A body that is not complete must not look like one that is.
            Err(lost) => Some(Err(io::Error::other(lost))),
        })
    }
}
