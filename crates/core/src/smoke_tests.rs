//! The three verbs against a scripted socket; the matrix of faults is in `tests/it`.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use crate::{
    Body, Bytes, Endpoint, Engine, EngineConfig, ErrorKind, FrameKind, Request, Upgrade,
    VersionMode,
};

type Seen = Arc<Mutex<Vec<String>>>;

struct Server {
    engine: Engine,
    seen: Seen,
    _folder: tempfile::TempDir,
}

async fn request(socket: &mut UnixStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.ok()?);
    }
    Some(String::from_utf8(head).unwrap())
}

/// Answers every request with what `answer` says for its request line; closes after an answer when that says so.
fn serve(
    version: VersionMode,
    answer: impl Fn(&str) -> (Vec<u8>, bool) + Send + Sync + 'static,
) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("engine.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let seen = Seen::default();
    let answer = Arc::new(answer);
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
            tokio::spawn(async move {
                while let Some(head) = request(&mut socket).await {
                    let line = head.lines().next().unwrap_or_default().to_owned();
                    log.lock().unwrap().push(line.clone());
                    let (bytes, close) = answer(&line);
                    if socket.write_all(&bytes).await.is_err() || close {
                        return;
                    }
                }
            });
        }
    });
    let endpoint = Endpoint::explicit(&format!("unix://{}", path.display())).unwrap();
    let mut config = EngineConfig::new(endpoint);
    config.version = version;
    Server {
        engine: Engine::new(config).unwrap(),
        seen,
        _folder: folder,
    }
}

fn ok(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn chunked(chunks: &[&[u8]]) -> Vec<u8> {
    let mut out = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in chunks {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::test]
async fn negotiates_once_and_keeps_the_connection() {
    let server = serve(VersionMode::Negotiate, |_| (ok("{}"), false));
    for _ in 0..3 {
        let reply = is_send(server.engine.call(Request::get("/info")))
            .await
            .unwrap();
        assert_eq!((reply.status, &reply.body[..]), (200, &b"{}"[..]));
    }
    let seen = server.seen.lock().unwrap().clone();
    assert_eq!(seen[0], "GET /_ping HTTP/1.1");
    assert_eq!(seen[1..], ["GET /v1.41/info HTTP/1.1"; 3]);
}

#[tokio::test]
async fn a_pin_outside_is_refused_before_it_is_sent() {
    let pin = VersionMode::Pin {
        version: "1.50".parse().unwrap(),
        source: "DOCKER_API_VERSION".into(),
    };
    let server = serve(pin, |_| (ok("OK"), false));
    let error = server.engine.call(Request::get("/info")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::VersionOutOfRange);
    let text = error.to_string();
    assert!(
        text.contains("1.50 (DOCKER_API_VERSION)") && text.contains("up to 1.41"),
        "{text}"
    );
    let seen = server.seen.lock().unwrap().clone();
    assert!(seen.iter().all(|line| !line.contains("/info")), "{seen:?}");
}

#[tokio::test]
async fn an_engine_that_was_replaced_is_asked_again() {
    let pings = Mutex::new(0);
    let server = serve(VersionMode::Negotiate, move |line| {
        if line.contains("_ping") {
            let mut pings = pings.lock().unwrap();
            *pings += 1;
            let version = if *pings == 1 { "1.47" } else { "1.41" };
            let head =
                format!("HTTP/1.1 200 OK\r\nApi-Version: {version}\r\nContent-Length: 0\r\n\r\n");
            return (head.into_bytes(), false);
        }
        if line.contains("/v1.47/") {
            let body = r#"{"message":"client version 1.47 is too new. Maximum supported API version is 1.41"}"#;
            let head = format!(
                "HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            return (head.into_bytes(), false);
        }
        (ok("fine"), false)
    });
    assert_eq!(
        server
            .engine
            .call(Request::get("/info"))
            .await
            .unwrap()
            .body,
        "fine"
    );
    assert_eq!(
        server.engine.negotiation().unwrap().version.to_string(),
        "1.41"
    );
    let mut stream = server
        .engine
        .stream(Request::get("/v1.47/events"))
        .await
        .unwrap();
    assert_eq!(stream.head().status, 400);
    assert!(stream.chunk().await.unwrap().is_some());
}

#[tokio::test]
async fn streams_frames_lines_and_values() {
    let server = serve(VersionMode::Unprefixed, |line| {
        let body = if line.contains("logs") {
            chunked(&[b"\x01\0\0\0\0\0\0\x03one\x02\0\0", b"\0\0\0\0\x03two"])
        } else if line.contains("cut") {
            chunked(&[b"abc"])[..57].to_vec()
        } else {
            chunked(&[b"{\"a\":1}\n{\"b\"", b":2}\n"])
        };
        (body, true)
    });
    let mut logs = is_send(server.engine.stream(Request::get("/logs")))
        .await
        .unwrap();
    let mut seen = Vec::new();
    while let Some(frames) = is_send(logs.frames()).await.unwrap() {
        seen.extend(frames.into_iter().map(|frame| (frame.kind, frame.data)));
    }
    assert_eq!(
        seen,
        [
            (FrameKind::Stdout, Bytes::from("one")),
            (FrameKind::Stderr, Bytes::from("two"))
        ]
    );
    let mut events = server.engine.stream(Request::get("/events")).await.unwrap();
    let mut values = Vec::new();
    while let Some(batch) = events.values().await.unwrap() {
        values.extend(batch);
    }
    assert_eq!(values, ["{\"a\":1}", "{\"b\":2}"]);
    let mut cut = server.engine.stream(Request::get("/cut")).await.unwrap();
    let error = loop {
        match cut.chunk().await {
            Ok(piece) => assert!(piece.is_some(), "a cut body ended cleanly"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Truncated);
    assert_eq!(cut.chunk().await.unwrap_err().kind(), ErrorKind::Truncated);
}

#[tokio::test]
async fn an_early_refusal_is_heard_over_the_upload() {
    let server = serve(VersionMode::Unprefixed, |_| {
        (
            b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!".to_vec(),
            true,
        )
    });
    let endless = tokio::io::repeat(b'x');
    let mut put = Request::new(crate::Method::PUT, "/archive");
    put.body = Body::from_reader(endless, None);
    let reply = server.engine.call(put).await.unwrap();
    assert_eq!((reply.status, &reply.body[..]), (413, &b"no!"[..]));
    let big = Body::Bytes(Bytes::from(vec![0; 8 << 20]));
    let reply = server
        .engine
        .call(Request::post("/load").body(big))
        .await
        .unwrap();
    assert_eq!(reply.status, 413);
}

#[tokio::test]
async fn upgrades_lose_nothing_behind_the_head() {
    let server = serve(VersionMode::Unprefixed, |_| {
        let head =
            "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly\r\n\r\n";
        (head.into(), false)
    });
    for _ in 0..50 {
        let upgrade = is_send(server.engine.upgrade(Request::post("/attach")))
            .await
            .unwrap();
        let Upgrade::Switched(mut duplex) = upgrade else {
            panic!("refused");
        };
        assert_eq!(duplex.reader().read(9).await.unwrap(), "early\r\n\r\n");
        // The server reads "requests" and answers each; that makes it an echo of sorts.
        duplex.write(b"ping\r\n\r\n").await.unwrap();
        assert!(
            duplex
                .reader()
                .read(12)
                .await
                .unwrap()
                .starts_with(b"HTTP/1.1")
        );
        let mut socket =
            std::os::unix::net::UnixStream::from(duplex.into_socket().await.unwrap().fd);
        tokio::task::spawn_blocking(move || {
            use std::io::{Read, Write};
            let mut rest = [0; 8];
            socket.read_exact(&mut rest).unwrap();
            socket.write_all(b"again\r\n\r\n").unwrap();
            socket.shutdown(std::net::Shutdown::Write).unwrap();
            let mut all = String::new();
            socket.read_to_string(&mut all).unwrap();
            assert!(all.ends_with("early\r\n\r\n"), "{all}");
        })
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn cancel_and_close_end_what_is_in_flight() {
    let server = serve(VersionMode::Unprefixed, |_| {
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".to_vec(),
            false,
        )
    });
    let mut stream = server.engine.stream(Request::get("/logs")).await.unwrap();
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "abc");
    let cancel = stream.cancel_handle();
    let waiting = tokio::spawn(async move { stream.chunk().await });
    tokio::task::yield_now().await;
    cancel.cancel();
    assert_eq!(
        waiting.await.unwrap().unwrap_err().kind(),
        ErrorKind::Cancelled
    );

    let mut stream = server.engine.stream(Request::get("/logs")).await.unwrap();
    assert!(stream.chunk().await.unwrap().is_some());
    let engine = server.engine.clone();
    let calling = tokio::spawn(async move { engine.call(Request::get("/x")).await });
    tokio::task::yield_now().await;
    server.engine.close();
    assert_eq!(stream.chunk().await.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(
        calling.await.unwrap().unwrap_err().kind(),
        ErrorKind::Closed
    );
    let late = server.engine.call(Request::get("/x")).await;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn a_missing_socket_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.sock");
    let endpoint = Endpoint::explicit(path.to_str().unwrap()).unwrap();
    let engine = Engine::new(EngineConfig::new(endpoint)).unwrap();
    let error = engine.call(Request::get("/info")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DaemonNotFound);
    assert!(
        error.to_string().contains("(given by the caller)"),
        "{error}"
    );
    let _ = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let error = engine.call(Request::get("/info")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DaemonRefused);
}
