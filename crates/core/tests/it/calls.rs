//! What is sent, and what comes back, when nothing goes wrong.

use dockline::{Body, Bytes, Engine, ErrorKind, Method, Prefix, Request};
use serde_json::{Value, json};

use super::support::{View, client, config, fake, fakes, fetch, scenario_file, soon, vectors};
use fake_engine::FakeEngine;

#[tokio::test]
async fn answers_of_every_framing() {
    let cases = [
        json!({"body": "text"}),
        json!({"body": "text", "framing": "chunked"}),
        json!({"body": "text", "framing": "eof"}),
        json!({"status": 500, "body": "text"}),
        json!({"headers": {"X-A": "1", "x-b": ""}, "body": "text"}),
    ];
    for reply in cases {
        for fake in fakes(&json!({"default": reply})) {
            let engine = client(&fake);
            for _ in 0..3 {
                let answer = soon(engine.call(Request::get("/x")))
                    .await
                    .expect("an answer");
                let status = reply["status"].as_u64().unwrap_or(200);
                assert_eq!(
                    (u64::from(answer.status), &answer.body[..]),
                    (status, &b"text"[..]),
                    "{reply}"
                );
                if reply.get("headers").is_some() {
                    assert_eq!(
                        (answer.header("x-a"), answer.header("X-B")),
                        (Some("1"), Some(""))
                    );
                }
            }
        }
    }
}

/// HEAD, 204 and 304 have no body whatever their headers say, and the connection goes on.
#[tokio::test]
async fn answers_without_a_body() {
    let cases = [
        (Method::HEAD, json!({"body": "not sent"})),
        (
            Method::HEAD,
            json!({"body": "not sent", "framing": "chunked"}),
        ),
        (Method::GET, json!({"status": 204})),
        (Method::POST, json!({"status": 304})),
        (
            Method::POST,
            json!({"status": 304, "headers": {"Content-Length": "10"}}),
        ),
        (
            Method::DELETE,
            json!({"status": 204, "headers": {"Transfer-Encoding": "chunked"}}),
        ),
    ];
    for (method, reply) in cases {
        for fake in fakes(&json!({"default": reply})) {
            let engine = client(&fake);
            for _ in 0..3 {
                let request = || Request::new(method.clone(), "/x");
                let answer = soon(engine.call(request())).await.expect("an answer");
                assert_eq!(answer.body, Bytes::new(), "{method} {reply}");
                let outcome = fetch(&engine, request(), View::Chunk).await;
                assert_eq!(
                    (outcome.kind(), outcome.bytes().len()),
                    (None, 0),
                    "{method} {reply}"
                );
            }
            assert_eq!(fake.requests().len(), 6);
        }
    }
}

/// Interim answers (100, 103) are not the answer.
#[tokio::test]
async fn interim_answers_are_skipped() {
    let body = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n\
        HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok";
    let fake = fake(json!({"default": {"framing": "none", "body": body}}));
    let engine = client(&fake);
    let answer = soon(engine.call(Request::get("/x")))
        .await
        .expect("an answer");
    assert_eq!((answer.status, &answer.body[..]), (201, &b"ok"[..]));
    let stream = soon(engine.stream(Request::get("/x")))
        .await
        .expect("an answer");
    assert_eq!(stream.head().status, 201);
    let body = soon(stream.collect(10)).await.expect("the body");
    assert_eq!(body, "ok");
}

async fn sent(fake: &FakeEngine, engine: &Engine, request: Request) -> fake_engine::Record {
    fake.clear_requests();
    soon(engine.call(request)).await.expect("an answer");
    fake.requests().pop().expect("a request")
}

#[tokio::test]
async fn requests_as_they_are_sent() {
    for fake in fakes(&json!({"default": {"body": {"json": {}}}})) {
        let mut config = config(&fake);
        config
            .headers
            .push(("X-Default".to_owned(), "1".to_owned()));
        let engine = Engine::new(config).expect("a client");
        let target = "/containers/a%2Fb/json?filters=%7B%22a%22%3A%5B%22b%22%5D%7D&size=1&empty=";
        let record = sent(&fake, &engine, Request::get(target)).await;
        assert_eq!(
            (record.method.as_str(), record.target.as_str()),
            ("GET", target)
        );
        assert_eq!(record.header("x-default"), Some("1"));
        assert!(record.header("host").is_some(), "HTTP/1.1 wants a Host");
        assert_eq!(record.body_length, 0);

        let request = Request::post("/x")
            .header("X-Default", "2")
            .json("{\"a\":1}");
        let record = sent(&fake, &engine, request).await;
        assert_eq!(
            record.header("x-default"),
            Some("2"),
            "the request's own header wins"
        );
        assert_eq!(record.body_json, Some(json!({"a": 1})));
        assert_eq!(record.header("content-length"), Some("7"));
        let count = |name: &str| {
            record
                .headers
                .iter()
                .filter(|(n, _)| n.eq_ignore_ascii_case(name))
                .count()
        };
        assert_eq!(
            (count("x-default"), count("host"), count("content-length")),
            (1, 1, 1)
        );

        let record = sent(&fake, &engine, Request::post("/empty")).await;
        assert_eq!(
            record.header("content-length"),
            Some("0"),
            "a POST without a body says so"
        );
    }
}

#[tokio::test]
async fn a_header_with_a_line_break_is_refused() {
    let fake = fake(json!({"default": {"body": "ok"}}));
    let engine = client(&fake);
    for request in [
        Request::get("/x").header("X-A", "1\r\nX-Injected: 1"),
        Request::get("/x").header("X\r\nY", "1"),
        Request::get("/x y"),
        Request::get("/x\r\nX-Injected: 1"),
    ] {
        let error = soon(engine.call(request)).await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
    assert!(fake.requests().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn expect_100_continue() {
    for fake in fakes(&json!({"default": {"body": "ok"}})) {
        let engine = client(&fake);
        let request = || {
            Request::new(Method::PUT, "/x")
                .header("Expect", "100-continue")
                .body(Body::Bytes(Bytes::from_static(b"0123456789")))
        };
        let answer = soon(engine.call(request())).await.expect("an answer");
        assert_eq!(answer.body, "ok");
        let outcome = fetch(&engine, request(), View::Chunk).await;
        assert_eq!((outcome.kind(), outcome.bytes()), (None, b"ok".to_vec()));
        assert!(
            fake.requests()
                .iter()
                .all(|record| record.body == b"0123456789")
        );
    }
}

#[tokio::test]
async fn as_is_targets_are_not_touched() {
    let fake = fake(json!({"default": {"body": "ok"}}));
    let engine = client(&fake);
    let mut request = Request::get("/v1.30/info");
    request.prefix = Prefix::AsIs;
    assert_eq!(sent(&fake, &engine, request).await.target, "/v1.30/info");
}

/// A reply with an unwelcome status becomes an error of its kind with the engine's own words.
#[tokio::test]
async fn unwelcome_statuses() {
    for case in vectors("errors/replies") {
        let mut reply = json!({"status": case["status"], "body": {"text": case["body"]}});
        if let Some(kind) = case["content_type"].as_str() {
            reply["headers"] = json!({"Content-Type": kind});
        }
        let fake = fake(json!({"default": reply}));
        let engine = client(&fake);
        let answer = soon(engine.call(Request::get("/x")))
            .await
            .expect("any status is an answer");
        let error = dockline::Error::from_reply("GET", "/x", &answer, Some(engine.endpoint()));
        assert_eq!(json!(error.kind().as_str()), case["kind"], "{case}");
        assert_eq!(
            json!(error.engine_message()),
            case["engine_message"],
            "{case}"
        );
        assert_eq!(error.status().map(u64::from), case["status"].as_u64());
        assert!(
            error
                .to_string()
                .contains(case["engine_message"].as_str().unwrap_or(""))
        );
    }
}

/// A fake engine plays the scenario of errors; streams show the status in their head.
#[tokio::test]
async fn streams_show_any_status() {
    let fake = FakeEngine::start(scenario_file("errors")).expect("a fake engine");
    let engine = client(&fake);
    for status in [400_u16, 404, 409, 500, 503] {
        let stream = soon(engine.stream(Request::get(format!("/status/{status}"))))
            .await
            .expect("any status");
        assert_eq!(stream.head().status, status);
        let body = soon(stream.collect(1 << 16)).await.expect("the body");
        let value: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(value["message"], format!("the engine says {status}"));
    }
}
