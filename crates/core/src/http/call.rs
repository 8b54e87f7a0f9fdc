//! Whole answers through hyper. The caller drives the connection next to its request; no task is spawned.
//!
//! A kept-alive connection that turns out to be closed before the engine answered is replaced once, when that is safe: the request
//! was never written, or may be repeated.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::uri::PathAndQuery;
use http::{Method, Request};
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio_util::sync::CancellationToken;

use super::counted::Counted;
use super::head::body_kind;
use super::hyper_error;
use super::pool::{Driver, Pool, Pooled};
use super::self_wake::SelfWaking;
use super::timer::{Timer, guarded};
use super::write_head::{RequestHead, check_header, check_target};
use crate::error::{Error, ErrorKind, Phase};
use crate::reply::{Head, Reply};
use crate::request::Timeouts;
use crate::transport::{Connector, Sharing};

/// How far a declared length is believed before the bytes have come.
const FIRST_ROOM: u64 = 16 * 1024 * 1024;

/// What calls share.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) pool: &'a Pool,
    pub(crate) closed: &'a CancellationToken,
}

/// Whether hyper can send the target exactly as it is.
pub(crate) fn takes(target: &str) -> bool {
    target
        .parse::<PathAndQuery>()
        .is_ok_and(|parsed| parsed.as_str() == target)
}

/// One call: request, head and body.
pub(crate) async fn call(
    caller: Caller<'_>,
    head: &RequestHead<'_>,
    body: &Bytes,
    timeouts: Timeouts,
) -> Result<Reply, Error> {
    let mut total = Timer::start(Phase::Total, timeouts.total);
    let endpoint = caller.connector.endpoint();
    // Whether a request reached an engine that closed the connection at that moment cannot be told. What must not be sent twice
    // gets a connection of its own, where that is cheap.
    let mut pooled = caller.pool.take(head.method.is_idempotent());
    loop {
        let request = build(head, body)?;
        let reused = pooled.is_some();
        let connection = match pooled.take() {
            Some(connection) => connection,
            None => connect(caller, timeouts, &mut total)
                .await
                .map_err(|error| error.with_endpoint(endpoint))?,
        };
        match exchange(caller, connection, request, timeouts, &mut total).await {
            Ok(reply) => return Ok(reply),
            Err(Failure { unsent, silent, .. })
                if reused && silent && (unsent || head.method.is_idempotent()) => {}
            Err(failure) => return Err(failure.error.with_endpoint(endpoint)),
        }
    }
}

fn build(head: &RequestHead<'_>, body: &Bytes) -> Result<Request<Full<Bytes>>, Error> {
    check_target(head.target)?;
    let mut builder = Request::builder()
        .method(head.method.clone())
        .uri(head.target)
        .header("host", head.host);
    for (name, value) in head.headers() {
        check_header(name, value)?;
        builder = builder.header(name, value);
    }
    // hyper leaves the length out for an empty body; engines of every age accept the explicit zero.
    let takes_body = matches!(*head.method, Method::POST | Method::PUT | Method::PATCH);
    if body.is_empty() && takes_body {
        builder = builder.header("content-length", "0");
    }
    builder.body(Full::new(body.clone())).map_err(|error| {
        Error::new(
            ErrorKind::InvalidArgument,
            format!("the request cannot be sent: {error}"),
        )
    })
}

async fn connect(
    caller: Caller<'_>,
    timeouts: Timeouts,
    total: &mut Timer,
) -> Result<Pooled, Error> {
    let mut timer = Timer::start(Phase::Connect, timeouts.connect);
    let opening = async {
        let connection = Box::pin(caller.connector.connect(Sharing::Calls)).await?;
        let control = connection.control();
        let (stream, counter) = Counted::new(connection);
        let (sender, driver) = http1::Builder::new()
            .title_case_headers(true)
            .max_headers(256)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| hyper_error::read(error, false, 0, &[]))?;
        Ok(Pooled {
            sender,
            driver: Box::new(driver),
            control,
            counter,
        })
    };
    guarded(
        caller.closed,
        Error::closed,
        &mut [&mut timer, total],
        opening,
    )
    .await
}

/// Why an exchange failed, and whether it may be tried again.
#[derive(Debug)]
struct Failure {
    error: Error,
    /// The request was never written.
    unsent: bool,
    /// The connection ended, and not one byte of an answer had come.
    silent: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            unsent: false,
            silent: false,
        }
    }
}

/// Sends the request on `connection` and reads the answer; the connection goes to the pool if it can take another request.
async fn exchange(
    caller: Caller<'_>,
    connection: Pooled,
    request: Request<Full<Bytes>>,
    timeouts: Timeouts,
    total: &mut Timer,
) -> Result<Reply, Failure> {
    let Pooled {
        mut sender,
        driver,
        control,
        counter,
    } = connection;
    let before = counter.get();
    let method = request.method().clone();
    let mut driving = Driving {
        state: Driven::Open(driver),
        wakes: SelfWaking::default(),
    };
    let mut timer = Timer::start(Phase::FirstByte, timeouts.first_byte);
    let mut lost = None;
    let sending = async {
        let sending = sender.try_send_request(request);
        driving.until(pin!(sending)).await.map_err(|mut failed| {
            let unsent = failed.take_message().is_some();
            let silent = counter.get() == before;
            let cause = driving.state.take_error();
            lost = Some((unsent, silent));
            hyper_error::read(
                cause.unwrap_or_else(|| failed.into_error()),
                !silent,
                0,
                counter.start(),
            )
        })
    };
    let sent = guarded(
        caller.closed,
        Error::closed,
        &mut [&mut timer, total],
        sending,
    )
    .await;
    let response = sent.map_err(|error| match lost {
        Some((unsent, silent)) => {
            let silent = silent && error.kind() == ErrorKind::ConnectionLost;
            Failure {
                error,
                unsent,
                silent,
            }
        }
        None => error.into(),
    })?;
    let (parts, incoming) = response.into_parts();
    let head = head(&parts);
    body_kind(&head, &method)?;
    let body = collect(caller, &mut driving, incoming, timeouts, total).await?;
    if let Some(driver) = driving.settle().await
        && sender.is_ready()
    {
        caller.pool.put(Pooled {
            sender,
            driver,
            control,
            counter,
        });
    }
    Ok(head.with_body(body))
}

fn head(parts: &http::response::Parts) -> Head {
    let given = parts.extensions.get::<hyper::ext::ReasonPhrase>();
    let reason = match given {
        Some(reason) => String::from_utf8_lossy(reason.as_bytes()).into_owned(),
        None => parts
            .status
            .canonical_reason()
            .unwrap_or_default()
            .to_owned(),
    };
    let text = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    Head {
        status: parts.status.as_u16(),
        reason,
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
            .collect(),
    }
}

/// Reads the body to its end.
async fn collect(
    caller: Caller<'_>,
    driving: &mut Driving,
    mut incoming: Incoming,
    timeouts: Timeouts,
    total: &mut Timer,
) -> Result<Bytes, Error> {
    let declared = incoming.size_hint().exact();
    let mut whole = BytesMut::new();
    let mut idle = Timer::start(Phase::Idle, timeouts.idle);
    loop {
        let received = whole.len() as u64;
        let next = driving.until(NextFrame(&mut incoming));
        let next = async {
            next.await
                .transpose()
                .map_err(|error| hyper_error::read(error, true, received, &[]))
        };
        let timers = &mut [&mut idle, &mut *total];
        let Some(frame) = guarded(caller.closed, Error::closed, timers, next).await? else {
            return Ok(whole.freeze());
        };
        idle.restart();
        let Ok(bytes) = frame.into_data() else {
            continue;
        };
        if whole.is_empty() {
            if declared == Some(bytes.len() as u64) && incoming.is_end_stream() {
                return Ok(bytes);
            }
            let room = declared.unwrap_or_default().min(FIRST_ROOM);
            whole.reserve(usize::try_from(room).unwrap_or_default());
        }
        whole.extend_from_slice(&bytes);
    }
}

struct NextFrame<'a>(&'a mut Incoming);

impl Future for NextFrame<'_> {
    type Output = Option<Result<Frame<Bytes>, hyper::Error>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut *self.0).poll_frame(cx)
    }
}

/// hyper's connection, polled by whoever waits for something from it.
struct Driving {
    state: Driven,
    wakes: SelfWaking,
}

enum Driven {
    Open(Box<Driver>),
    /// With what ended it. The connection itself is gone: a request that it never took from its channel is given back only then.
    Ended(Option<hyper::Error>),
}

impl Driven {
    fn drive(&mut self, cx: &mut Context<'_>) {
        if let Self::Open(driver) = self
            && let Poll::Ready(ended) = Pin::new(driver).poll(cx)
        {
            *self = Self::Ended(ended.err());
        }
    }

    fn take_error(&mut self) -> Option<hyper::Error> {
        match self {
            Self::Open(_) => None,
            Self::Ended(error) => error.take(),
        }
    }
}

impl Driving {
    /// Waits for `wanted`, driving the connection.
    async fn until<F: Future + Unpin>(&mut self, mut wanted: F) -> F::Output {
        std::future::poll_fn(move |cx| {
            let Self { state, wakes } = &mut *self;
            wakes.poll(cx, |cx| {
                if let Poll::Ready(found) = Pin::new(&mut wanted).poll(cx) {
                    return Poll::Ready(found);
                }
                state.drive(cx);
                // What the connection has just read is there now; asking again saves a wake-up.
                Pin::new(&mut wanted).poll(cx)
            })
        })
        .await
    }

    /// Lets the connection finish its bookkeeping after an answer; gives it back if it is still open.
    async fn settle(mut self) -> Option<Box<Driver>> {
        std::future::poll_fn(|cx| {
            // Nobody polls it again before the next request, so that nothing it wakes matters.
            self.wakes.poll(cx, |cx| {
                self.state.drive(cx);
                Poll::Ready(())
            })
        })
        .await;
        match self.state {
            Driven::Open(driver) => Some(driver),
            Driven::Ended(_) => None,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixListener;

    use super::*;
    use crate::config::Endpoint;
    use crate::transport::SocketControl;

    /// Between the pool's look and the request the connection ends, which is known before anything is written.
    #[tokio::test]
    async fn an_end_that_is_seen_before_the_request_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("engine.sock");
        let listener = UnixListener::bind(&path).expect("a listener");
        let url = format!("unix://{}", path.display());
        let connector = Connector::new(Endpoint::explicit(&url).expect("an endpoint"), None);
        let (pool, closed) = (Pool::new(1), CancellationToken::new());
        let caller = Caller {
            connector: &connector,
            pool: &pool,
            closed: &closed,
        };
        let timeouts = Timeouts::default();
        let mut total = Timer::start(Phase::Total, None);
        let connection = connect(caller, timeouts, &mut total).await;
        let connection = connection.expect("a connection");
        let (mut engine, _) = listener.accept().await.expect("a connection");
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        engine.write_all(answer).await.expect("room");
        let answered = exchange(caller, connection, request(), timeouts, &mut total).await;
        assert_eq!(answered.map(|reply| reply.status).ok(), Some(200));

        let connection = pool.take(true).expect("a connection");
        // A connection with unread bytes would be reset; this one ends.
        let mut received = [0; 256];
        let count = engine.read(&mut received).await.expect("the request");
        assert!(received[..count].ends_with(b"\r\n\r\n"));
        drop(engine);
        let SocketControl::Unix(socket) = &connection.control else {
            panic!("a unix socket");
        };
        let socket = socket.upgrade().expect("an open socket");
        socket.readable().await.expect("its end");
        drop(socket);
        let failure = exchange(caller, connection, request(), timeouts, &mut total).await;
        let failure = failure.expect_err("no answer");
        assert!(failure.unsent && failure.silent);
        assert_eq!(failure.error.kind(), ErrorKind::ConnectionLost);
    }

    fn request() -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::default());
        *request.uri_mut() = http::Uri::from_static("/x");
        request
    }
}
