//! Engines that are broken or lie: every scenario file, and what must come of it.

use dockline::{Engine, ErrorKind, Request, Timeouts};
use fake_engine::FakeEngine;
use serde_json::json;
use std::time::Duration;

use super::support::{View, client, fake, fetch, scenario_file, soon};

use ErrorKind::{
    ConnectionLost, DaemonStream, Protocol, Timeout, TooLarge, Truncated, WrongProtocol,
};

/// Scenario, target (GET unless told), view, the kinds that are right (none: a clean end).
type Row = (&'static str, &'static str, View, &'static [ErrorKind]);

const ROWS: &[Row] = &[
    ("logs_ok", "/containers/c1/logs", View::Frames, &[]),
    (
        "logs_truncated",
        "/containers/c1/logs",
        View::Frames,
        &[Truncated],
    ),
    (
        "logs_reset",
        "/containers/c1/logs",
        View::Frames,
        &[ConnectionLost],
    ),
    (
        "logs_stalled",
        "/containers/c1/logs",
        View::Frames,
        &[Timeout],
    ),
    (
        "logs_frame_cut_framing_whole",
        "/containers/c1/logs",
        View::Frames,
        &[Truncated],
    ),
    ("logs_until_close", "/containers/c1/logs", View::Frames, &[]),
    (
        "logs_until_close_cut",
        "/containers/c1/logs",
        View::Frames,
        &[Truncated],
    ),
    ("split_every_byte", "/containers/c1/logs", View::Frames, &[]),
    (
        "json_length_short",
        "/containers/c1/json",
        View::Collect,
        &[Truncated, ConnectionLost],
    ),
    (
        "json_length_zero_garbage",
        "/containers/c1/json",
        View::Values,
        &[Protocol],
    ),
    (
        "list_reset",
        "/containers/json",
        View::Collect,
        &[ConnectionLost],
    ),
    ("garbage_head", "/info", View::Chunk, &[WrongProtocol]),
    ("tls_alert", "/info", View::Chunk, &[WrongProtocol]),
    ("empty_answer", "/info", View::Chunk, &[ConnectionLost]),
    (
        "half_head",
        "/info",
        View::Chunk,
        &[ConnectionLost, Truncated],
    ),
    ("endless_head", "/info", View::Chunk, &[TooLarge, Protocol]),
    (
        "bad_chunk_size",
        "/containers/c1/logs",
        View::Frames,
        &[Protocol],
    ),
    (
        "huge_chunk_size",
        "/containers/c1/logs",
        View::Frames,
        &[Protocol],
    ),
    (
        "bad_frame_type",
        "/containers/c1/logs",
        View::Frames,
        &[Protocol],
    ),
    (
        "huge_frame_claim",
        "/containers/c1/logs",
        View::Frames,
        &[Truncated],
    ),
    ("endless_line", "/events", View::Values, &[TooLarge]),
    ("endless_line", "/events", View::Lines, &[TooLarge]),
    (
        "daemon_error_frame",
        "/containers/c1/logs",
        View::Frames,
        &[DaemonStream],
    ),
    ("wedge", "/info", View::Chunk, &[Timeout]),
    ("wedge_accept", "/info", View::Chunk, &[Timeout]),
    ("wedge_after_head", "/info", View::Chunk, &[Timeout]),
    ("drip", "/containers/c1/json", View::Collect, &[]),
    ("slow_head", "/info", View::Collect, &[]),
    ("silent_close", "/info", View::Collect, &[]),
];

/// Limits that end what never would, and are far above what anything else here takes.
fn patient() -> Timeouts {
    Timeouts {
        first_byte: Some(Duration::from_secs(2)),
        idle: Some(Duration::from_secs(2)),
        ..Timeouts::default()
    }
}

fn play(name: &str) -> (FakeEngine, Engine) {
    let fake = FakeEngine::start(scenario_file(name)).expect("a fake engine");
    let engine = client(&fake);
    (fake, engine)
}

#[tokio::test]
async fn scenario_files() {
    for (name, target, view, kinds) in ROWS {
        let (_fake, engine) = play(name);
        let outcome = fetch(&engine, Request::get(*target).timeouts(patient()), *view).await;
        match outcome.kind() {
            None => assert!(kinds.is_empty(), "{name}: a clean end"),
            Some(kind) => assert!(kinds.contains(&kind), "{name}: {:?}", outcome.error),
        }
    }
}

#[tokio::test]
async fn progress_files() {
    for (name, target, kinds) in [
        ("pull_ok", "/images/create", &[][..]),
        ("pull_error_in_stream", "/images/create", &[]),
        ("pull_truncated_value", "/images/create", &[Truncated]),
        ("pull_cut", "/images/create", &[Truncated]),
        ("pull_reset", "/images/create", &[ConnectionLost]),
        ("bad_utf8_progress", "/images/create", &[Protocol]),
    ] {
        let (_fake, engine) = play(name);
        let outcome = fetch(
            &engine,
            Request::post(target).timeouts(patient()),
            View::Values,
        )
        .await;
        match outcome.kind() {
            None => assert!(kinds.is_empty(), "{name}: a clean end"),
            Some(kind) => assert!(kinds.contains(&kind), "{name}: {:?}", outcome.error),
        }
    }
}

/// What came before the trouble was not lost.
#[tokio::test]
async fn what_came_before_is_kept() {
    for name in [
        "logs_truncated",
        "logs_reset",
        "daemon_error_frame",
        "bad_frame_type",
        "bad_chunk_size",
    ] {
        let (_fake, engine) = play(name);
        let outcome = fetch(&engine, Request::get("/containers/c1/logs"), View::Frames).await;
        assert!(outcome.error.is_some(), "{name}");
        let first = String::from_utf8_lossy(outcome.items.first().expect("a frame")).into_owned();
        assert!(
            ["\u{1}first line\n", "\u{1}fine\n"].contains(&first.as_str()),
            "{name}: {first:?}"
        );
    }
}

/// Each error says what it saw.
#[tokio::test]
async fn errors_say_what_was_seen() {
    for (name, kind, words) in [
        ("garbage_head", WrongProtocol, "SSH-2.0"),
        ("tls_alert", WrongProtocol, "TLS"),
    ] {
        let (fake, engine) = play(name);
        let error = soon(engine.call(Request::get("/info")))
            .await
            .expect_err("garbage");
        assert_eq!(error.kind(), kind, "{error:?}");
        let text = error.to_string();
        assert!(text.contains(words), "{name}: {text}");
        assert_eq!(
            error.endpoint(),
            Some(fake.url().as_str()),
            "{name}: {text}"
        );
    }
    let (_fake, engine) = play("daemon_error_frame");
    let outcome = fetch(&engine, Request::get("/containers/c1/logs"), View::Frames).await;
    let words = outcome
        .error
        .as_ref()
        .and_then(|error| error.engine_message());
    assert_eq!(
        words,
        Some("error from daemon in stream: Error grabbing logs: invalid character")
    );
}

/// How much was received is told with a truncation.
#[tokio::test]
async fn truncations_count() {
    let reply = json!({"body": "0123456789", "faults": {"cut": {"after": 6}}});
    let fake = fake(json!({"default": reply}));
    let outcome = fetch(&client(&fake), Request::get("/x"), View::Chunk).await;
    let error = outcome.error.expect("truncated");
    assert_eq!((error.kind(), error.received()), (Truncated, Some(6)));
}

/// Heads that no engine sends.
#[tokio::test]
async fn bad_heads() {
    for head in [
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 99 OK\r\n\r\n",
        "HTTP/3.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n0123456789",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nbad header line\r\n\r\n",
        "\r\n\r\n\r\n",
        "\u{0}\u{0}\u{0}\u{0}",
    ] {
        let fake = fake(json!({"default": {"framing": "none", "body": head}}));
        let engine = client(&fake);
        for verb in 0..3 {
            let result = soon(async {
                match verb {
                    0 => engine.call(Request::get("/x")).await.map(drop),
                    1 => match engine.stream(Request::get("/x")).await {
                        Ok(stream) => stream.collect(100).await.map(drop),
                        Err(error) => Err(error),
                    },
                    _ => engine.upgrade(Request::post("/x")).await.map(drop),
                }
            })
            .await;
            let error = result
                .err()
                .unwrap_or_else(|| panic!("{head:?} was taken for an answer by verb {verb}"));
            assert!(
                matches!(error.kind(), Protocol | Truncated | ConnectionLost),
                "{head:?}: {error:?}"
            );
        }
    }
}

/// Limits of `collect` and of the line view hold, with flat memory (see `memory`).
#[tokio::test]
async fn a_body_above_the_limit() {
    for framing in ["length", "chunked", "eof"] {
        let fake = fake(
            json!({"default": {"body": {"repeat": "0123456789", "count": 100}, "framing": framing}}),
        );
        let engine = client(&fake);
        for (limit, fits) in [(999, false), (1000, true)] {
            let stream = soon(engine.stream(Request::get("/x")))
                .await
                .expect("a stream");
            let outcome = soon(stream.collect(limit)).await;
            assert_eq!(outcome.is_ok(), fits, "{framing} {limit}");
            assert!(fits || outcome.is_err_and(|error| error.kind() == TooLarge));
        }
    }
}
