//! What the engine promises to the tests that use it, seen through a plain socket.

#![expect(
    clippy::expect_used,
    reason = "helpers of a test: a failure is a failed test"
)]

use fake_engine::{FakeEngine, Scenario};
use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

trait Wire: Read + Write {
    fn end_writing(&self);
}

impl Wire for UnixStream {
    fn end_writing(&self) {
        self.shutdown(std::net::Shutdown::Write)
            .expect("half-close");
    }
}

impl Wire for TcpStream {
    fn end_writing(&self) {
        self.shutdown(std::net::Shutdown::Write)
            .expect("half-close");
    }
}

fn connect(engine: &FakeEngine) -> Box<dyn Wire> {
    let limit = Some(Duration::from_secs(20));
    match engine.address() {
        fake_engine::Address::Unix(path) => {
            let socket = UnixStream::connect(path).expect("connect");
            socket.set_read_timeout(limit).expect("a safety net");
            Box::new(socket)
        }
        fake_engine::Address::Tcp(address) => {
            let socket = TcpStream::connect(address).expect("connect");
            socket.set_read_timeout(limit).expect("a safety net");
            Box::new(socket)
        }
    }
}

fn both(scenario: &Value) -> [FakeEngine; 2] {
    let scenario = Scenario::from_json(scenario.clone()).expect("a scenario");
    [
        FakeEngine::start(scenario.clone()).expect("unix"),
        FakeEngine::start_tcp(scenario).expect("tcp"),
    ]
}

/// Sends bytes, reads to the end; gives what was read and how it ended.
fn talk(socket: &mut dyn Wire, request: &[u8]) -> (Vec<u8>, Option<io::ErrorKind>) {
    socket.write_all(request).expect("send");
    let mut out = Vec::new();
    let end = socket.read_to_end(&mut out).err().map(|error| error.kind());
    (out, end)
}

fn get(engine: &FakeEngine, target: &str) -> (Vec<u8>, Option<io::ErrorKind>) {
    let request = format!("GET {target} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n");
    talk(&mut *connect(engine), request.as_bytes())
}

fn body(answer: &[u8]) -> &[u8] {
    let at = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    &answer[at + 4..]
}

fn settle(engine: &FakeEngine) {
    let mut rounds = 0;
    while engine.connections().open > 0 {
        rounds += 1;
        assert!(rounds < 20_000, "connections stay open");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn routes_are_tried_in_order_and_recorded() {
    let scenario = json!({"routes": [
        {"path": "/once", "times": 1, "reply": {"body": "first"}},
        {"path": "/once", "reply": {"body": "later", "framing": "chunked"}},
        {"method": "GET", "path": "/q", "query": {"a": "1"}, "reply": {"status": 201}}
    ]});
    for engine in both(&scenario) {
        assert_eq!(body(&get(&engine, "/v1.40/once").0), b"first");
        assert_eq!(body(&get(&engine, "/once").0), b"5\r\nlater\r\n0\r\n\r\n");
        assert!(
            get(&engine, "/q?b=2&a=1")
                .0
                .starts_with(b"HTTP/1.1 201 Created\r\n")
        );
        assert!(get(&engine, "/q?a=2").0.starts_with(b"HTTP/1.1 404 "));
        assert!(
            String::from_utf8_lossy(&get(&engine, "/_ping").0).contains("Api-Version: 1.51\r\n")
        );
        let requests = engine.requests();
        assert_eq!(requests.len(), 5);
        assert_eq!(
            (requests[0].version.as_deref(), requests[0].path.as_str()),
            (Some("1.40"), "/once")
        );
        assert_eq!(
            requests[2].query,
            [
                ("b".to_owned(), "2".to_owned()),
                ("a".to_owned(), "1".to_owned())
            ]
        );
        assert_eq!(requests[0].header("HOST"), Some("d"));
    }
}

#[test]
fn bodies_are_recorded_however_they_are_sent() {
    for engine in both(&json!({"default": {"body": "ok"}})) {
        let request = b"POST /a HTTP/1.1\r\nContent-Length: 7\r\n\r\n{\"a\":1}\
            POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        talk(&mut *connect(&engine), request);
        let requests = engine.requests();
        assert_eq!(requests[0].body_json, Some(json!({"a": 1})));
        assert_eq!(requests[1].body, b"abcde");
        assert!(requests.iter().all(|request| request.complete));
        assert_eq!(requests[0].connection, requests[1].connection);
    }
}

#[test]
fn a_waiting_upload_is_told_to_go_on() {
    for engine in both(&json!({"default": {"body": "ok"}})) {
        let mut socket = connect(&engine);
        socket.write_all(b"PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n").expect("send");
        let mut interim = [0; 25];
        socket.read_exact(&mut interim).expect("an interim answer");
        assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
        assert_eq!(body(&talk(&mut *socket, b"hi").0), b"ok");
    }
}

#[test]
fn cuts_end_where_they_say() {
    for (how, expected) in [
        ("fin", None),
        ("reset", Some(io::ErrorKind::ConnectionReset)),
    ] {
        for section in ["head", "body"] {
            for after in [0, 1, 5] {
                let cut = json!({"after": after, "in": section, "how": how});
                for engine in
                    both(&json!({"default": {"body": "0123456789", "faults": {"cut": cut}}}))
                {
                    let (answer, end) = get(&engine, "/x");
                    assert_eq!(end, expected, "{cut} {engine:?}");
                    // On TCP a reset may overtake the bytes before it.
                    if how == "fin" || engine.url().starts_with("unix") {
                        let got = if section == "head" {
                            answer.len()
                        } else {
                            body(&answer).len()
                        };
                        assert_eq!(got, after, "{cut} {engine:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_stalled_connection_ends_with_its_peer() {
    let cuts =
        json!({"default": {"body": "0123456789", "faults": {"cut": {"after": 2, "how": "stall"}}}});
    let accept = json!({"accept": {"how": "stall"}});
    for scenario in [cuts, accept] {
        for engine in both(&scenario) {
            let mut socket = connect(&engine);
            socket.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("send");
            while engine.connections().open == 0 {
                std::thread::yield_now();
            }
            drop(socket);
            settle(&engine);
        }
    }
}

#[test]
fn refused_connections_are_served_later() {
    for (how, expected) in [
        ("close", None),
        ("reset", Some(io::ErrorKind::ConnectionReset)),
    ] {
        for engine in both(&json!({"accept": {"how": how, "times": 1}})) {
            let mut socket = connect(&engine);
            // The engine may have closed already: a failing write is one way to see it.
            if socket.write_all(b"GET /_ping HTTP/1.1\r\n\r\n").is_ok() {
                let end = socket
                    .read_to_end(&mut Vec::new())
                    .err()
                    .map(|error| error.kind());
                assert!(end == expected || how == "close", "{how}: {end:?}");
            }
            assert_eq!(body(&get(&engine, "/_ping").0), b"OK");
        }
    }
}

#[test]
fn split_answers_are_whole() {
    let split = json!({"every": 1, "in": "head", "pause_us": 0});
    let reply = json!({"body": {"frames": [[1, "a"], [2, "bc"]]}, "framing": "chunked", "faults": {"split": split}});
    for engine in both(&json!({"default": reply})) {
        assert_eq!(
            body(&get(&engine, "/x").0),
            b"9\r\n\x01\0\0\0\0\0\0\x01a\r\na\r\n\x02\0\0\0\0\0\0\x02bc\r\n0\r\n\r\n"
        );
    }
}

#[test]
fn an_upgrade_echoes_and_says_a_last_word() {
    let scenario =
        json!({"default": {"body": "hello ", "upgrade": {"echo": true, "after_eof": "bye"}}});
    for engine in both(&scenario) {
        let mut socket = connect(&engine);
        socket
            .write_all(b"POST /exec/x/start HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}ping ")
            .expect("send");
        let mut answer = Vec::new();
        while !answer.ends_with(b"hello ping ") {
            let mut byte = [0];
            socket.read_exact(&mut byte).expect("the echo");
            answer.push(byte[0]);
        }
        socket.end_writing();
        assert_eq!(talk(&mut *socket, b""), (b"bye".to_vec(), None));
        settle(&engine);
        assert_eq!(engine.requests()[0].upgraded, b"ping ");
    }
}

#[test]
fn gates_hold_an_answer() {
    let scenario =
        json!({"default": {"body": "0123456789", "faults": {"gate": {"name": "go", "after": 4}}}});
    for engine in both(&scenario) {
        let mut socket = connect(&engine);
        socket
            .write_all(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            .expect("send");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n0123") {
            let mut byte = [0];
            socket.read_exact(&mut byte).expect("the first part");
            answer.push(byte[0]);
        }
        engine.open_gate("go");
        assert_eq!(talk(&mut *socket, b"").0, b"456789");
    }
}

#[test]
fn a_large_body_costs_no_memory() {
    let line = "x".repeat(72);
    let body = json!({"repeat": {"frames": [[1, line]]}, "count": 3_000_000});
    for engine in both(&json!({"default": {"body": body, "framing": "chunked"}})) {
        let mut socket = connect(&engine);
        socket
            .write_all(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            .expect("send");
        let (mut buffer, mut total) = (vec![0; 1 << 18], 0_u64);
        loop {
            match socket.read(&mut buffer).expect("read") {
                0 => break,
                count => total += count as u64,
            }
        }
        assert!(total > 3_000_000 * 86, "{total}");
        assert_eq!(engine.connections().written, total);
    }
}

#[test]
fn the_control_path_is_neither_recorded_nor_counted() {
    for engine in both(&json!({})) {
        get(&engine, "/info");
        settle(&engine);
        let asked =
            |target| serde_json::from_slice::<Value>(body(&get(&engine, target).0)).expect("JSON");
        assert_eq!(asked("/__fake/requests")[0]["path"], "/info");
        let counted = asked("/__fake/connections");
        assert_eq!(
            (&counted["open"], &counted["total"]),
            (&json!(0), &json!(1))
        );
        let scenario = r#"{"default": {"body": "new"}}"#;
        let post = format!(
            "POST /__fake/scenario HTTP/1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{scenario}",
            scenario.len()
        );
        talk(&mut *connect(&engine), post.as_bytes());
        assert_eq!(body(&get(&engine, "/info").0), b"new");
    }
}

#[test]
fn every_scenario_file_is_one() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a file");
        let scenario =
            Scenario::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(!scenario.about.is_empty(), "{}", path.display());
        FakeEngine::start(scenario).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        count += 1;
    }
    assert!(count > 40, "{count} scenario files");
}
