//! Engines whose sockets are waited for by whoever calls, in any thread, without a runtime.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    reason = "helpers of tests: a failure is a failed test"
)]

use std::future::{Future, poll_fn};
use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use dockline::drive::{Bell, BusyPoll, drive};
use dockline::{
    Body, Endpoint, Engine, EngineConfig, Error, FilePart, Method, PieceSource, Reply, Request,
    Sockets, Timeouts, Upgrade, VersionMode,
};
use fake_engine::{FakeEngine, Scenario};
use serde_json::{Value, json};
use socket2::{Domain, SockAddr, Socket, Type};
use tokio::sync::oneshot;

fn run<F: Future>(future: F) -> F::Output {
    run_at(&Arc::default(), future)
}

fn run_at<F: Future>(bell: &Arc<Bell>, future: F) -> F::Output {
    let busy = BusyPoll::default();
    drive(bell, pin!(future), Some(&busy), None, || {
        Ok::<_, io::Error>(())
    })
    .expect("nothing fails to wait")
}

fn fakes(scenario: &Value) -> [FakeEngine; 2] {
    let scenario = || Scenario::from_json(scenario.clone()).expect("a scenario");
    [
        FakeEngine::start(scenario()).expect("a fake engine"),
        FakeEngine::start_tcp(scenario()).expect("a fake engine"),
    ]
}

fn client(url: &str) -> Engine {
    let mut config = EngineConfig::new(Endpoint::explicit(url).expect("an endpoint"));
    config.version = VersionMode::Unprefixed;
    config.sockets = Sockets::Driver;
    Engine::new(config).expect("a client")
}

fn gated(gate: &str) -> Value {
    json!({"default": {"body": "late", "faults": {"gate": {"name": gate, "after": 0}}}})
}

#[test]
fn calls_streams_and_uploads() {
    let body = "x".repeat(1 << 20);
    for fake in fakes(&json!({"default": {"body": body}})) {
        let engine = client(&fake.url());
        for _ in 0..3 {
            let reply = run(engine.call(Request::get("/info"))).expect("an answer");
            assert_eq!(reply.body.len(), 1 << 20);
        }
        assert_eq!(fake.connections().total, 1, "connections are kept");
        let sent = run(engine.call(Request::post("/x").json(body.clone()))).expect("an answer");
        assert_eq!(sent.status, 200);
        let stream = run(engine.stream(Request::get("/logs"))).expect("a stream");
        assert_eq!(run(stream.collect(1 << 21)).expect("a body").len(), 1 << 20);
    }
}

#[test]
fn several_at_once_in_one_thread() {
    for fake in fakes(&json!({"default": {"body": "x", "faults": {"drip": {"bytes": 1, "ms": 1}}}}))
    {
        let engine = client(&fake.url());
        let requests = (0..40).map(|_| Request::get("/info")).collect();
        let answers = run(engine.call_all(requests, 8));
        assert_eq!(answers.len(), 40);
        assert!(
            answers
                .iter()
                .all(|answer| answer.as_ref().is_ok_and(|reply| reply.body == "x"))
        );
    }
}

#[test]
fn the_reader_and_the_writer_of_a_connection_in_threads_of_their_own() {
    for fake in fakes(&json!({"default": {"upgrade": {"echo": true}}})) {
        let engine = client(&fake.url());
        let upgrade = run(engine.upgrade(Request::post("/exec/e/start").json("{}")));
        let Ok(Upgrade::Switched(duplex)) = upgrade else {
            panic!("no duplex: {upgrade:?}")
        };
        let (stream, mut writer) = duplex.split();
        let reading = thread::spawn(|| run(stream.collect(1 << 24)).expect("a body"));
        // More than the sockets hold: the writer waits, too.
        let piece = vec![b'x'; 1 << 16];
        for _ in 0..64 {
            run(writer.write(&piece)).expect("room");
        }
        run(writer.shutdown()).expect("an end");
        assert_eq!(reading.join().expect("a result").len(), 1 << 22);
    }
}

/// What was read ahead is behind the head: a pair of sockets carries it and the rest.
#[test]
fn a_pumped_socket() {
    let scenario = json!({"default": {"body": "first ", "status": 200, "upgrade": {"echo": true}}});
    for fake in fakes(&scenario) {
        let engine = client(&fake.url());
        let upgrade = run(engine.upgrade(Request::post("/attach")));
        let Ok(Upgrade::Switched(mut duplex)) = upgrade else {
            panic!("no duplex: {upgrade:?}")
        };
        let read = run(duplex.reader().read(2)).expect("bytes");
        assert_eq!(&read[..], b"fi");
        let mut socket = UnixStream::from(run(duplex.into_socket()).expect("a socket").fd);
        socket.write_all(b"and back").expect("room");
        let mut space = [0; 12];
        socket.read_exact(&mut space).expect("bytes");
        assert_eq!(&space, b"rst and back");
    }
}

/// Twenty threads at one bell, each waiting for its own answer: whoever is cancelled comes back, the others wait on.
#[test]
fn a_bell_wakes_whom_it_is_meant_for() {
    let [fake, _] = fakes(&gated("late"));
    let engine = client(&fake.url());
    let bell = Arc::new(Bell::default());
    let (told, outcomes) = mpsc::channel();
    let begun: Vec<_> = (0..20)
        .map(|number| {
            let (engine, bell, told) = (engine.clone(), Arc::clone(&bell), told.clone());
            let (cancel, cancelled) = oneshot::channel::<()>();
            let running = thread::spawn(move || {
                let answer = run_at(&bell, async {
                    tokio::select! {
                        reply = engine.call(Request::get("/info")) => Some(reply.expect("an answer")),
                        _ = cancelled => None,
                    }
                });
                told.send((number, answer.map(|reply| reply.body))).expect("somebody listens");
            });
            (cancel, running)
        })
        .collect();
    while fake.requests().len() < 20 {
        thread::yield_now();
    }
    let mut rest = Vec::new();
    for (number, (cancel, running)) in begun.into_iter().enumerate() {
        if number % 2 == 0 {
            cancel.send(()).expect("it waits");
            assert_eq!(outcomes.recv(), Ok((number, None)));
        } else {
            rest.push((cancel, number));
        }
        if number % 2 == 0 {
            running.join().expect("a result");
        }
    }
    fake.open_gate("late");
    let mut came: Vec<_> = rest
        .iter()
        .map(|_| outcomes.recv().expect("an outcome"))
        .collect();
    came.sort_by_key(|one| one.0);
    for ((number, body), (_, wanted)) in came.iter().zip(&rest) {
        assert_eq!((number, body.as_deref()), (wanted, Some(&b"late"[..])));
    }
}

/// A future that is woken while another one, driven within it, waits.
#[test]
fn drivers_within_drivers() {
    let [fake, _] = fakes(&json!({"default": {"body": "x"}}));
    let engine = client(&fake.url());
    let (sender, mut receiver) = oneshot::channel();
    let mut sender = Some(sender);
    let outer = poll_fn(|cx| {
        if let Poll::Ready(number) = std::pin::Pin::new(&mut receiver).poll(cx) {
            return Poll::Ready(number);
        }
        if let Some(sender) = sender.take() {
            sender.send(7).expect("it waits");
            let reply = run(engine.call(Request::get("/info"))).expect("an answer");
            assert_eq!(reply.body, "x");
        }
        Poll::Pending
    });
    assert_eq!(run(outer), Ok(7));
}

#[test]
fn a_limit_ends_a_wait_and_a_look_ends_the_work() {
    let stall = json!({"default": {"body": "x", "faults": {"cut": {"in": "head", "after": 0, "how": "stall"}}}});
    let [fake, _] = fakes(&stall);
    let engine = client(&fake.url());
    let mut request = Request::get("/info");
    request.timeouts = Some(Timeouts {
        first_byte: Some(Duration::from_millis(30)),
        ..Timeouts::default()
    });
    let late = run(engine.call(request)).expect_err("no answer comes");
    assert_eq!(late.kind(), dockline::ErrorKind::Timeout);

    let looks = AtomicUsize::new(0);
    let look = || match looks.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Ok(()),
        _ => Err(io::Error::other("enough")),
    };
    let outcome = {
        let call = pin!(engine.call(Request::get("/info")));
        drive(
            &Arc::default(),
            call,
            None,
            Some(Duration::from_millis(5)),
            look,
        )
    };
    assert_eq!(outcome.expect_err("the look's error").to_string(), "enough");
    // What is not polled any more is closed.
    while fake.connections().open > 0 {
        thread::yield_now();
    }
}

#[test]
fn nobody_waits_outside_of_a_driver() {
    let [fake, _] = fakes(&gated("never"));
    let engine = client(&fake.url());
    let mut call = pin!(engine.call(Request::get("/info")));
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(
        matches!(polled, Poll::Ready(Err(_))),
        "it waits for nobody: {polled:?}"
    );
}

/// The address of nobody: the refusal of a connection that is under way.
#[test]
fn a_port_where_nobody_listens() {
    let port = {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        taken.local_addr().expect("an address").port()
    };
    let engine = client(&format!("tcp://127.0.0.1:{port}"));
    let error = run(engine.call(Request::get("/info"))).expect_err("nobody listens");
    assert_eq!(error.kind(), dockline::ErrorKind::DaemonRefused);
}

/// As many connections wait to be accepted as may: a client waits as well, as long as its limit allows.
#[test]
fn a_socket_with_a_full_queue() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("engine.sock");
    let listening = Socket::new(Domain::UNIX, Type::STREAM, None).expect("a socket");
    listening
        .bind(&SockAddr::unix(&path).expect("an address"))
        .expect("a path");
    listening.listen(0).expect("a queue");
    let waiting = UnixStream::connect(&path).expect("the one that may wait");

    let engine = client(&format!("unix://{}", path.display()));
    let mut request = Request::get("/info");
    request.timeouts = Some(Timeouts {
        connect: Some(Duration::from_millis(30)),
        ..Timeouts::default()
    });
    let late = run(engine.call(request)).expect_err("the queue is full");
    assert_eq!(late.kind(), dockline::ErrorKind::Timeout, "{late}");

    let answering = thread::spawn(move || {
        let listener = UnixListener::from(std::os::fd::OwnedFd::from(listening));
        let first = listener.accept().expect("the one that waited");
        let (mut second, _) = listener.accept().expect("the client");
        let mut space = [0; 4096];
        assert!(second.read(&mut space).expect("a request") > 0);
        second
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
            .expect("room");
        drop(first);
    });
    let reply = run(engine.call(Request::get("/info"))).expect("an answer");
    assert_eq!(reply.body, "x");
    answering.join().expect("a result");
    drop(waiting);
}

/// So many bytes of a file of as many, from an offset on.
fn file_body(contents: &[u8], offset: u64, length: u64) -> Body {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(contents).expect("room");
    let part = FilePart::new(file.into(), offset, length);
    Body::Stream {
        source: Box::new(PieceSource::new(Some(part), false, |error| error)),
        length: Some(length),
    }
}

fn pattern(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

fn put(engine: &Engine, body: Body) -> Result<Reply, Error> {
    run(engine.call(Request::new(Method::PUT, "/containers/x/archive").body(body)))
}

/// What a file holds arrives, whether it is sent as it lies or read.
#[test]
fn files_arrive_as_they_are() {
    for url in ["unix", "tcp"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("engine.sock");
        let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let (listener, url) = if url == "unix" {
            let listener = Socket::new(Domain::UNIX, Type::STREAM, None).expect("a socket");
            let address = SockAddr::unix(&path).expect("an address");
            listener.bind(&address).expect("a path");
            (listener, format!("unix://{}", path.display()))
        } else {
            let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            listener.bind(&any.into()).expect("a port");
            let address = listener.local_addr().expect("an address");
            let address = address.as_socket().expect("an address of TCP");
            (listener, format!("tcp://{address}"))
        };
        listener.listen(8).expect("a queue");
        let engine = client(&url);
        let contents = pattern(5_000_001);
        for (offset, length) in [(0, 1_000), (3, 262_144), (7, 4_999_000), (0, 5_000_001)] {
            let body = file_body(&contents, offset as u64, length as u64);
            let arrived = thread::scope(|scope| {
                let serving = scope.spawn(|| {
                    let (mut socket, _) = listener.accept().expect("the client");
                    let mut arrived = Vec::new();
                    let mut space = vec![0; 100_000];
                    let mut head = None;
                    while head.is_none_or(|head| arrived.len() < head + length) {
                        let count = socket.read(&mut space).expect("a request");
                        assert!(count > 0, "{length} bytes were to come");
                        arrived.extend_from_slice(&space[..count]);
                        head = arrived.windows(4).position(|four| four == b"\r\n\r\n");
                        head = head.map(|at| at + 4);
                    }
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                    socket.write_all(answer).expect("room");
                    arrived.split_off(head.unwrap_or_default())
                });
                put(&engine, body).expect("an answer");
                serving.join().expect("a body")
            });
            assert!(
                arrived == contents[offset..offset + length],
                "{url} {offset} {length}"
            );
        }
    }
}

#[test]
fn a_file_that_has_become_shorter() {
    for fake in fakes(&json!({"default": {"body": "ok"}})) {
        let body = file_body(&pattern(1_000_000), 0, 1_000_100);
        let error = put(&client(&fake.url()), body).expect_err("less than was announced");
        assert_eq!(error.kind(), dockline::ErrorKind::BodySource);
        assert!(
            error.to_string().contains("has become 100 bytes shorter"),
            "{error}"
        );
        assert!(fake.requests().iter().all(|record| !record.complete));
    }
}

#[test]
fn an_answer_while_a_file_is_sent() {
    let refusal = json!({"default": {"status": 400, "body": {"json": {"message": "full"}}, "faults": {"request_body": "early"}}});
    let lost = json!({"default": {"body": "x", "faults": {"request_body": "early", "cut": {"after": 0, "in": "head", "how": "fin"}}}});
    let contents = pattern(20_000_000);
    let body = || file_body(&contents, 0, contents.len() as u64);
    for fake in fakes(&refusal) {
        let reply = put(&client(&fake.url()), body()).expect("an answer");
        assert_eq!(reply.status, 400);
    }
    for fake in fakes(&lost) {
        let error = put(&client(&fake.url()), body()).expect_err("lost");
        assert_eq!(error.kind(), dockline::ErrorKind::ConnectionLost);
    }
}
