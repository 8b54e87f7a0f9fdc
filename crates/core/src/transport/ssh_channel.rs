//! One channel of an ssh connection as a byte stream: `docker system dial-stdio` runs at its other end.
//!
//! What arrives is taken when it is read, so that a slow reader holds the server back. What is written goes through a task, at most
//! one piece ahead; when the stream is dropped, that task closes the channel.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes};
use russh::client::Msg;
use russh::{ChannelMsg, ChannelReadHalf, ChannelWriteHalf};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, PollSender, WaitForCancellationFutureOwned};

use super::ssh_client::Lease;
use super::ssh_error::Refusal;

/// How much of what the other end says beside the answer is kept.
const SAID_LIMIT: usize = 4096;

/// How much is copied for one write.
const PIECE: usize = 64 * 1024;

/// A channel, reached from outside the task that reads and writes it.
pub(crate) struct SshChannel {
    reading: Mutex<Reading>,
    /// Ends both directions: the ssh connection has ended, or `shutdown` was called.
    gone: CancellationToken,
}

impl std::fmt::Debug for SshChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SshChannel")
    }
}

struct Reading {
    half: ChannelReadHalf,
    /// Arrived, and not read yet.
    rest: Bytes,
    said: Vec<u8>,
    answered: bool,
    /// The other end has sent all it had.
    eof: bool,
    /// How the command ended. That may be told before the last of its output.
    status: Option<End>,
    end: Option<End>,
}

/// How the channel ended.
#[derive(Clone)]
enum End {
    Clean,
    /// The command at the other end failed.
    Failed(String),
    /// Without an end of what it was sending.
    Lost,
}

impl Reading {
    /// Takes what has arrived until there are bytes or an end.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.rest.is_empty() && self.end.is_none() {
            // Nothing is lost when this future is dropped, and the waker stays with the channel.
            let next = ready!(pin!(self.half.wait()).poll(cx));
            self.take(next);
        }
        Poll::Ready(())
    }

    fn take(&mut self, message: Option<ChannelMsg>) {
        match message {
            Some(ChannelMsg::Data { data }) => {
                self.answered |= !data.is_empty();
                self.rest = data;
            }
            Some(ChannelMsg::ExtendedData { data, .. }) => {
                let room = SAID_LIMIT.saturating_sub(self.said.len());
                self.said
                    .extend_from_slice(data.get(..room).unwrap_or(&data));
            }
            Some(ChannelMsg::Eof) => self.eof = true,
            Some(ChannelMsg::Failure) => {
                self.said
                    .extend_from_slice(b"the ssh server runs no commands for this user");
                self.end = Some(End::Failed("it was not started".to_owned()));
            }
            Some(ChannelMsg::ExitStatus { exit_status }) => {
                self.status = Some(match exit_status {
                    0 => End::Clean,
                    status => End::Failed(format!("it ended with status {status}")),
                });
            }
            Some(ChannelMsg::ExitSignal { signal_name, .. }) => {
                self.status = Some(End::Failed(format!("it was killed ({signal_name:?})")));
            }
            Some(ChannelMsg::Close) | None => {
                let unsaid = if self.eof { End::Clean } else { End::Lost };
                self.end = Some(self.status.take().unwrap_or(unsaid));
            }
            Some(_) => {}
        }
        if self.eof && self.end.is_none() {
            self.end = self.status.take();
        }
    }
}

impl SshChannel {
    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends both directions at once.
    pub(super) fn shutdown(&self) {
        self.gone.cancel();
    }

    /// Whether it is still open, and nothing waits there.
    pub(super) fn is_quiet(&self) -> bool {
        let mut reading = self.reading();
        let arrived = reading.poll_fill(&mut Context::from_waker(Waker::noop()));
        arrived.is_pending() && !reading.eof && !self.gone.is_cancelled()
    }
}

/// What the writing task is told.
enum Piece {
    Data(Bytes),
    End,
}

/// The stream.
pub(super) struct Dialed {
    channel: Arc<SshChannel>,
    /// Whether the ssh connection itself has ended.
    session: CancellationToken,
    gone: Pin<Box<WaitForCancellationFutureOwned>>,
    gone_for_writes: Pin<Box<WaitForCancellationFutureOwned>>,
    pieces: PollSender<Piece>,
    ended: bool,
}

impl Dialed {
    /// The stream over an open channel, in which the command is about to run.
    pub(super) fn new(
        halves: (ChannelReadHalf, ChannelWriteHalf<Msg>),
        session: CancellationToken,
        lease: Lease,
    ) -> (Self, Arc<SshChannel>) {
        let gone = session.child_token();
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(write(halves.1, receiver, gone.clone(), lease));
        let channel = Arc::new(SshChannel {
            reading: Mutex::new(Reading {
                half: halves.0,
                rest: Bytes::new(),
                said: Vec::new(),
                answered: false,
                eof: false,
                status: None,
                end: None,
            }),
            gone: gone.clone(),
        });
        let dialed = Self {
            channel: Arc::clone(&channel),
            session,
            gone: Box::pin(gone.clone().cancelled_owned()),
            gone_for_writes: Box::pin(gone.cancelled_owned()),
            pieces: PollSender::new(sender),
            ended: false,
        };
        (dialed, channel)
    }

    fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
        piece: impl FnOnce() -> Piece,
    ) -> Poll<io::Result<()>> {
        match self.pieces.poll_reserve(cx) {
            Poll::Ready(Ok(())) => {
                // Only a closed channel refuses after that, and reading says why it is closed.
                let _ = self.pieces.send_item(piece());
                Poll::Ready(Ok(()))
            }
            // The other end is gone; reading says why.
            Poll::Ready(Err(_)) => Poll::Ready(Ok(())),
            Poll::Pending => match self.gone_for_writes.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

/// Sends what is written; closes the channel when there is no more to come, and gives the lease back.
async fn write(
    half: ChannelWriteHalf<Msg>,
    mut pieces: mpsc::Receiver<Piece>,
    gone: CancellationToken,
    lease: Lease,
) {
    let sending = async {
        while let Some(piece) = pieces.recv().await {
            let sent = match piece {
                Piece::Data(bytes) => half.data_bytes(bytes).await,
                Piece::End => half.eof().await,
            };
            if sent.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = sending => {}
        () = gone.cancelled() => {}
    }
    drop(pieces);
    // When that cannot be sent, the ssh connection has ended, and the channel with it.
    let _ = half.close().await;
    drop(half);
    drop(lease);
}

impl AsyncRead for Dialed {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let mut reading = this.channel.reading();
        if reading.poll_fill(cx).is_pending() {
            ready!(this.gone.as_mut().poll(cx));
            if this.session.is_cancelled() {
                reading.end = Some(End::Lost);
            } else {
                return Poll::Ready(Ok(()));
            }
        }
        if !reading.rest.is_empty() {
            let many = reading.rest.len().min(space.remaining());
            space.put_slice(reading.rest.get(..many).unwrap_or_default());
            reading.rest.advance(many);
            return Poll::Ready(Ok(()));
        }
        let end = reading.end.clone();
        let failed = |how: String| {
            let message = format!("docker system dial-stdio: {how}");
            Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionReset, message)))
        };
        match end {
            Some(End::Lost) => failed("the ssh connection has ended".to_owned()),
            Some(_) if !reading.answered => {
                Poll::Ready(Err(io::Error::other(Refusal::new(&reading.said))))
            }
            Some(End::Failed(how)) => failed(how),
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for Dialed {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let piece = bytes.get(..PIECE).unwrap_or(bytes);
        if !piece.is_empty() {
            ready!(this.poll_piece(cx, || Piece::Data(Bytes::copy_from_slice(piece))))?;
        }
        Poll::Ready(Ok(piece.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Ends our half, which `dial-stdio` passes on to the engine.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.ended {
            ready!(this.poll_piece(cx, || Piece::End))?;
            this.ended = true;
        }
        Poll::Ready(Ok(()))
    }
}
