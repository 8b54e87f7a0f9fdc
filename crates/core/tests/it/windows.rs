//! Named pipes, and TCP: the same promises as on Linux. `make test-windows` runs them.

use std::future::Future;
use std::time::Duration;

use dockline::{
    Body, Endpoint, Engine, EngineConfig, Error, ErrorKind, Method, Reply, Request, Timeouts,
    VersionMode,
};
use tokio::net::windows::named_pipe::PipeMode;

use crate::windows_engine::{DOWN, TestEngine, pattern};
use crate::windows_upgrades::attach;

/// A test that takes so long hangs. A net, never a measurement.
const NET: Duration = Duration::from_secs(60);

pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(NET, future)
        .await
        .expect("this must settle, and hangs")
}

pub(crate) fn config(url: &str) -> EngineConfig {
    let mut config = EngineConfig::new(Endpoint::explicit(url).expect("an endpoint"));
    config.version = VersionMode::Unprefixed;
    config
}

pub(crate) fn client(fake: &TestEngine) -> Engine {
    Engine::new(config(fake.url())).expect("a client")
}

pub(crate) async fn call(engine: &Engine, target: &str) -> Result<Reply, Error> {
    soon(engine.call(Request::get(target))).await
}

/// Waits until so many connections are open.
pub(crate) async fn open(fake: &TestEngine, wanted: usize) {
    soon(async {
        while fake.open() != wanted {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

/// The number of the connection that answers.
async fn connection(engine: &Engine) -> String {
    let reply = call(engine, "/info").await.expect("an answer");
    assert_eq!(reply.status, 200);
    String::from_utf8(reply.body.to_vec()).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_share_a_connection() {
    for fake in TestEngine::both().await {
        let engine = client(&fake);
        let first = connection(&engine).await;
        for _ in 0..20 {
            assert_eq!(connection(&engine).await, first);
        }
        assert_eq!(fake.open(), 1);
        let missing = call(&engine, "/containers/none/json")
            .await
            .expect("an answer");
        assert_eq!(missing.status, 404);
        let once = call(&engine, "/containers/once/json")
            .await
            .expect("an answer");
        assert_eq!(&once.body[..], b"once");
        assert_ne!(connection(&engine).await, first);
        engine.close();
        open(&fake, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_mebibytes_each_way() {
    for fake in TestEngine::both().await {
        let engine = client(&fake);
        let mut down = soon(engine.stream(Request::get("/containers/c/archive?path=/")))
            .await
            .expect("a stream");
        let mut at = 0;
        while let Some(chunk) = soon(down.chunk()).await.expect("a chunk") {
            assert!(chunk.len() <= 256 * 1024);
            assert!(
                chunk
                    .iter()
                    .zip(at..)
                    .all(|(byte, at)| *byte == pattern(at))
            );
            at += chunk.len();
        }
        assert_eq!(at, DOWN);

        let whole: Vec<u8> = (0..DOWN).map(pattern).collect();
        let streamed = Body::from_reader(std::io::Cursor::new(whole.clone()), None);
        for body in [Body::Bytes(whole.into()), streamed] {
            let request = Request::new(Method::PUT, "/containers/c/archive?path=/").body(body);
            let reply = soon(engine.stream(request)).await.expect("an answer");
            let answer = soon(reply.collect(1 << 16)).await.expect("its body");
            assert_eq!(answer, format!("{{\"received\": {DOWN}}}"));
        }
    }
}

/// With one instance of the pipe, whoever comes second waits for the first to leave.
#[tokio::test(flavor = "multi_thread")]
async fn busy_pipes() {
    let fake = TestEngine::with(PipeMode::Message, 1);
    let engine = client(&fake);
    let held = soon(engine.stream(Request::get("/containers/c/logs?follow=1")))
        .await
        .expect("a stream");
    let other = client(&fake);
    let mut waiting = tokio::spawn(async move { call(&other, "/_ping").await });
    let early = tokio::time::timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(early.is_err(), "the pipe has no room");
    drop(held);
    let reply = soon(waiting).await.expect("no panic").expect("an answer");
    assert_eq!(&reply.body[..], b"OK");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_that_stays_busy_is_a_timeout() {
    let fake = TestEngine::with(PipeMode::Message, 1);
    let mut duplex = attach(&client(&fake), "c").await;
    let mut config = config(fake.url());
    config.timeouts = Timeouts {
        connect: Some(Duration::from_millis(100)),
        ..Timeouts::default()
    };
    let engine = Engine::new(config).expect("a client");
    let error = call(&engine, "/_ping").await.expect_err("no room");
    assert_eq!(
        (error.kind(), error.phase()),
        (ErrorKind::Timeout, Some("connect"))
    );
    soon(duplex.shutdown_write()).await.expect("ended");
}

/// More clients than instances, all at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd() {
    let fake = TestEngine::with(PipeMode::Message, 4);
    let callers: Vec<_> = (0..24)
        .map(|_| {
            let engine = client(&fake);
            tokio::spawn(async move {
                let reply = call(&engine, "/info").await;
                engine.close();
                reply
            })
        })
        .collect();
    for caller in callers {
        let reply = soon(caller).await.expect("no panic").expect("an answer");
        assert_eq!(reply.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_pipe_is_one_sentence() {
    let engine = Engine::new(config("npipe:////./pipe/dockline-nobody")).expect("a client");
    let error = call(&engine, "/_ping").await.expect_err("nobody there");
    assert_eq!(
        (error.kind(), error.os_code()),
        (ErrorKind::DaemonNotFound, Some(2))
    );
    assert!(
        error.to_string().contains("the pipe does not exist"),
        "{error}"
    );
    let engine = Engine::new(config("npipe:////./c:/windows/win.ini")).expect("a client");
    let error = call(&engine, "/_ping").await.expect_err("no pipe");
    assert_eq!(error.kind(), ErrorKind::Config);
}

/// An engine that leaves before its answer, within it, or by disconnecting.
#[tokio::test(flavor = "multi_thread")]
async fn a_vanished_server() {
    for fake in TestEngine::both().await {
        let engine = client(&fake);
        for (name, kind) in [
            ("vanish", ErrorKind::ConnectionLost),
            ("disconnect", ErrorKind::ConnectionLost),
            ("cut", ErrorKind::Truncated),
        ] {
            let target = format!("/containers/{name}/start");
            let called = soon(engine.call(Request::post(&target))).await;
            assert_eq!(called.expect_err(name).kind(), kind, "{name}");
            let streamed = async {
                let stream = engine.stream(Request::post(&target)).await?;
                stream.collect(1 << 16).await
            };
            assert_eq!(soon(streamed).await.expect_err(name).kind(), kind, "{name}");
            let upgraded = soon(engine.upgrade(Request::post(&target))).await;
            assert_eq!(upgraded.expect_err(name).kind(), kind, "{name}");
        }
        assert_eq!(
            call(&engine, "/_ping").await.expect("an answer").status,
            200
        );
    }
}

/// The whole engine goes while a stream and a call wait; a kept connection is known to be dead.
#[tokio::test(flavor = "multi_thread")]
async fn the_engine_dies() {
    let fake = TestEngine::start();
    let engine = client(&fake);
    connection(&engine).await;
    let mut logs = soon(engine.stream(Request::get("/containers/c/logs")))
        .await
        .expect("a stream");
    assert!(soon(logs.chunk()).await.expect("a chunk").is_some());
    let calling = engine.clone();
    let wedged = tokio::spawn(async move { call(&calling, "/containers/wedge/json").await });
    open(&fake, 2).await;
    drop(fake);
    let error = soon(logs.chunk()).await.expect_err("cut short");
    assert_eq!(error.kind(), ErrorKind::Truncated);
    let error = soon(wedged)
        .await
        .expect("no panic")
        .expect_err("no answer");
    assert!(
        matches!(
            error.kind(),
            ErrorKind::ConnectionLost | ErrorKind::DaemonNotFound
        ),
        "{error}"
    );
    let error = call(&engine, "/_ping").await.expect_err("nobody there");
    assert_eq!(error.kind(), ErrorKind::DaemonNotFound, "{error}");
}

/// Cancelling closes the pipe at once, whether or not somebody reads.
#[tokio::test(flavor = "multi_thread")]
async fn cancel() {
    for fake in TestEngine::both().await {
        let engine = client(&fake);
        for waits in [true, false] {
            let mut logs = soon(engine.stream(Request::get("/containers/c/logs")))
                .await
                .expect("a stream");
            assert!(soon(logs.frames()).await.expect("a batch").is_some());
            let cancel = logs.cancel_handle();
            open(&fake, 1).await;
            if waits {
                let waiting = tokio::spawn(async move { logs.frames().await });
                tokio::task::yield_now().await;
                std::thread::spawn(move || cancel.cancel())
                    .join()
                    .expect("no panic");
                let error = soon(waiting)
                    .await
                    .expect("no panic")
                    .expect_err("cancelled");
                assert_eq!(error.kind(), ErrorKind::Cancelled);
                open(&fake, 0).await;
            } else {
                cancel.cancel();
                open(&fake, 0).await;
                let error = soon(logs.frames()).await.expect_err("cancelled");
                assert_eq!(error.kind(), ErrorKind::Cancelled);
            }
        }
        let mut duplex = attach(&engine, "c").await;
        duplex.cancel_handle().cancel();
        open(&fake, 0).await;
        let error = soon(duplex.write(b"more")).await.expect_err("cancelled");
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn time_limits_and_dropped_calls() {
    for fake in TestEngine::both().await {
        let engine = client(&fake);
        let hasty = Timeouts {
            first_byte: Some(Duration::from_millis(50)),
            idle: Some(Duration::from_millis(50)),
            ..Timeouts::default()
        };
        let wedge = || Request::get("/containers/wedge/json");
        let error = soon(engine.call(wedge().timeouts(hasty)))
            .await
            .expect_err("no answer");
        assert_eq!(
            (error.kind(), error.phase()),
            (ErrorKind::Timeout, Some("first_byte"))
        );
        let mut logs = soon(engine.stream(Request::get("/containers/c/logs").timeouts(hasty)))
            .await
            .expect("a stream");
        assert!(soon(logs.chunk()).await.expect("a chunk").is_some());
        let error = soon(logs.chunk()).await.expect_err("silence");
        assert_eq!(
            (error.kind(), error.phase()),
            (ErrorKind::Timeout, Some("idle"))
        );
        open(&fake, 0).await;

        let dropped = tokio::time::timeout(Duration::from_millis(50), engine.call(wedge())).await;
        assert!(dropped.is_err());
        open(&fake, 0).await;

        let calling = engine.clone();
        let call = tokio::spawn(async move { calling.call(wedge()).await });
        open(&fake, 1).await;
        engine.close();
        let error = soon(call).await.expect("no panic").expect_err("closed");
        assert_eq!(error.kind(), ErrorKind::Closed);
        open(&fake, 0).await;
    }
}

/// Node's own program with the addon and the built JavaScript, on this engine.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs node.exe and a built addon: make test-windows"]
async fn node() {
    let variable = |name| std::env::var(name).expect(name);
    let fake = TestEngine::start();
    let log = variable("DOCKLINE_NODE_LOG");
    let file = std::fs::File::create(&log).expect("a log");
    let status = tokio::process::Command::new(variable("DOCKLINE_NODE_EXE"))
        .arg(variable("DOCKLINE_NODE_SCRIPT"))
        .env("DOCKER_HOST", fake.url())
        .stdin(std::process::Stdio::null())
        .stderr(file.try_clone().expect("a log"))
        // A console, or a pipe, is more than Wine gives it.
        .stdout(file)
        .kill_on_drop(true)
        .status();
    let status = soon(status).await.expect("node.exe runs");
    let said = std::fs::read_to_string(&log).expect("a log");
    assert!(status.success(), "{status}\n{said}");
    open(&fake, 0).await;
}
