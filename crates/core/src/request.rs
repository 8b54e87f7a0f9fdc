//! What a binding asks for: method, target, headers, body and limits. `Debug` prints header names only.

use std::fmt;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::Method;
use tokio::io::AsyncRead;

#[cfg(unix)]
use crate::file_part::FilePart;
use crate::retry::RetryPolicy;

/// The size of the pieces a body source is read in.
const PIECE: usize = 256 * 1024;

/// One request.
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query exactly as sent, with or without a `/vX.Y` prefix.
    pub target: String,
    /// Names and values; `Host`, `Content-Length` and `Transfer-Encoding` are written by the core.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// Limits for this request; those of the engine's configuration when `None`.
    pub timeouts: Option<Timeouts>,
    /// Whether the negotiated version is put in front of the target.
    pub prefix: Prefix,
    /// What to do about failures that may pass; what the engine's configuration says when `None`.
    pub retry: Option<RetryPolicy>,
}

/// Whether the core puts `/v<version>` in front of a target. A target that has a prefix is always sent as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prefix {
    /// Put the version in use in front.
    #[default]
    Add,
    /// Send the target as it is.
    AsIs,
}

/// The body of a request.
#[derive(Default)]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// In memory; can be sent again.
    Bytes(Bytes),
    /// Pulled piece by piece while it is sent.
    Stream {
        /// Where the pieces come from.
        source: Box<dyn BodySource>,
        /// The number of bytes, when known; otherwise the body is sent chunked.
        length: Option<u64>,
    },
}

/// Pieces of a request body, pulled one at a time.
pub trait BodySource: Send {
    /// The next piece; `None` at the end. Empty pieces are skipped. An error ends the exchange.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>>;

    /// What is left, when it is a part of a file, and whoever polls may wait for a disk: such a part need not be read to be sent.
    #[cfg(unix)]
    fn file(&mut self) -> Option<&mut FilePart> {
        None
    }
}

impl Body {
    /// A body read from `reader` in pieces.
    pub fn from_reader(
        reader: impl AsyncRead + Send + Unpin + 'static,
        length: Option<u64>,
    ) -> Self {
        let source = ReaderSource {
            reader,
            buffer: BytesMut::new(),
        };
        Self::Stream {
            source: Box::new(source),
            length,
        }
    }

    /// A body read from a file, opened when the request is sent; `length` should be the file's.
    pub fn from_path(path: impl Into<PathBuf>, length: Option<u64>) -> Self {
        let path = path.into();
        let opening = Box::pin(tokio::fs::File::open(path));
        Self::Stream {
            source: Box::new(FileSource::Opening(opening)),
            length,
        }
    }

    /// Whether the body can be sent a second time.
    #[must_use]
    pub fn is_replayable(&self) -> bool {
        !matches!(self, Self::Stream { .. })
    }

    /// A second copy, when the body can be sent a second time.
    #[must_use]
    pub fn replay(&self) -> Option<Self> {
        match self {
            Self::Empty => Some(Self::Empty),
            Self::Bytes(bytes) => Some(Self::Bytes(bytes.clone())),
            Self::Stream { .. } => None,
        }
    }
}

struct ReaderSource<R> {
    reader: R,
    buffer: BytesMut,
}

impl<R: AsyncRead + Send + Unpin> BodySource for ReaderSource<R> {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if self.buffer.capacity() < PIECE / 4 {
            self.buffer.reserve(PIECE);
        }
        let read = tokio_util::io::poll_read_buf(Pin::new(&mut self.reader), cx, &mut self.buffer);
        match ready!(read) {
            Ok(0) => Poll::Ready(None),
            Ok(_) => Poll::Ready(Some(Ok(self.buffer.split().freeze()))),
            Err(error) => Poll::Ready(Some(Err(error))),
        }
    }
}

type Opening = Pin<Box<dyn Future<Output = io::Result<tokio::fs::File>> + Send>>;

enum FileSource {
    Opening(Opening),
    Open(ReaderSource<tokio::fs::File>),
}

impl BodySource for FileSource {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            match self {
                Self::Opening(opening) => match ready!(opening.as_mut().poll(cx)) {
                    Ok(mut file) => {
                        file.set_max_buf_size(PIECE);
                        *self = Self::Open(ReaderSource {
                            reader: file,
                            buffer: BytesMut::new(),
                        });
                    }
                    Err(error) => return Poll::Ready(Some(Err(error))),
                },
                Self::Open(source) => return source.poll_next(cx),
            }
        }
    }
}

/// Limits per phase; `None` means no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Opening the connection.
    pub connect: Option<Duration>,
    /// From the last progress in sending the request to the complete head of the answer.
    pub first_byte: Option<Duration>,
    /// Between two reads of a body.
    pub idle: Option<Duration>,
    /// `call`: the whole exchange, body included. `stream` and `upgrade`: up to the head.
    pub total: Option<Duration>,
}

impl Request {
    /// A request without headers and body, sent with the negotiated version.
    pub fn new(method: Method, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            headers: Vec::new(),
            body: Body::Empty,
            timeouts: None,
            prefix: Prefix::Add,
            retry: None,
        }
    }

    /// A second copy, when the body can be sent a second time.
    #[must_use]
    pub fn replay(&self) -> Option<Self> {
        Some(Self {
            method: self.method.clone(),
            target: self.target.clone(),
            headers: self.headers.clone(),
            body: self.body.replay()?,
            timeouts: self.timeouts,
            prefix: self.prefix,
            retry: self.retry.clone(),
        })
    }

    /// `GET target`.
    pub fn get(target: impl Into<String>) -> Self {
        Self::new(Method::GET, target)
    }

    /// `POST target`.
    pub fn post(target: impl Into<String>) -> Self {
        Self::new(Method::POST, target)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a JSON body that was already written.
    #[must_use]
    pub fn json(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Body::Bytes(body.into());
        self.header("Content-Type", "application/json")
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Sets limits for this request.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = Some(timeouts);
        self
    }

    /// Repeats the request after failures that may pass.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Sends the target as it is.
    #[must_use]
    pub fn as_is(mut self) -> Self {
        self.prefix = Prefix::AsIs;
        self
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::Stream { length, .. } => write!(f, "Stream({length:?})"),
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        let path = self.target.split('?').next().unwrap_or_default();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &path)
            .field("headers", &names)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
