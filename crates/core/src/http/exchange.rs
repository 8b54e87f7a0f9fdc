//! One exchange below hyper: send the request, read the head of the answer at the same time, hand over what follows it.
//!
//! An engine that answers before it has read the whole request (a refusal, or progress while a tar is still going up) is heard:
//! a failing write never hides the answer.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};

use super::head::{self, BodyKind, body_kind};
use super::outgoing::{Outgoing, SendError};
use super::timer::{Timer, guarded};
use crate::error::{Error, ErrorKind, Phase};
use crate::reply::Head;
use crate::request::{Body, Timeouts};
use crate::stream::Cancel;
use crate::transport::{Connection, Connector, Sharing};

/// What an exchange needs.
pub(crate) struct Exchange<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) method: &'a http::Method,
    pub(crate) head: BytesMut,
    pub(crate) body: Body,
    pub(crate) timeouts: Timeouts,
    pub(crate) cancel: &'a Cancel,
}

/// The head of the answer, and what is needed to read on.
pub(crate) struct Opened {
    pub(crate) head: Head,
    pub(crate) kind: BodyKind,
    pub(crate) connection: Connection,
    /// Body bytes that came with the head.
    pub(crate) rest: Bytes,
    /// The request, when the engine answered well before it had all of it.
    pub(crate) upload: Option<Outgoing>,
}

/// Opens a connection within its limits.
pub(crate) async fn connect(
    connector: &Connector,
    timeouts: Timeouts,
    cancel: &Cancel,
    total: &mut Timer,
) -> Result<Connection, Error> {
    let mut timer = Timer::start(Phase::Connect, timeouts.connect);
    // Opening is rare and its future is large (TLS, ssh).
    let opening = Box::pin(connector.connect(Sharing::Alone));
    let opened = guarded(
        cancel.token(),
        || cancel.error(),
        &mut [&mut timer, total],
        opening,
    )
    .await;
    let connection = opened.map_err(|error| error.with_endpoint(connector.endpoint()))?;
    cancel.watch(connection.control());
    Ok(connection)
}

/// Sends the request and reads the head of the answer.
pub(crate) async fn open(exchange: Exchange<'_>) -> Result<Opened, Error> {
    let Exchange {
        connector,
        method,
        head,
        body,
        timeouts,
        cancel,
    } = exchange;
    let mut total = Timer::start(Phase::Total, timeouts.total);
    let connection = connect(connector, timeouts, cancel, &mut total).await?;
    let (read, write) = connection.split();
    let mut sending = Sending {
        outgoing: Some(Outgoing::new(write, head, body)),
        failed: None,
    };
    let mut incoming = Incoming::new(read);
    let mut timer = Timer::start(Phase::FirstByte, timeouts.first_byte);
    let answer =
        std::future::poll_fn(|cx| poll_answer(&mut sending, &mut incoming, &mut timer, cx));
    let answered = guarded(cancel.token(), || cancel.error(), &mut [&mut total], answer).await;
    // Cancelling shuts the socket down, which looks like the engine's doing.
    let answered = answered.map_err(|error| {
        if cancel.is_cancelled() {
            cancel.error()
        } else {
            error
        }
    });
    let head = answered.map_err(|error| error.with_endpoint(connector.endpoint()))?;
    let kind = body_kind(&head, method)?;
    let upload = sending.outgoing.filter(|_| head.status < 300);
    Ok(Opened {
        head,
        kind,
        connection: incoming.connection,
        rest: incoming.buffer.freeze(),
        upload,
    })
}

/// The sending half while the head is awaited.
struct Sending {
    outgoing: Option<Outgoing>,
    failed: Option<io::Error>,
}

impl Sending {
    /// Sends what can be sent; whether there was progress. Only a failing source is an error.
    fn drive(&mut self, cx: &mut Context<'_>) -> Result<bool, Error> {
        let Some(outgoing) = &mut self.outgoing else {
            return Ok(false);
        };
        let before = outgoing.sent();
        let polled = outgoing.poll_send(cx);
        let progress = outgoing.sent() != before;
        match polled {
            Poll::Pending => Ok(progress),
            Poll::Ready(Ok(())) => {
                self.outgoing = None;
                Ok(progress)
            }
            Poll::Ready(Err(SendError::Source(error))) => Err(error),
            Poll::Ready(Err(SendError::Connection(error))) => {
                self.outgoing = None;
                self.failed = Some(error);
                Ok(progress)
            }
        }
    }
}

/// The reading half while the head is awaited.
struct Incoming {
    connection: Connection,
    buffer: BytesMut,
    seen: usize,
}

impl Incoming {
    fn new(connection: Connection) -> Self {
        Self {
            connection,
            buffer: BytesMut::new(),
            seen: 0,
        }
    }

    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<Head, HeadError>> {
        loop {
            if !self.buffer.is_empty()
                && let Some(head) = self.take_head()?
            {
                return Poll::Ready(Ok(head));
            }
            self.buffer.reserve(8 * 1024);
            let connection = std::pin::Pin::new(&mut self.connection);
            let read = tokio_util::io::poll_read_buf(connection, cx, &mut self.buffer);
            match ready!(read) {
                Ok(0) if self.buffer.is_empty() => {
                    return Poll::Ready(Err(HeadError::Silent(None)));
                }
                Ok(0) => {
                    let message = "the connection was closed within the head of the answer";
                    return Poll::Ready(Err(Error::new(ErrorKind::Truncated, message)
                        .with_received(0)
                        .into()));
                }
                Ok(_) => {}
                Err(error) if self.buffer.is_empty() => {
                    return Poll::Ready(Err(HeadError::Silent(Some(error))));
                }
                Err(error) => {
                    let error = Error::from_io(
                        "the connection failed within the head of the answer",
                        error,
                    );
                    return Poll::Ready(Err(error.into()));
                }
            }
        }
    }

    /// The final head, once it is complete; interim answers (1xx) are skipped.
    fn take_head(&mut self) -> Result<Option<Head>, Error> {
        while let Some(end) = head::find_end(&self.buffer, self.seen)? {
            let found = head::parse(&self.buffer.split_to(end))?;
            self.seen = 0;
            if found.status >= 200 || found.status == 101 {
                return Ok(Some(found));
            }
            if self.buffer.is_empty() {
                return Ok(None);
            }
        }
        self.seen = self.buffer.len();
        Ok(None)
    }
}

/// Why there is no head.
enum HeadError {
    /// Not one byte came.
    Silent(Option<io::Error>),
    Other(Error),
}

impl From<Error> for HeadError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

fn poll_answer(
    sending: &mut Sending,
    incoming: &mut Incoming,
    timer: &mut Timer,
    cx: &mut Context<'_>,
) -> Poll<Result<Head, Error>> {
    if sending.drive(cx)? {
        timer.restart();
    }
    match incoming.poll_head(cx) {
        Poll::Ready(Ok(head)) => Poll::Ready(Ok(head)),
        Poll::Ready(Err(HeadError::Other(error))) => Poll::Ready(Err(error)),
        Poll::Ready(Err(HeadError::Silent(error))) => {
            // What the reading side was told (a refused certificate, ssh's words) says more than that writing failed.
            let told = error.as_ref().and_then(crate::transport::meaning).is_some();
            let cause = if told {
                error
            } else {
                sending.failed.take().or(error)
            };
            Poll::Ready(Err(no_answer(cause)))
        }
        Poll::Pending => timer.poll_expired(cx).map(Err),
    }
}

/// The connection ended before the answer began.
pub(crate) fn no_answer(cause: Option<io::Error>) -> Error {
    let message = "the engine closed the connection without an answer";
    if let Some((kind, cause, hint)) = cause.as_ref().and_then(crate::transport::meaning) {
        return Error::new(kind, cause).with_hint(hint);
    }
    match cause {
        None => Error::new(ErrorKind::ConnectionLost, message),
        Some(error) => Error::new(ErrorKind::ConnectionLost, format!("{message}: {error}"))
            .with_os_code(error.raw_os_error())
            .with_source(error),
    }
}
