//! Cancelling, dropping and closing: whatever was pending settles, and the engine sees the connection go.

use std::time::Duration;

use dockline::{
    Body, Bytes, Cancel, Duplex, Engine, Error, ErrorKind, Method, Request, Stream, Upgrade,
};
use fake_engine::FakeEngine;
use serde_json::{Value, json};

use super::support::{
    VIEWS, View, arrived, client, drain, drain_into, fakes, open_connections, soon,
};

/// Head and a beginning, then silence.
fn stalled(framing: &str, view: View) -> Value {
    let body = match view {
        View::Frames => json!({"frames": [[1, "one\n"], [2, "two\n"]]}),
        _ => json!({"json_lines": [{"a": 1}, "two", "three"]}),
    };
    json!({"default": {"body": body, "framing": framing, "faults": {"cut": {"after": 20, "how": "stall"}}}})
}

fn wedged() -> Value {
    json!({"default": {"faults": {"cut": {"after": 0, "in": "head", "how": "stall"}}}})
}

async fn all_closed(fake: &FakeEngine) {
    open_connections(fake, |open| open == 0).await;
}

#[tokio::test]
async fn a_read_that_is_cancelled_from_another_thread() {
    for view in VIEWS {
        for fake in fakes(&stalled("chunked", view)) {
            let engine = client(&fake);
            let stream = soon(engine.stream(Request::get("/x")))
                .await
                .expect("a stream");
            let cancel = stream.cancel_handle();
            let reading = tokio::spawn(drain(stream, view));
            let thread = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(3));
                cancel.cancel();
            });
            let outcome = soon(reading).await.expect("no panic");
            assert_eq!(
                outcome.kind(),
                Some(ErrorKind::Cancelled),
                "{view:?} {fake:?}"
            );
            thread.join().expect("the other thread");
            all_closed(&fake).await;
        }
    }
}

/// After a cancel every later read says so, also when bytes had already arrived.
#[tokio::test]
async fn reads_after_a_cancel() {
    for view in VIEWS {
        for fake in fakes(&stalled("length", view)) {
            let engine = client(&fake);
            let mut stream = soon(engine.stream(Request::get("/x")))
                .await
                .expect("a stream");
            let cancel: Cancel = stream.cancel_handle();
            cancel.clone().cancel();
            assert!(cancel.is_cancelled());
            if view == View::Collect {
                let error = soon(stream.collect(100)).await.expect_err("cancelled");
                assert_eq!(error.kind(), ErrorKind::Cancelled);
            } else {
                for _ in 0..3 {
                    let error = soon(drain_into(&mut stream, view, &mut Vec::new()))
                        .await
                        .expect_err("cancelled");
                    assert_eq!(error.kind(), ErrorKind::Cancelled, "{view:?}");
                }
            }
            all_closed(&fake).await;
        }
    }
}

/// Dropping a future or a handle closes its socket, at every stage.
#[tokio::test]
async fn what_is_dropped_is_closed() {
    for fake in fakes(&wedged()) {
        let engine = client(&fake);
        for stage in 0..3 {
            let engine = engine.clone();
            let task = tokio::spawn(async move {
                match stage {
                    0 => drop(engine.call(Request::get("/x")).await),
                    1 => drop(engine.stream(Request::get("/x")).await),
                    _ => drop(engine.upgrade(Request::post("/x")).await),
                }
            });
            arrived(&fake, stage + 1).await;
            task.abort();
            all_closed(&fake).await;
        }
    }
    for fake in fakes(&stalled("chunked", View::Chunk)) {
        let engine = client(&fake);
        let mut stream: Stream = soon(engine.stream(Request::get("/x")))
            .await
            .expect("a stream");
        soon(stream.chunk()).await.expect("a beginning");
        open_connections(&fake, |open| open == 1).await;
        drop(stream);
        all_closed(&fake).await;
    }
}

async fn switched(engine: &Engine) -> Duplex {
    match soon(engine.upgrade(Request::post("/containers/x/attach"))).await {
        Ok(Upgrade::Switched(duplex)) => duplex,
        other => panic!("no duplex: {other:?}"),
    }
}

#[tokio::test]
async fn duplexes() {
    for fake in fakes(&json!({"default": {"body": "hello", "upgrade": true}})) {
        let engine = client(&fake);
        drop(switched(&engine).await);
        all_closed(&fake).await;

        let mut duplex = switched(&engine).await;
        let cancel = duplex.cancel_handle();
        assert_eq!(
            soon(duplex.reader().read(5)).await.expect("what was sent"),
            "hello"
        );
        let reading = tokio::spawn(async move {
            duplex
                .reader()
                .chunk()
                .await
                .map(drop)
                .map_err(|error| error.kind())
        });
        cancel.cancel();
        assert_eq!(
            soon(reading).await.expect("no panic"),
            Err(ErrorKind::Cancelled)
        );
        all_closed(&fake).await;

        let (stream, writer) = switched(&engine).await.split();
        drop(stream);
        drop(writer);
        all_closed(&fake).await;

        // A write that nobody reads can be cancelled, too.
        let (stream, mut writer) = switched(&engine).await.split();
        let cancel = writer.cancel_handle();
        let (started, wait) = tokio::sync::oneshot::channel();
        let writing = tokio::spawn(async move {
            started.send(()).expect("somebody waits");
            let piece = vec![0; 1 << 16];
            loop {
                if let Err(error) = writer.write(&piece).await {
                    break error.kind();
                }
            }
        });
        soon(wait).await.expect("started");
        cancel.cancel();
        assert_eq!(soon(writing).await.expect("no panic"), ErrorKind::Cancelled);
        drop(stream);
        all_closed(&fake).await;
    }
}

/// `close()` ends everything in flight with `Closed`, and everything later, too.
#[tokio::test]
async fn closing_the_client() {
    for fake in fakes(&wedged()) {
        let engine = client(&fake);
        let mut tasks: Vec<tokio::task::JoinHandle<Result<(), Error>>> = Vec::new();
        for verb in 0..9 {
            let engine = engine.clone();
            tasks.push(tokio::spawn(async move {
                match verb % 3 {
                    0 => engine.call(Request::get("/x")).await.map(drop),
                    1 => engine.stream(Request::get("/x")).await.map(drop),
                    _ => engine.upgrade(Request::post("/x")).await.map(drop),
                }
            }));
        }
        arrived(&fake, 9).await;
        std::thread::spawn({
            let engine = engine.clone();
            move || engine.close()
        })
        .join()
        .expect("the other thread");
        for task in tasks {
            let error = soon(task).await.expect("no panic").expect_err("closed");
            assert_eq!(error.kind(), ErrorKind::Closed);
        }
        all_closed(&fake).await;
        let error = soon(engine.call(Request::get("/x")))
            .await
            .expect_err("closed");
        assert_eq!(error.kind(), ErrorKind::Closed);
        assert_eq!(fake.requests().len(), 9);
        engine.close();
    }
}

#[tokio::test]
async fn closing_ends_open_streams_and_idle_connections() {
    for fake in fakes(&json!({"routes": [
        {"path": "/stall", "reply": stalled("chunked", View::Chunk)["default"]},
        {"path": "/containers/x/attach", "reply": {"body": "hello", "upgrade": true}}
    ], "default": {"body": "ok"}}))
    {
        let engine = client(&fake);
        soon(engine.call(Request::get("/ok")))
            .await
            .expect("an answer");
        let stream = soon(engine.stream(Request::get("/stall")))
            .await
            .expect("a stream");
        let reading = tokio::spawn(drain(stream, View::Chunk));
        let duplex = switched(&Engine::clone(&engine)).await;
        let (stream, mut writer) = duplex.split();
        let attached = tokio::spawn(drain(stream, View::Chunk));
        open_connections(&fake, |open| open >= 2).await;
        engine.close();
        assert_eq!(
            soon(reading).await.expect("no panic").kind(),
            Some(ErrorKind::Closed)
        );
        assert_eq!(
            soon(attached).await.expect("no panic").kind(),
            Some(ErrorKind::Closed)
        );
        let error = soon(writer.write(b"x")).await.expect_err("closed");
        assert_eq!(error.kind(), ErrorKind::Closed);
        drop(writer);
        all_closed(&fake).await;
    }
}

/// An upload that waits for the engine, or for its own source, ends with its future.
#[tokio::test]
async fn uploads() {
    let scenario = json!({"default": {"faults": {"request_body": "early", "cut": {"after": 0, "in": "head", "how": "stall"}}}});
    for fake in fakes(&scenario) {
        let engine = client(&fake);
        // On TCP the kernel holds what was sent, and the end behind it, until the engine reads: it cannot see it.
        let full = fake.url().starts_with("unix");
        for stalls_in_source in if full { vec![false, true] } else { vec![true] } {
            fake.clear_requests();
            let body = if stalls_in_source {
                // A source that never says anything.
                let (reader, writer) = tokio::io::duplex(16);
                std::mem::forget(writer);
                Body::from_reader(reader, None)
            } else {
                Body::Bytes(Bytes::from(vec![0; 32 << 20]))
            };
            let engine = engine.clone();
            let task = tokio::spawn(async move {
                engine
                    .call(Request::new(Method::PUT, "/x").body(body))
                    .await
                    .map(drop)
            });
            arrived(&fake, 1).await;
            task.abort();
            all_closed(&fake).await;
        }
    }
}
