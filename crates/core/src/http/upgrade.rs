//! Attach and exec: the head is read exactly, so that the socket can be handed over with every byte that follows still in it.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncReadExt;

use super::exchange::{Exchange, connect, no_answer};
use super::head::{self, BodyKind, body_kind};
use super::outgoing::{Outgoing, SendError};
use super::timer::{Timer, guarded};
use crate::error::{Error, ErrorKind, Phase};
use crate::reply::Head;
use crate::transport::Connection;

const PEEK: usize = 8 * 1024;

/// What came of an upgrade: the head, both halves, and what had to be read ahead (nothing on a plain socket).
pub(crate) struct UpgradeReply {
    pub(crate) head: Head,
    pub(crate) kind: BodyKind,
    pub(crate) read: Connection,
    pub(crate) write: Connection,
    pub(crate) rest: Bytes,
}

impl UpgradeReply {
    /// Whether the connection is a raw duplex now. Engines answer 101, or 200 with a raw body when they saw no `Upgrade`.
    pub(crate) fn is_switched(&self) -> bool {
        self.head.status == 101 || (self.head.status == 200 && self.kind == BodyKind::UntilEnd)
    }
}

/// Sends the request and reads exactly the head of the answer.
pub(crate) async fn upgrade(exchange: Exchange<'_>) -> Result<UpgradeReply, Error> {
    let Exchange {
        connector,
        method,
        head,
        body,
        timeouts,
        cancel,
    } = exchange;
    if !body.is_replayable() {
        let message = "the body of an upgrade request must be in memory";
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    let mut total = Timer::start(Phase::Total, timeouts.total);
    let connection = connect(connector, timeouts, cancel, &mut total).await?;
    let (read, write) = connection.split();
    let mut timer = Timer::start(Phase::FirstByte, timeouts.first_byte);
    let work = async {
        let mut outgoing = Outgoing::new(write, head, body);
        let failed = send(&mut outgoing).await?;
        let mut read = read;
        let (head, rest) = read_head(&mut read, failed).await?;
        Ok((head, read, outgoing.into_connection(), rest))
    };
    let timers = &mut [&mut timer, &mut total];
    let done = guarded(cancel.token(), || cancel.error(), timers, work).await;
    let done = done.map_err(|error| {
        if cancel.is_cancelled() {
            cancel.error()
        } else {
            error
        }
    });
    let (head, read, write, rest) =
        done.map_err(|error| error.with_endpoint(connector.endpoint()))?;
    let kind = body_kind(&head, method)?;
    Ok(UpgradeReply {
        head,
        kind,
        read,
        write,
        rest,
    })
}

/// A failing write is kept for later: the engine may have answered before it closed.
async fn send(outgoing: &mut Outgoing) -> Result<Option<io::Error>, Error> {
    match std::future::poll_fn(|cx| outgoing.poll_send(cx)).await {
        Ok(()) => Ok(None),
        Err(SendError::Connection(error)) => Ok(Some(error)),
        Err(SendError::Source(error)) => Err(error),
    }
}

async fn read_head(
    connection: &mut Connection,
    mut failed: Option<io::Error>,
) -> Result<(Head, Bytes), Error> {
    let mut buffer = BytesMut::with_capacity(PEEK);
    loop {
        let Some(end) = more(connection, &mut buffer, &mut failed).await? else {
            continue;
        };
        let found = head::parse(&buffer.split_to(end))?;
        if found.status >= 200 || found.status == 101 {
            return Ok((found, buffer.freeze()));
        }
    }
}

/// Takes head bytes from the connection, not one more where it can be peeked at; where the head ends once it is whole.
async fn more(
    connection: &mut Connection,
    buffer: &mut BytesMut,
    failed: &mut Option<io::Error>,
) -> Result<Option<usize>, Error> {
    if !buffer.is_empty() {
        // Read ahead together with an interim answer.
        if let Some(end) = head::find_end(buffer, 0)? {
            return Ok(Some(end));
        }
    }
    let seen = buffer.len();
    let mut space = vec![0; PEEK];
    match connection.peek(&mut space).await {
        None => {
            let read = connection.read_buf(buffer).await;
            ended(read, buffer, failed)?;
            head::find_end(buffer, seen)
        }
        Some(peeked) => {
            let length = ended(peeked, buffer, failed)?;
            buffer.extend_from_slice(space.get(..length).unwrap_or_default());
            let end = head::find_end(buffer, seen)?;
            let take = end.unwrap_or(buffer.len()) - seen;
            let room = space.get_mut(..take).unwrap_or_default();
            connection.read_exact(room).await.map_err(|error| {
                Error::from_io("the connection failed within the head of the answer", error)
            })?;
            buffer.truncate(seen + take);
            Ok(end)
        }
    }
}

fn ended(
    read: io::Result<usize>,
    buffer: &BytesMut,
    failed: &mut Option<io::Error>,
) -> Result<usize, Error> {
    match read {
        Ok(0) if buffer.is_empty() => Err(no_answer(failed.take())),
        Ok(0) => Err(Error::new(
            ErrorKind::Truncated,
            "the connection was closed within the head of the answer",
        )
        .with_received(0)),
        Ok(length) => Ok(length),
        Err(error) if buffer.is_empty() => Err(no_answer(Some(failed.take().unwrap_or(error)))),
        Err(error) => Err(Error::from_io(
            "the connection failed within the head of the answer",
            error,
        )),
    }
}
