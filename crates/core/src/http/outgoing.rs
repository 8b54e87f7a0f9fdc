//! The sending half of an exchange: our own request head, then the body, pulled from its source as the socket takes it.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::AsyncWrite;

use crate::error::{Error, ErrorKind};
use crate::request::{Body, BodySource};
use crate::transport::Connection;
#[cfg(target_os = "linux")]
use crate::transport::send_file;

/// Bodies up to this size travel in the same write as the head.
const INLINE: usize = 16 * 1024;
const SLICES: usize = 8;

/// Why sending stopped.
#[derive(Debug)]
pub(crate) enum SendError {
    /// The other side does not read any more; its answer may say why.
    Connection(io::Error),
    /// The source of the body failed.
    Source(Error),
}

/// A request on its way.
pub(crate) struct Outgoing {
    connection: Connection,
    queue: VecDeque<Bytes>,
    source: Option<Source>,
    sent: u64,
}

struct Source {
    pieces: Box<dyn BodySource>,
    /// What is left of the declared length; chunked when there is none.
    left: Option<u64>,
    /// Whether parts of files may be sent without being read.
    #[cfg(target_os = "linux")]
    unread: bool,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing")
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}

impl Outgoing {
    /// A request whose head was written by `write_head`.
    pub(crate) fn new(connection: Connection, mut head: BytesMut, body: Body) -> Self {
        let mut queue = VecDeque::with_capacity(4);
        let mut source = None;
        match body {
            Body::Empty => queue.push_back(head.freeze()),
            Body::Bytes(bytes) if bytes.len() <= INLINE => {
                head.extend_from_slice(&bytes);
                queue.push_back(head.freeze());
            }
            Body::Bytes(bytes) => queue.extend([head.freeze(), bytes]),
            Body::Stream {
                source: pieces,
                length,
            } => {
                queue.push_back(head.freeze());
                source = Some(Source {
                    pieces,
                    left: length,
                    #[cfg(target_os = "linux")]
                    unread: length.is_some_and(send_file::pays),
                });
            }
        }
        Self {
            connection,
            queue,
            source,
            sent: 0,
        }
    }

    /// How many bytes the socket took.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// The connection, once all is sent.
    pub(crate) fn into_connection(self) -> Connection {
        self.connection
    }

    /// Sends as much as the socket takes; ready when all is sent.
    pub(crate) fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        loop {
            while !self.queue.is_empty() {
                ready!(self.poll_write(cx)).map_err(SendError::Connection)?;
            }
            if self.source.is_none() {
                return Pin::new(&mut self.connection)
                    .poll_flush(cx)
                    .map_err(SendError::Connection);
            }
            #[cfg(target_os = "linux")]
            ready!(self.poll_file(cx));
            ready!(self.poll_source(cx)).map_err(SendError::Source)?;
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut slices = [io::IoSlice::new(&[]); SLICES];
        let mut count = 0;
        for (slice, bytes) in slices.iter_mut().zip(&self.queue) {
            *slice = io::IoSlice::new(bytes);
            count += 1;
        }
        let slices = slices.get(..count).unwrap_or_default();
        let written = ready!(Pin::new(&mut self.connection).poll_write_vectored(cx, slices))?;
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        self.sent += written as u64;
        let mut left = written;
        while let Some(front) = self.queue.front_mut() {
            if front.len() > left {
                front.advance(left);
                break;
            }
            left -= front.len();
            self.queue.pop_front();
        }
        Poll::Ready(Ok(()))
    }

    /// Sends what is a part of a file without reading it, as far as that can be done. What is in its way is found, and told, by
    /// whoever reads what is left.
    #[cfg(target_os = "linux")]
    fn poll_file(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(source) = self.source.as_mut().filter(|source| source.unread) else {
            return Poll::Ready(());
        };
        while let (Some(left @ 1..), Some(part)) = (&mut source.left, source.pieces.file()) {
            match ready!(self.connection.poll_send_file(cx, part, *left)) {
                Ok(sent @ 1..) => {
                    *left -= sent as u64;
                    self.sent += sent as u64;
                }
                Ok(0) | Err(_) => break,
            }
        }
        source.unread = false;
        Poll::Ready(())
    }

    fn poll_source(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let Some(source) = &mut self.source else {
            return Poll::Ready(Ok(()));
        };
        let piece = match ready!(source.pieces.poll_next(cx)) {
            Some(Ok(piece)) => piece,
            Some(Err(error)) => return Poll::Ready(Err(source_failed(error))),
            None => {
                match source.left {
                    None => self.queue.push_back(Bytes::from_static(b"0\r\n\r\n")),
                    Some(0) => {}
                    Some(left) => {
                        return Poll::Ready(Err(wrong_length(&format!("{left} bytes short of"))));
                    }
                }
                self.source = None;
                return Poll::Ready(Ok(()));
            }
        };
        if piece.is_empty() {
            return Poll::Ready(Ok(()));
        }
        match &mut source.left {
            None => {
                let size = Bytes::from(format!("{:x}\r\n", piece.len()));
                self.queue
                    .extend([size, piece, Bytes::from_static(b"\r\n")]);
            }
            Some(left) => {
                let Some(rest) = left.checked_sub(piece.len() as u64) else {
                    return Poll::Ready(Err(wrong_length("longer than")));
                };
                *left = rest;
                self.queue.push_back(piece);
            }
        }
        Poll::Ready(Ok(()))
    }
}

fn source_failed(error: io::Error) -> Error {
    let code = error.raw_os_error();
    Error::new(
        ErrorKind::BodySource,
        format!("the body of the request cannot be read: {error}"),
    )
    .with_os_code(code)
    .with_source(error)
}

fn wrong_length(how: &str) -> Error {
    Error::new(
        ErrorKind::BodySource,
        format!("the body of the request is {how} its declared length"),
    )
}
