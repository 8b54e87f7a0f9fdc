//! Named pipes whose two directions live and end apart: attach and exec, on a pipe of messages and on one of bytes.

use std::time::Duration;

use dockline::{Duplex, Engine, ErrorKind, Request, Upgrade};
use tokio::net::windows::named_pipe::PipeMode;

use crate::windows::{call, client, open, soon};
use crate::windows_engine::{DOWN, TestEngine, pattern};

pub(crate) async fn attach(engine: &Engine, name: &str) -> Duplex {
    let request = Request::post(format!("/containers/{name}/attach?stream=1"));
    match soon(engine.upgrade(request)).await {
        Ok(Upgrade::Switched(duplex)) => duplex,
        other => panic!("no duplex: {other:?}"),
    }
}

/// Byte mode has no half close, and everything else.
#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_of_bytes() {
    let fake = TestEngine::with(PipeMode::Byte, 8);
    let engine = client(&fake);
    for _ in 0..5 {
        let once = call(&engine, "/containers/once/json")
            .await
            .expect("an answer");
        assert_eq!(&once.body[..], b"once");
    }
    let mut duplex = attach(&engine, "c").await;
    soon(duplex.write(b"ping")).await.expect("written");
    let greeting = soon(duplex.reader().read(10)).await.expect("an echo");
    assert_eq!(greeting, "hello ping");
    let error = soon(duplex.shutdown_write())
        .await
        .expect_err("no half close");
    assert!(
        error.to_string().contains("carries bytes and not messages"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn half_close() {
    for fake in TestEngine::both().await {
        let engine = client(&fake);
        let mut duplex = attach(&engine, "c").await;
        // Nothing written is no end.
        soon(duplex.write(b"")).await.expect("written");
        soon(duplex.write(b"ping ")).await.expect("written");
        let greeting = soon(duplex.reader().read(11)).await.expect("an echo");
        assert_eq!(greeting, "hello ping ");
        soon(duplex.shutdown_write()).await.expect("half-closed");
        assert!(
            soon(duplex.write(b"more")).await.is_err(),
            "nothing can follow the end"
        );
        let last = soon(duplex.reader().read(100))
            .await
            .expect("the last word");
        assert_eq!(last, "bye");
        assert_eq!(
            soon(duplex.reader().chunk()).await.expect("a clean end"),
            None
        );
        open(&fake, 0).await;
    }
}

/// The engine's direction ends first; ours still works, and ends for itself.
#[tokio::test(flavor = "multi_thread")]
async fn the_engine_ends_its_direction_first() {
    for fake in TestEngine::both().await {
        let engine = client(&fake);
        let (mut reader, mut writer) = attach(&engine, "first").await.split();
        assert_eq!(soon(reader.read(100)).await.expect("a greeting"), "hello ");
        assert_eq!(soon(reader.chunk()).await.expect("a clean end"), None);
        soon(writer.write(b"still here")).await.expect("written");
        assert_eq!(fake.open(), 1);
        soon(writer.shutdown()).await.expect("ended");
        open(&fake, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_directions_at_once() {
    for fake in TestEngine::both().await {
        let (mut reader, mut writer) = attach(&client(&fake), "c").await.split();
        let writing = tokio::spawn(async move {
            let whole: Vec<u8> = (0..DOWN).map(pattern).collect();
            for piece in whole.chunks(70_000) {
                writer.write(piece).await.expect("written");
            }
            writer.shutdown().await.expect("ended");
        });
        assert_eq!(soon(reader.read(6)).await.expect("a greeting"), "hello ");
        let mut at = 0;
        while at < DOWN {
            let piece = soon(reader.read(65_536.min(DOWN - at)))
                .await
                .expect("an echo");
            assert!(!piece.is_empty(), "ended after {at}");
            assert!(
                piece
                    .iter()
                    .zip(at..)
                    .all(|(byte, at)| *byte == pattern(at))
            );
            at += piece.len();
        }
        assert_eq!(soon(reader.read(100)).await.expect("the last word"), "bye");
        soon(writing).await.expect("no panic");
    }
}

/// Where a program needs a socket it gets one end of a pumped pair, with the half close on both sides of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_for_the_rest() {
    use std::io::{Read as _, Write as _};
    for fake in TestEngine::both().await {
        let duplex = attach(&client(&fake), "c").await;
        let socket = soon(duplex.into_socket()).await.expect("a socket").socket;
        let mut socket = std::net::TcpStream::from(socket);
        let all = tokio::task::spawn_blocking(move || {
            socket.write_all(b"ping ").expect("written");
            socket.shutdown(std::net::Shutdown::Write).expect("ended");
            let mut all = String::new();
            socket.read_to_string(&mut all).expect("the rest");
            all
        });
        assert_eq!(soon(all).await.expect("no panic"), "hello ping bye");
        open(&fake, 0).await;
    }
}

/// An engine that cannot write, and therefore does not read, cannot hold up a cancelled write.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_write() {
    let fake = TestEngine::start();
    let mut duplex = attach(&client(&fake), "c").await;
    // The echo is never read.
    let piece = vec![0; 1 << 20];
    let patience = Duration::from_millis(100);
    while let Ok(written) = tokio::time::timeout(patience, duplex.write(&piece)).await {
        written.expect("written");
    }
    assert_eq!(fake.open(), 1);
    duplex.cancel_handle().cancel();
    let error = soon(duplex.write(&piece)).await.expect_err("cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    open(&fake, 0).await;
}
