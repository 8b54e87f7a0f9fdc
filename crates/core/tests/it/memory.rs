//! Memory stays flat whatever the engine sends and however slow the reader is. Each measurement runs in a process of its
//! own, so that other tests do not count.

use std::process::Command;
use std::time::Duration;

use dockline::{Body, Method, Request, Stream};
use fake_engine::FakeEngine;
use serde_json::json;

use super::support::{View, client, drain_into, fake, scenario_file, soon};

/// What a stream may cost above the idle process.
const GROWTH: u64 = 32 << 20;
/// What may be under way between the engine and a reader that pauses: the socket's buffers and the reader's.
const AHEAD: u64 = 1 << 20;

const CHILD: &str = "DOCKLINE_MEMORY_TEST";

fn status(field: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("/proc");
    let line = text
        .lines()
        .find(|line| line.starts_with(field))
        .expect("the field");
    line.split_whitespace()
        .nth(1)
        .and_then(|number| number.parse::<u64>().ok())
        .expect("a number")
        << 10
}

/// Runs the named test alone in a process of its own.
fn alone(name: &str) -> bool {
    if std::env::var_os(CHILD).is_some() {
        return true;
    }
    let program = std::env::current_exe().expect("this test's program");
    // The matrix is a module where it runs with an event loop.
    let (_, module) = module_path!().split_once("::").expect("a module");
    let (around, _) = module.rsplit_once("memory").expect("this module");
    let output = Command::new(program)
        .args([
            "--exact",
            &format!("{around}{name}"),
            "--test-threads=1",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    false
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Peak memory above what the process had before.
fn growth(work: impl Future<Output = ()>) -> u64 {
    let runtime = runtime();
    let before = status("VmRSS");
    runtime.block_on(work);
    status("VmHWM").saturating_sub(before)
}

fn stays_flat(work: impl Future<Output = ()>) {
    let growth = growth(work);
    assert!(growth < GROWTH, "{} MiB more than idle", growth >> 20);
}

/// Waits until the engine cannot write any more; gives what it has written.
async fn written_at_rest(fake: &FakeEngine) -> u64 {
    let mut last = 0;
    let mut calm = 0;
    while calm < 20 {
        tokio::time::sleep(Duration::from_millis(2)).await;
        let now = fake.connections().written;
        calm = if now == last { calm + 1 } else { 0 };
        last = now;
    }
    last
}

/// 1 GiB of log lines, one HTTP chunk per frame, to a reader that pauses.
#[test]
fn a_gib_of_logs_to_a_reader_that_pauses() {
    if !alone("memory::a_gib_of_logs_to_a_reader_that_pauses") {
        return;
    }
    stays_flat(async {
        let fake = FakeEngine::start(scenario_file("logs_1_gib")).expect("a fake engine");
        let engine = client(&fake);
        let mut stream = engine
            .stream(Request::get("/containers/c1/logs"))
            .await
            .expect("a stream");
        let (mut payload, mut frames, mut pauses) = (0_u64, 0_u64, 0_u64);
        while let Some(batch) = stream.frames().await.expect("frames") {
            frames += batch.len() as u64;
            payload += batch
                .iter()
                .map(|frame| frame.data.len() as u64)
                .sum::<u64>();
            if payload >> 27 > pauses {
                pauses += 1;
                let written = written_at_rest(&fake).await;
                let ahead = written.saturating_sub(stream.received());
                // The counter of received bytes may or may not include chunk framing, 6 bytes for 88.
                let framing = frames * 6 + 256;
                assert!(
                    ahead < AHEAD + framing,
                    "{ahead} bytes ahead of a reader that pauses"
                );
            }
        }
        assert_eq!(payload, (1 << 30) / 80 * 80);
        assert!(pauses >= 7);
    });
}

/// The same through every way to read, a quarter as long.
#[test]
fn every_view_is_flat() {
    if !alone("memory::every_view_is_flat") {
        return;
    }
    for view in [
        View::Chunk,
        View::HttpChunk,
        View::BytesInto,
        View::ChunksInto,
        View::Read,
        View::Frames,
        View::Lines,
        View::Values,
    ] {
        let body = match view {
            View::Frames => json!({"frames": [[1, "x".repeat(16000)]]}),
            View::Values => json!({"json_lines": [{"status": "x".repeat(4000)}]}),
            _ => json!("x".repeat(4000) + "\n"),
        };
        let count = if view == View::Read { 4_000 } else { 60_000 };
        let reply = json!({"body": {"repeat": body, "count": count}, "framing": "chunked"});
        stays_flat(async {
            let fake = fake(json!({"default": reply}));
            let mut stream = client(&fake)
                .stream(Request::get("/x"))
                .await
                .expect("a stream");
            while step(&mut stream, view).await {}
        });
    }
}

fn room() -> Vec<u8> {
    Vec::with_capacity(64 * 1024)
}

/// One step of a view; false at the end.
async fn step(stream: &mut Stream, view: View) -> bool {
    match view {
        View::Frames => stream.frames().await.expect("frames").is_some(),
        View::Lines => stream.lines().await.expect("lines").is_some(),
        View::Values => stream.values().await.expect("values").is_some(),
        View::HttpChunk => stream.http_chunk().await.expect("a chunk").is_some(),
        View::BytesInto => stream.bytes_into(room).await.expect("bytes").is_some(),
        View::ChunksInto => stream.chunks_into(room).await.expect("chunks").is_some(),
        View::Read => !stream.read(100).await.expect("bytes").is_empty(),
        View::Chunk | View::Collect => stream.chunk().await.expect("a chunk").is_some(),
    }
}

/// A frame that claims 4 GiB, and a gigabyte that really is one frame.
#[test]
fn huge_frames_are_passed_on_in_pieces() {
    if !alone("memory::huge_frames_are_passed_on_in_pieces") {
        return;
    }
    for (header, count, kind) in [
        ("0100000040000000", 1 << 20, None),
        ("01000000ffffffff", 1 << 18, Some("truncated")),
    ] {
        let body = json!([{"hex": header}, {"repeat": "x".repeat(1024), "count": count}]);
        stays_flat(async move {
            let fake =
                fake(json!({"default": {"body": body, "framing": "chunked", "chunk_size": 65536}}));
            let mut stream = client(&fake)
                .stream(Request::get("/x"))
                .await
                .expect("a stream");
            let mut total = 0_u64;
            let end = loop {
                match stream.frames().await {
                    Ok(Some(frames)) => {
                        total += frames
                            .iter()
                            .map(|frame| frame.data.len() as u64)
                            .sum::<u64>();
                    }
                    Ok(None) => break None,
                    Err(error) => break Some(error.kind().as_str()),
                }
            };
            assert_eq!((total, end), (count << 10, kind));
        });
    }
}

/// A head, a line and a value that never end.
#[test]
fn what_never_ends_is_given_up() {
    if !alone("memory::what_never_ends_is_given_up") {
        return;
    }
    // A line and a value may take 16 MiB before they are too large, and a buffer may double while it grows.
    let growth = growth(async {
        for (name, target, view) in [
            ("endless_head", "/x", View::Chunk),
            ("endless_line", "/events", View::Lines),
            ("endless_line", "/events", View::Values),
        ] {
            let fake = FakeEngine::start(scenario_file(name)).expect("a fake engine");
            let failed = match client(&fake).stream(Request::get(target)).await {
                Ok(mut stream) => soon(drain_into(&mut stream, view, &mut Vec::new()))
                    .await
                    .is_err(),
                Err(_) => true,
            };
            assert!(failed, "{name} {view:?}");
        }
    });
    assert!(growth < 2 * GROWTH, "{} MiB more than idle", growth >> 20);
}

/// An upload of 1 GiB to an engine that reads slowly, from a source that has it all at once.
#[test]
fn uploads_are_flat() {
    if !alone("memory::uploads_are_flat") {
        return;
    }
    stays_flat(async {
        let fake = fake(json!({"default": {"body": "ok"}}));
        let engine = client(&fake);
        for length in [Some(1 << 29), None] {
            let reader = tokio::io::AsyncReadExt::take(tokio::io::repeat(0), 1 << 29);
            let request = Request::new(Method::PUT, "/x").body(Body::from_reader(reader, length));
            let reply = engine.call(request).await.expect("an answer");
            assert_eq!(reply.body, "ok");
        }
        assert!(
            fake.requests()
                .iter()
                .all(|record| record.body_length == 1 << 29)
        );
    });
}

/// An attached terminal that floods: the same bound.
#[test]
fn a_flood_behind_an_upgrade() {
    if !alone("memory::a_flood_behind_an_upgrade") {
        return;
    }
    stays_flat(async {
        let fake = FakeEngine::start(scenario_file("logs_1_gib")).expect("a fake engine");
        let engine = client(&fake);
        let Ok(dockline::Upgrade::Switched(mut duplex)) =
            engine.upgrade(Request::post("/exec/e1/start")).await
        else {
            panic!("no duplex");
        };
        let mut payload = 0_u64;
        let mut pauses = 0;
        while let Some(batch) = duplex.reader().frames().await.expect("frames") {
            payload += batch
                .iter()
                .map(|frame| frame.data.len() as u64)
                .sum::<u64>();
            if payload >> 28 > pauses {
                pauses += 1;
                let ahead = written_at_rest(&fake)
                    .await
                    .saturating_sub(duplex.reader().received());
                assert!(ahead < AHEAD, "{ahead} bytes ahead of a reader that pauses");
            }
        }
        assert_eq!(payload, (1 << 30) / 80 * 80);
    });
}
