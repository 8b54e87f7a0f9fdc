//! Request bodies: how they are sent, and engines that answer before they have read them.

use std::io;
use std::task::{Context, Poll};

use dockline::{Body, BodySource, Bytes, Engine, Error, ErrorKind, Method, Reply, Request};
use serde_json::json;

use super::support::{client, fakes, open_connections, soon};

/// A body of so many bytes that is never whole in memory.
struct Zeros {
    left: u64,
    /// Fails instead of ending.
    fails: bool,
}

impl BodySource for Zeros {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        static PIECE: [u8; 65536] = [0; 65536];
        if self.left == 0 {
            let failure = self
                .fails
                .then(|| Err(io::Error::other("the disk is on fire")));
            return Poll::Ready(failure);
        }
        let now = self.left.min(PIECE.len() as u64);
        self.left -= now;
        let now = usize::try_from(now).unwrap_or(PIECE.len());
        Poll::Ready(Some(Ok(Bytes::from_static(&PIECE[..now]))))
    }
}

fn zeros(count: u64, length: bool) -> Body {
    Body::Stream {
        source: Box::new(Zeros {
            left: count,
            fails: false,
        }),
        length: length.then_some(count),
    }
}

async fn put(engine: &Engine, body: Body, as_stream: bool) -> Result<Reply, Error> {
    let request = Request::new(Method::PUT, "/containers/x/archive").body(body);
    soon(async {
        if !as_stream {
            return engine.call(request).await;
        }
        let stream = engine.stream(request).await?;
        let head = stream.head().clone();
        let body = stream.collect(1 << 20).await?;
        Ok(Reply {
            status: head.status,
            reason: head.reason,
            headers: head.headers,
            body,
        })
    })
    .await
}

#[tokio::test]
async fn bodies_arrive_whole() {
    for fake in fakes(&json!({"default": {"body": "ok"}})) {
        let engine = client(&fake);
        for as_stream in [false, true] {
            for length in [false, true] {
                for count in [0, 1, 65536, 3_000_000] {
                    fake.clear_requests();
                    let reply = put(&engine, zeros(count, length), as_stream)
                        .await
                        .expect("an answer");
                    assert_eq!(reply.body, "ok");
                    let record = fake.requests().pop().expect("a request");
                    assert_eq!(record.body_length, count, "length known: {length}");
                    let known = record.header("content-length").map(str::to_owned);
                    assert_eq!(known, length.then(|| count.to_string()));
                    assert_eq!(record.header("transfer-encoding").is_some(), !length);
                }
            }
        }
    }
}

/// The engine refuses while the upload runs: the client gets the refusal, not a broken pipe.
#[tokio::test]
async fn early_refusals() {
    for how in ["early", "ignore"] {
        let reply = json!({"status": 400, "body": {"json": {"message": "no space left"}}, "faults": {"request_body": how}});
        for fake in fakes(&json!({"default": reply})) {
            let engine = client(&fake);
            for round in 0..20 {
                let body = if round % 2 == 0 {
                    zeros(20_000_000, true)
                } else {
                    zeros(20_000_000, false)
                };
                let reply = put(&engine, body, round % 4 < 2).await;
                // A reset that follows unread bytes may overtake the answer on TCP; nothing can be done about that.
                if how == "ignore" && fake.url().starts_with("tcp") && reply.is_err() {
                    continue;
                }
                let reply =
                    reply.unwrap_or_else(|error| panic!("{how} {fake:?} {round}: {error:?}"));
                assert_eq!(
                    (reply.status, &reply.body[..]),
                    (400, &b"{\"message\":\"no space left\"}"[..])
                );
            }
            drop(engine);
            open_connections(&fake, |open| open == 0).await;
        }
    }
}

/// An early success is an answer as well, and the connection is not reused in the middle of a body.
#[tokio::test]
async fn early_successes() {
    let faults = json!({"request_body": "early"});
    for fake in fakes(&json!({"default": {"body": "ok", "faults": faults}})) {
        let engine = client(&fake);
        for round in 0..20 {
            let reply = put(&engine, zeros(5_000_000, round % 2 == 0), round % 4 < 2)
                .await
                .expect("an answer");
            assert_eq!((reply.status, &reply.body[..]), (200, &b"ok"[..]));
        }
    }
}

#[tokio::test]
async fn a_source_that_fails() {
    for fake in fakes(&json!({"default": {"body": "ok"}})) {
        let engine = client(&fake);
        for as_stream in [false, true] {
            for length in [None, Some(1_000_000)] {
                let source = Box::new(Zeros {
                    left: 100_000,
                    fails: true,
                });
                let error = put(&engine, Body::Stream { source, length }, as_stream)
                    .await
                    .expect_err("the source failed");
                assert_eq!(error.kind(), ErrorKind::BodySource, "{error:?}");
                assert!(error.to_string().contains("the disk is on fire"), "{error}");
            }
        }
        open_connections(&fake, |open| open == 0).await;
        assert!(
            fake.requests().iter().all(|record| !record.complete),
            "a broken body never looks whole"
        );
    }
}

/// A source that gives fewer or more bytes than it promised is an error of the caller.
#[tokio::test]
async fn a_source_that_lies() {
    for fake in fakes(&json!({"default": {"body": "ok"}})) {
        let engine = client(&fake);
        for (left, length) in [(10, 20), (20, 10)] {
            for as_stream in [false, true] {
                let source = Box::new(Zeros { left, fails: false });
                let body = Body::Stream {
                    source,
                    length: Some(length),
                };
                let error = put(&engine, body, as_stream)
                    .await
                    .expect_err("a wrong length");
                assert!(
                    matches!(
                        error.kind(),
                        ErrorKind::BodySource | ErrorKind::InvalidArgument
                    ),
                    "{error:?}"
                );
            }
        }
    }
}

/// An upload whose connection is reset raises.
#[tokio::test]
async fn lost_uploads() {
    for how in ["fin", "reset"] {
        let faults =
            json!({"request_body": "early", "cut": {"after": 0, "in": "head", "how": how}});
        for fake in fakes(&json!({"default": {"body": "ok", "faults": faults}})) {
            let engine = client(&fake);
            for as_stream in [false, true] {
                let error = put(&engine, zeros(20_000_000, true), as_stream)
                    .await
                    .expect_err("lost");
                assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{how} {error:?}");
            }
        }
    }
}
