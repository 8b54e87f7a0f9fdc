//! Request bodies that are read piece by piece and block while they are: in the caller's thread, or in one that may wait.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::task::JoinHandle;

#[cfg(unix)]
use crate::file_part::FilePart;
use crate::request::BodySource;

/// What is read.
pub trait Pieces: Send + 'static {
    /// Why it cannot be read on.
    type Error: Send + 'static;

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// It cannot be read on. It is not asked again.
    fn next_piece(&mut self) -> Result<Option<Bytes>, Self::Error>;

    /// What is left, when it is a part of a file.
    #[cfg(unix)]
    fn file(&mut self) -> Option<&mut FilePart> {
        None
    }
}

type Answer<P> = (P, Result<Option<Bytes>, <P as Pieces>::Error>);

/// Pieces as a request body. Dropped while one is read elsewhere, it lets that reading finish; what is read goes with it then.
pub struct PieceSource<P: Pieces, F> {
    /// None while they are read elsewhere, and at the end.
    pieces: Option<P>,
    reading: Option<JoinHandle<Answer<P>>>,
    waiting: bool,
    failed: F,
}

impl<P: Pieces, F: Fn(P::Error) -> io::Error> PieceSource<P, F> {
    /// `waiting` when whoever polls it must not block: then the runtime's blocking threads read, one piece ahead of what is sent.
    /// `failed` makes the error of the request.
    pub fn new(pieces: Option<P>, waiting: bool, failed: F) -> Self {
        Self {
            pieces,
            reading: None,
            waiting,
            failed,
        }
    }

    fn read_elsewhere(&mut self) {
        if let Some(mut pieces) = self.pieces.take() {
            self.reading = Some(tokio::task::spawn_blocking(move || {
                let piece = pieces.next_piece();
                (pieces, piece)
            }));
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

impl<P, F> BodySource for PieceSource<P, F>
where
    P: Pieces + Unpin,
    F: Fn(P::Error) -> io::Error + Send + Unpin,
{
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if !self.waiting {
            return Poll::Ready(self.pieces.take().and_then(|mut pieces| {
                let piece = pieces.next_piece();
                self.settle((pieces, piece))
            }));
        }
        self.read_elsewhere();
        let Some(reading) = &mut self.reading else {
            return Poll::Ready(None);
        };
        let answer = ready!(Pin::new(reading).poll(cx));
        self.reading = None;
        Poll::Ready(match answer {
            Ok(answer) => {
                let piece = self.settle(answer);
                self.read_elsewhere();
                piece
            }
            // A body that is not complete must not look like one that is.
            Err(lost) => Some(Err(io::Error::other(lost))),
        })
    }

    #[cfg(unix)]
    fn file(&mut self) -> Option<&mut FilePart> {
        self.pieces.as_mut().filter(|_| !self.waiting)?.file()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Pieces of one byte, counted when they are read; then an error or the end.
    struct Counted {
        left: u8,
        read: Arc<AtomicUsize>,
        fails: bool,
    }

    impl Pieces for Counted {
        type Error = io::Error;

        fn next_piece(&mut self) -> io::Result<Option<Bytes>> {
            if self.left == 0 {
                return if self.fails {
                    Err(io::Error::other("no more"))
                } else {
                    Ok(None)
                };
            }
            self.left -= 1;
            self.read.fetch_add(1, Ordering::SeqCst);
            Ok(Some(Bytes::from(vec![self.left])))
        }
    }

    async fn next(source: &mut dyn BodySource) -> Option<io::Result<Bytes>> {
        poll_fn(|cx| source.poll_next(cx)).await
    }

    #[tokio::test]
    async fn in_order_to_the_end() {
        for (waiting, fails) in [(false, false), (false, true), (true, false), (true, true)] {
            let read = Arc::new(AtomicUsize::new(0));
            let pieces = Counted {
                left: 3,
                read: Arc::clone(&read),
                fails,
            };
            let mut source = PieceSource::new(Some(pieces), waiting, |error| error);
            for expected in [2, 1, 0] {
                let piece = next(&mut source).await.unwrap().unwrap();
                assert_eq!(&piece[..], [expected]);
            }
            let last = next(&mut source).await;
            assert_eq!(last.is_some_and(|last| last.is_err()), fails);
            assert!(next(&mut source).await.is_none());
            assert_eq!(read.load(Ordering::SeqCst), 3);
        }
    }

    #[tokio::test]
    async fn one_piece_ahead() {
        for waiting in [false, true] {
            let read = Arc::new(AtomicUsize::new(0));
            let pieces = Counted {
                left: 9,
                read: Arc::clone(&read),
                fails: false,
            };
            let mut source = PieceSource::new(Some(pieces), waiting, |error| error);
            next(&mut source).await.unwrap().unwrap();
            if let Some(reading) = source.reading.take() {
                let (pieces, _) = reading.await.unwrap();
                assert_eq!(pieces.left, 7);
            }
            assert_eq!(read.load(Ordering::SeqCst), 1 + usize::from(waiting));
        }
    }
}
