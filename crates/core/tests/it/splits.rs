//! However an answer is cut into reads, the result is the same; and the vectors, each cut in every way.

use dockline::{ErrorKind, Request};
use serde_json::{Value, json};

use super::support::{Outcome, VIEWS, View, client, fake, fetch, scenario, unhex, vectors};

fn hex(bytes: &[u8]) -> Value {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({"hex": digits.concat()})
}

/// The ways one body is sent.
fn ways(bytes: &[u8]) -> Vec<Value> {
    let body = hex(bytes);
    let mut ways = vec![
        json!({"body": body, "framing": "eof"}),
        json!({"body": body, "framing": "length"}),
        json!({"body": body, "framing": "chunked"}),
        json!({"body": body, "framing": "chunked", "chunk_size": 1}),
        json!({"body": body, "framing": "chunked", "chunk_size": 3}),
        json!({"body": body, "framing": "eof", "faults": {"split": {"every": 1, "in": "head"}}}),
        json!({"body": body, "framing": "chunked", "chunk_size": 2, "faults": {"split": {"every": 1}}}),
    ];
    for at in 1..bytes.len().min(40) {
        ways.push(json!({"body": body, "framing": "eof", "faults": {"split": {"at": [at]}}}));
        let (start, end) = bytes.split_at(at);
        ways.push(json!({"body": [hex(start), hex(end)], "framing": "chunked"}));
    }
    ways
}

fn payload(frames: &[Vec<u8>]) -> Vec<u8> {
    frames
        .iter()
        .flat_map(|frame| &frame[1..])
        .copied()
        .collect()
}

fn check_end(case: &Value, way: &Value, outcome: &Outcome) {
    let name = &case["name"];
    let kind = outcome.kind().map_or("clean", ErrorKind::as_str);
    assert_eq!(
        kind, case["end"],
        "{name} sent as {way}: {:?}",
        outcome.error
    );
    if let (Some(message), Some(error)) = (case["message"].as_str(), &outcome.error) {
        assert_eq!(
            error.engine_message(),
            Some(message),
            "{name} sent as {way}"
        );
    }
}

#[tokio::test]
async fn frames() {
    let fake = fake(json!({}));
    let engine = client(&fake);
    for case in vectors("frames/frames") {
        let expected: Vec<Vec<u8>> = case["frames"]
            .as_array()
            .expect("frames")
            .iter()
            .map(|frame| {
                let kind = u8::try_from(frame[0].as_u64().expect("a type")).expect("a type");
                [vec![kind], unhex(&frame[1])].concat()
            })
            .collect();
        for way in ways(&unhex(&case["input_hex"])) {
            fake.play(scenario(json!({"default": way}))).expect("plays");
            let outcome = fetch(&engine, Request::get("/x"), View::Frames).await;
            let name = &case["name"];
            if case["end"] == "truncated" {
                // The frame that was cut may be left out; every whole one came.
                let whole = expected.split_last().map_or(&[][..], |(_, whole)| whole);
                let (got, all) = (payload(&outcome.items), payload(&expected));
                assert!(all.starts_with(&got), "{name} sent as {way}: {got:?}");
                assert!(
                    got.starts_with(&payload(whole)),
                    "{name} sent as {way}: {got:?}"
                );
            } else {
                assert_eq!(outcome.items, expected, "{name} sent as {way}");
            }
            check_end(&case, &way, &outcome);
        }
    }
}

#[tokio::test]
async fn values() {
    let fake = fake(json!({}));
    let engine = client(&fake);
    for case in vectors("json_lines/values") {
        for way in ways(&unhex(&case["input_hex"])) {
            fake.play(scenario(json!({"default": way}))).expect("plays");
            let outcome = fetch(&engine, Request::get("/x"), View::Values).await;
            let got: Vec<&str> = outcome
                .items
                .iter()
                .map(|item| std::str::from_utf8(item).expect("UTF-8"))
                .collect();
            assert_eq!(json!(got), case["values"], "{} sent as {way}", case["name"]);
            check_end(&case, &way, &outcome);
        }
    }
}

#[tokio::test]
async fn lines() {
    let fake = fake(json!({}));
    let engine = client(&fake);
    let cases: [(&str, &[&str]); 6] = [
        ("", &[]),
        ("a", &["a"]),
        ("a\nb\n", &["a", "b"]),
        ("a\n\nb", &["a", "", "b"]),
        ("\n", &[""]),
        ("long line with text\nx\n", &["long line with text", "x"]),
    ];
    for (text, expected) in cases {
        for way in ways(text.as_bytes()) {
            fake.play(scenario(json!({"default": way}))).expect("plays");
            let outcome = fetch(&engine, Request::get("/x"), View::Lines).await;
            let got: Vec<&str> = outcome
                .items
                .iter()
                .map(|item| std::str::from_utf8(item).expect("UTF-8"))
                .collect();
            assert_eq!(
                (outcome.kind(), got.as_slice()),
                (None, expected),
                "{text:?} sent as {way}"
            );
        }
    }
}

/// The views without items give the bytes whatever the way; `call` does, too.
#[tokio::test]
async fn bytes() {
    let fake = fake(json!({}));
    let engine = client(&fake);
    let bytes: Vec<u8> = (0..=255).collect();
    for way in ways(&bytes) {
        fake.play(scenario(json!({"default": way}))).expect("plays");
        for view in VIEWS {
            if matches!(view, View::Frames | View::Lines | View::Values) {
                continue;
            }
            let outcome = fetch(&engine, Request::get("/x"), view).await;
            assert_eq!(
                (outcome.kind(), outcome.bytes()),
                (None, bytes.clone()),
                "{view:?} {way}"
            );
        }
        let reply = engine.call(Request::get("/x")).await.expect("an answer");
        assert_eq!(reply.body, bytes, "{way}");
    }
}

/// HTTP chunks come out as the engine wrote them, however they arrive.
#[tokio::test]
async fn http_chunks_keep_their_boundaries() {
    let fake = fake(json!({}));
    let engine = client(&fake);
    for split in [
        json!({}),
        json!({"split": {"every": 1}}),
        json!({"split": {"every": 5}}),
    ] {
        let body = json!(["one", "x", "and a longer one"]);
        let reply = json!({"default": {"body": body, "framing": "chunked", "faults": split}});
        fake.play(scenario(reply)).expect("plays");
        let mut stream = engine.stream(Request::get("/x")).await.expect("an answer");
        let mut chunks = Vec::new();
        while let Some(chunk) = stream.http_chunk().await.expect("a chunk") {
            chunks.push(String::from_utf8_lossy(&chunk).into_owned());
        }
        assert_eq!(json!(chunks), body, "{split}");

        let mut stream = engine.stream(Request::get("/x")).await.expect("an answer");
        let mut copied = Vec::new();
        while let Some((buffer, ends)) = stream
            .chunks_into(|| Vec::with_capacity(8))
            .await
            .expect("chunks")
        {
            let mut at = 0;
            for end in ends {
                copied.push(String::from_utf8_lossy(&buffer[at..end]).into_owned());
                at = end;
            }
        }
        assert_eq!(json!(copied), body, "{split}");
    }
}

/// Chunk extensions and trailers are allowed and mean nothing.
#[tokio::test]
async fn chunk_extensions_and_trailers() {
    let body = "5;a=b\r\nhello\r\n3 ; c\r\n yo\r\n0\r\nX-Trailer: 1\r\n\r\n";
    let head = json!({"Transfer-Encoding": "chunked"});
    let fake = fake(json!({"default": {"framing": "eof", "headers": head, "body": body}}));
    let engine = client(&fake);
    for view in [
        View::Chunk,
        View::HttpChunk,
        View::BytesInto,
        View::ChunksInto,
        View::Read,
        View::Collect,
    ] {
        let outcome = fetch(&engine, Request::get("/x"), view).await;
        assert_eq!(
            (outcome.kind(), outcome.bytes()),
            (None, b"hello yo".to_vec()),
            "{view:?}"
        );
    }
    assert_eq!(
        engine
            .call(Request::get("/x"))
            .await
            .expect("an answer")
            .body,
        "hello yo"
    );
}
