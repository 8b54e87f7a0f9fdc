//! Requests that are repeated, and those that must not be.

use std::time::Duration;

use dockline::{Engine, ErrorKind, Request, RetryPolicy};
use fake_engine::FakeEngine;
use serde_json::json;

use super::support::{config, fake, soon};

fn quick(attempts: u32) -> RetryPolicy {
    let mut policy = RetryPolicy::attempts(attempts);
    policy.backoff = Duration::from_millis(1);
    policy
}

fn engine(fake: &FakeEngine, policy: Option<RetryPolicy>) -> Engine {
    let mut config = config(fake);
    config.retry = policy;
    Engine::new(config).expect("an engine")
}

fn unavailable(times: u32) -> serde_json::Value {
    json!({"routes": [
        {"path": "/x", "times": times, "reply": {"status": 503, "body": {"json": {"message": "not now"}}}},
        {"path": "/x", "reply": {"body": {"json": {"ok": true}}}},
    ]})
}

#[tokio::test]
async fn a_read_is_repeated_until_it_passes() {
    let fake = fake(unavailable(2));
    let reply = soon(engine(&fake, Some(quick(3))).call(Request::get("/x"))).await;
    assert_eq!(reply.expect("a reply").status, 200);
    assert_eq!(fake.requests().len(), 3);
}

#[tokio::test]
async fn a_stream_is_repeated_up_to_its_head() {
    let fake = fake(unavailable(2));
    let stream = soon(engine(&fake, Some(quick(2))).stream(Request::get("/x"))).await;
    let stream = stream.expect("a stream");
    assert_eq!(stream.head().status, 503);
    let body = soon(stream.collect(1024)).await.expect("the refusal");
    assert_eq!(&body[..], br#"{"message":"not now"}"#);
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn it_is_off_by_default_and_a_request_can_ask_for_it() {
    let fake = fake(unavailable(1));
    let engine = engine(&fake, None);
    let reply = soon(engine.call(Request::get("/x"))).await;
    assert_eq!(reply.expect("a reply").status, 503);
    fake.play(super::support::scenario(unavailable(1)))
        .expect("played");
    let reply = soon(engine.call(Request::get("/x").retry(quick(2)))).await;
    assert_eq!(reply.expect("a reply").status, 200);
}

#[tokio::test]
async fn what_may_have_acted_is_sent_once() {
    let lost = json!({"routes": [{"path": "/x", "reply": {"faults": {"cut": {"after": 0, "in": "head", "how": "fin"}}}}]});
    let fake = fake(lost);
    let engine = engine(&fake, Some(quick(5)));
    let failed = soon(engine.call(Request::post("/x"))).await;
    assert_eq!(failed.expect_err("lost").kind(), ErrorKind::ConnectionLost);
    assert_eq!(fake.requests().len(), 1);
    let failed = soon(engine.call(Request::get("/x"))).await;
    assert_eq!(failed.expect_err("lost").kind(), ErrorKind::ConnectionLost);
    assert_eq!(fake.requests().len(), 6);
}

#[tokio::test]
async fn closing_ends_the_wait_between_attempts() {
    let fake = fake(unavailable(9));
    let mut policy = RetryPolicy::attempts(9);
    policy.backoff = Duration::from_secs(3600);
    policy.max_backoff = policy.backoff;
    let engine = engine(&fake, Some(policy));
    let call = tokio::spawn({
        let engine = engine.clone();
        async move { engine.call(Request::get("/x")).await }
    });
    while fake.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    engine.close();
    let failed = soon(call).await.expect("no panic").expect_err("closed");
    assert_eq!(failed.kind(), ErrorKind::Closed);
}
