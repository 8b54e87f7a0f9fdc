//! Kept-alive connections: reused, bounded, and never the reason a request fails.

use dockline::{Body, Bytes, Engine, ErrorKind, Method, Request};
use fake_engine::{Address, FakeEngine, Scenario};
use serde_json::json;

use super::support::{View, client, config, fakes, fetch, open_connections, scenario, soon};

async fn get(engine: &Engine) {
    let answer = soon(engine.call(Request::get("/x")))
        .await
        .expect("an answer");
    assert_eq!(answer.body, "ok");
}

#[tokio::test]
async fn calls_share_a_connection() {
    for framing in ["length", "chunked"] {
        for fake in fakes(&json!({"default": {"body": "ok", "framing": framing}})) {
            let engine = client(&fake);
            for _ in 0..50 {
                get(&engine).await;
            }
            assert_eq!(fake.connections().total, 1, "{framing}");
        }
    }
}

/// A connection whose stream was read to its end is clean and may be used again; one that was not, never.
#[tokio::test]
async fn streams_and_calls() {
    for fake in fakes(&json!({"default": {"body": "ok"}})) {
        let engine = client(&fake);
        for _ in 0..10 {
            let outcome = fetch(&engine, Request::get("/x"), View::Chunk).await;
            assert_eq!((outcome.kind(), outcome.bytes()), (None, b"ok".to_vec()));
            drop(
                soon(engine.stream(Request::get("/x")))
                    .await
                    .expect("a stream"),
            );
            get(&engine).await;
        }
    }
}

#[tokio::test]
async fn idle_connections_are_bounded() {
    for fake in fakes(
        &json!({"default": {"body": "ok", "faults": {"gate": {"name": "all", "in": "head"}}}}),
    ) {
        let mut config = config(&fake);
        config.max_pool_size = 3;
        let engine = Engine::new(config).expect("a client");
        let calls: Vec<_> = (0..20)
            .map(|_| {
                let engine = engine.clone();
                tokio::spawn(async move { get(&engine).await })
            })
            .collect();
        // No cap on what runs at once: all twenty are waiting at the gate.
        open_connections(&fake, |open| open == 20).await;
        fake.open_gate("all");
        for call in calls {
            soon(call).await.expect("no panic");
        }
        open_connections(&fake, |open| open <= 3).await;
        let before = fake.connections().total;
        for _ in 0..10 {
            get(&engine).await;
        }
        assert_eq!(
            fake.connections().total,
            before,
            "idle connections are used first"
        );
        drop(engine);
        open_connections(&fake, |open| open == 0).await;
    }
}

/// The engine closes every connection after its answer without a word: no request fails for it.
#[tokio::test]
async fn connections_closed_by_the_engine() {
    for fake in fakes(&json!({"default": {"body": "ok", "faults": {"close_after": true}}})) {
        let engine = client(&fake);
        for round in 0..200 {
            if round % 2 == 0 {
                get(&engine).await;
            } else {
                // Closed while the request is on its way, a POST may have been read: only what is closed before counts.
                open_connections(&fake, |open| open == 0).await;
                let request = Request::post("/x").json("{}");
                let answer = soon(engine.call(request))
                    .await
                    .expect("a POST does not fail for a stale connection");
                assert_eq!(answer.body, "ok");
            }
        }
        assert_eq!(fake.requests().len(), 200, "and none is sent twice");
    }
}

/// The same for streams and uploads, whose request must not be lost either.
#[tokio::test]
async fn stale_connections_and_the_other_verbs() {
    for fake in fakes(
        &json!({"routes": [{"path": "/attach", "reply": {"body": "hi", "upgrade": {"close_after_body": true}}}],
        "default": {"body": "ok"}}),
    ) {
        let engine = client(&fake);
        for _ in 0..20 {
            get(&engine).await;
            fake.drop_connections();
            let outcome = fetch(&engine, Request::get("/x"), View::Chunk).await;
            assert_eq!((outcome.kind(), outcome.bytes()), (None, b"ok".to_vec()));
            get(&engine).await;
            fake.drop_connections();
            let source = Body::from_reader(&b"0123456789"[..], None);
            let answer = soon(engine.call(Request::new(Method::PUT, "/x").body(source)))
                .await
                .expect("an answer");
            assert_eq!(answer.body, "ok");
            get(&engine).await;
            fake.drop_connections();
            assert!(matches!(
                soon(engine.upgrade(Request::post("/attach"))).await,
                Ok(dockline::Upgrade::Switched(_))
            ));
        }
        assert!(
            fake.requests()
                .iter()
                .filter(|record| record.method == "PUT")
                .all(|record| record.body == b"0123456789")
        );
    }
}

/// A connection that is refused at once: what can be sent again safely may be, what cannot is not.
#[tokio::test]
async fn nothing_is_sent_twice_that_must_not_be() {
    for how in ["fin", "reset"] {
        let cut = json!({"default": {"faults": {"cut": {"after": 0, "in": "head", "how": how}}}});
        for fake in fakes(&cut) {
            let engine = client(&fake);
            let request =
                Request::post("/containers/create").body(Body::Bytes(Bytes::from_static(b"{}")));
            let error = soon(engine.call(request)).await.expect_err("lost");
            assert_eq!(error.kind(), ErrorKind::ConnectionLost);
            assert_eq!(
                fake.requests().len(),
                1,
                "{how}: a POST that was read is not repeated"
            );
        }
    }
}

/// The engine is replaced by another on the same address while the client lives.
#[tokio::test]
async fn an_engine_that_restarts() {
    for fake in fakes(&json!({"default": {"body": "ok"}})) {
        let engine = client(&fake);
        get(&engine).await;
        let address: Address = fake.address().clone();
        fake.stop();
        let error = soon(engine.call(Request::get("/x")))
            .await
            .expect_err("nobody there");
        assert!(
            matches!(
                error.kind(),
                ErrorKind::DaemonNotFound | ErrorKind::DaemonRefused
            ),
            "{error:?}"
        );
        let again: Scenario = scenario(json!({"default": {"body": "ok"}}));
        let fake = FakeEngine::start_at(&address, again).expect("the same address");
        get(&engine).await;
        assert_eq!(fake.connections().total, 1);
    }
}
