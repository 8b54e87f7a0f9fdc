//! Attach and exec: nothing behind the head is lost, each direction ends on its own, and a refusal is an answer.

use std::io::{Read as _, Write as _};

use dockline::{Duplex, Engine, ErrorKind, Request, Stream, Upgrade};
use serde_json::{Value, json};

use super::support::{View, client, drain, fake, fakes, open_connections, scenario, soon};

fn start() -> Request {
    Request::post("/exec/e1/start").json("{\"Detach\":false}")
}

async fn switched(engine: &Engine) -> Duplex {
    match soon(engine.upgrade(start())).await {
        Ok(Upgrade::Switched(duplex)) => duplex,
        other => panic!("no duplex: {other:?}"),
    }
}

fn echo(body: &Value) -> Value {
    json!({"default": {"body": body, "upgrade": {"echo": true, "after_eof": "bye"}}})
}

/// Bytes that arrive together with the head of the answer.
#[tokio::test]
async fn bytes_behind_the_head() {
    let body = "x".repeat(8192);
    for fake in fakes(&json!({"default": {"body": body, "upgrade": {"close_after_body": true}}})) {
        let engine = client(&fake);
        for round in 0..1000 {
            let (stream, _writer) = switched(&engine).await.split();
            let outcome = soon(drain(stream, View::Chunk)).await;
            assert_eq!(
                (outcome.kind(), outcome.bytes().len()),
                (None, 8192),
                "run {round}"
            );
        }
        let requests = fake.requests();
        assert_eq!(requests.len(), 1000);
        assert_eq!(
            requests[0]
                .header("connection")
                .map(str::to_ascii_lowercase)
                .as_deref(),
            Some("upgrade")
        );
        assert_eq!(requests[0].header("upgrade"), Some("tcp"));
    }
}

#[tokio::test]
async fn a_head_in_pieces() {
    for split in [
        json!({"every": 1, "in": "head"}),
        json!({"at": [0]}),
        json!({"at": [1, 3]}),
    ] {
        let reply = json!({"body": "behind", "upgrade": {"close_after_body": true}, "faults": {"split": split}});
        for fake in fakes(&json!({"default": reply})) {
            let (stream, _writer) = switched(&client(&fake)).await.split();
            let outcome = soon(drain(stream, View::Chunk)).await;
            assert_eq!(
                (outcome.kind(), outcome.bytes()),
                (None, b"behind".to_vec()),
                "{split}"
            );
        }
    }
}

/// The client ends its direction; what the engine says after that still comes.
#[tokio::test]
async fn half_close() {
    for fake in fakes(&echo(&json!("hello "))) {
        let engine = client(&fake);
        let mut duplex = switched(&engine).await;
        soon(duplex.write(b"ping ")).await.expect("written");
        assert_eq!(
            soon(duplex.reader().read(11)).await.expect("the echo"),
            "hello ping "
        );
        soon(duplex.shutdown_write()).await.expect("half-closed");
        assert!(
            soon(duplex.write(b"more")).await.is_err(),
            "nothing can follow the end"
        );
        assert_eq!(
            soon(duplex.reader().read(100))
                .await
                .expect("the last word"),
            "bye"
        );
        assert_eq!(
            soon(duplex.reader().chunk()).await.expect("a clean end"),
            None
        );
        open_connections(&fake, |open| open == 0).await;
        assert_eq!(fake.requests()[0].upgraded, b"ping ");
    }
}

/// Both directions at once, more than any buffer holds, byte for byte.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_directions_at_once() {
    const TOTAL: usize = 8 << 20;
    for fake in fakes(&echo(&json!(""))) {
        let (mut stream, mut writer) = switched(&client(&fake)).await.split();
        let writing = tokio::spawn(async move {
            let piece: Vec<u8> = (0..=255).cycle().take(1 << 16).collect();
            for _ in 0..TOTAL / piece.len() {
                writer.write(&piece).await.expect("written");
            }
            writer.shutdown().await.expect("ended");
        });
        let mut at = 0_usize;
        while let Some(chunk) = soon(stream.chunk()).await.expect("an echo") {
            for byte in &chunk[..chunk.len().min(TOTAL.saturating_sub(at))] {
                assert_eq!(usize::from(*byte), at % 256);
                at += 1;
            }
        }
        assert_eq!(at, TOTAL);
        soon(writing).await.expect("no panic");
    }
}

#[tokio::test]
async fn refusals() {
    for framing in ["length", "chunked"] {
        let reply = json!({"status": 409, "body": {"json": {"message": "not running"}}, "framing": framing});
        for fake in fakes(&json!({"default": reply})) {
            let engine = client(&fake);
            for _ in 0..3 {
                match soon(engine.upgrade(start())).await {
                    Ok(Upgrade::Refused(reply)) => {
                        assert_eq!(
                            (reply.status, &reply.body[..]),
                            (409, &b"{\"message\":\"not running\"}"[..])
                        );
                    }
                    other => panic!("no refusal: {other:?}"),
                }
            }
        }
    }
}

/// Old engines answer 200 and go on raw.
#[tokio::test]
async fn a_200_without_a_length_is_a_duplex() {
    let reply =
        json!({"status": 200, "body": "hello ", "upgrade": {"echo": true, "after_eof": "bye"}});
    for fake in fakes(&json!({"default": reply})) {
        let mut duplex = switched(&client(&fake)).await;
        assert_eq!(duplex.reader().head().status, 200);
        soon(duplex.write(b"ping ")).await.expect("written");
        assert_eq!(
            soon(duplex.reader().read(11)).await.expect("the echo"),
            "hello ping "
        );
        soon(duplex.shutdown_write()).await.expect("half-closed");
        assert_eq!(
            soon(duplex.reader().read(100))
                .await
                .expect("the last word"),
            "bye"
        );
    }
}

/// Frames over a duplex, cut at any byte.
#[tokio::test]
async fn frames_that_are_cut() {
    let body = json!({"frames": [[1, "one\n"], [2, "two\n"]]});
    let fake = fake(json!({}));
    let engine = client(&fake);
    for how in ["fin", "reset"] {
        for after in 0..24 {
            let faults = json!({"cut": {"after": after, "how": how}});
            let reply = json!({"default": {"body": body, "upgrade": true, "faults": faults}});
            fake.play(scenario(reply)).expect("plays");
            let (stream, _writer) = switched(&engine).await.split();
            let outcome = soon(drain(stream, View::Frames)).await;
            let clean = how == "fin" && after % 12 == 0;
            let broken = matches!(
                outcome.kind(),
                Some(ErrorKind::Truncated | ErrorKind::ConnectionLost)
            );
            assert_eq!(
                (outcome.kind().is_none(), broken),
                (clean, !clean),
                "{how} after {after}: {outcome:?}"
            );
        }
    }
}

/// A head that is cut is no duplex.
#[tokio::test]
async fn heads_that_are_cut() {
    for how in ["fin", "reset"] {
        for after in [0, 1, 12, 30, 70] {
            let faults = json!({"cut": {"after": after, "in": "head", "how": how}});
            for fake in fakes(&json!({"default": {"upgrade": true, "faults": faults}})) {
                let error = soon(client(&fake).upgrade(start()))
                    .await
                    .expect_err("no duplex");
                assert!(
                    matches!(
                        error.kind(),
                        ErrorKind::Truncated | ErrorKind::ConnectionLost
                    ),
                    "{how} {after}: {error:?}"
                );
            }
        }
    }
}

/// A real socket for programs that want one: nothing is lost, whether bytes were read ahead or not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_sockets() {
    for read_ahead in [0, 3] {
        for fake in fakes(&echo(&json!("hello "))) {
            let engine = client(&fake);
            for _ in 0..50 {
                let mut duplex = switched(&engine).await;
                let first = soon(duplex.reader().read(read_ahead))
                    .await
                    .expect("the beginning");
                let socket = soon(duplex.into_socket()).await.expect("a socket");
                let rest = tokio::task::spawn_blocking(move || {
                    let mut socket = std::os::unix::net::UnixStream::from(socket.fd);
                    socket.write_all(b"ping ").expect("written");
                    let mut echoed = vec![0; 11 - read_ahead];
                    socket.read_exact(&mut echoed).expect("the echo");
                    socket
                        .shutdown(std::net::Shutdown::Write)
                        .expect("half-closed");
                    let mut last = Vec::new();
                    socket.read_to_end(&mut last).expect("the last word");
                    [echoed, last].concat()
                });
                let rest = soon(rest).await.expect("no panic");
                assert_eq!([&first[..], &rest[..]].concat(), b"hello ping bye");
            }
            open_connections(&fake, |open| open == 0).await;
        }
    }
}

/// The halves live apart: dropping the writer half-closes or keeps the direction, but never ends reading.
#[tokio::test]
async fn the_reader_outlives_the_writer() {
    for fake in fakes(
        &json!({"default": {"body": "0123456789", "upgrade": {"close_after_body": true}, "faults": {"gate": {"name": "rest", "after": 4}}}}),
    ) {
        let (mut stream, writer): (Stream, _) = switched(&client(&fake)).await.split();
        assert_eq!(soon(stream.read(4)).await.expect("the beginning"), "0123");
        drop(writer);
        fake.open_gate("rest");
        assert_eq!(soon(stream.read(100)).await.expect("the rest"), "456789");
    }
}
