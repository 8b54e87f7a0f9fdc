//! A stream that is cut or reset at any byte raises: never a clean end, never a hang, and nothing that was not sent.

use dockline::{ErrorKind, Request};
use serde_json::{Value, json};

use super::support::{VIEWS, View, client, fake, fakes, fetch, scenario, soon};

/// Bodies that every view can read: JSON values, one per line; and frames for the frame view.
fn body(view: View) -> Value {
    if view == View::Frames {
        json!({"frames": [[1, "one\n"], [2, "two\n"], [1, "three\n"]]})
    } else {
        json!({"json_lines": [{"a": 1}, ["two"], "three"]})
    }
}

fn is_broken(kind: Option<ErrorKind>) -> bool {
    matches!(kind, Some(ErrorKind::Truncated | ErrorKind::ConnectionLost))
}

fn reply(view: View, framing: &str, cut: &Value) -> Value {
    json!({"default": {"body": body(view), "framing": framing, "faults": {"cut": cut}}})
}

/// Walks every offset of an answer; stops when the answer came whole.
async fn walk(view: View, framing: &str, how: &str, tcp: bool) {
    let fake = if tcp {
        fakes(&json!({})).into_iter().nth(1)
    } else {
        Some(fake(json!({})))
    };
    let fake = fake.expect("a fake engine");
    let engine = client(&fake);
    fake.play(scenario(
        json!({"default": {"body": body(view), "framing": framing}}),
    ))
    .expect("plays");
    let whole = fetch(&engine, Request::get("/x"), view).await;
    assert_eq!(
        whole.kind(),
        None,
        "{view:?} {framing}: the answer without a cut"
    );
    let all = whole.items;
    for after in 0..1000 {
        let cut = json!({"after": after, "in": "head", "how": how});
        fake.play(scenario(reply(view, framing, &cut)))
            .expect("plays");
        let outcome = fetch(&engine, Request::get("/x"), view).await;
        if outcome.kind().is_none() {
            assert_eq!(outcome.items, all, "{view:?} {framing} {cut}");
            assert!(after > 60, "{view:?} {framing} {cut}: a clean end");
            return;
        }
        assert!(
            is_broken(outcome.kind()),
            "{view:?} {framing} {cut}: {:?}",
            outcome.error
        );
        is_prefix(view, &outcome.items, &all, &cut);
    }
    panic!("{view:?} {framing} {how}: never whole");
}

/// What came before the cut is the beginning of what would have come.
fn is_prefix(view: View, items: &[Vec<u8>], all: &[Vec<u8>], cut: &Value) {
    match view {
        View::Lines | View::Values => assert!(all.starts_with(items), "{view:?} {cut}: {items:?}"),
        View::Frames => {
            let whole: Vec<u8> = all.iter().flat_map(|frame| &frame[1..]).copied().collect();
            let got: Vec<u8> = items
                .iter()
                .flat_map(|frame| &frame[1..])
                .copied()
                .collect();
            assert!(whole.starts_with(&got), "{view:?} {cut}: {items:?}");
        }
        _ => assert!(all.concat().starts_with(&items.concat()), "{view:?} {cut}"),
    }
}

macro_rules! walks {
    ($($name:ident: $framing:literal, $how:literal, $tcp:literal;)+) => {
        $(#[tokio::test]
        async fn $name() {
            for view in VIEWS {
                walk(view, $framing, $how, $tcp).await;
            }
        })+
    };
}

walks! {
    chunked_closed: "chunked", "fin", false;
    chunked_reset: "chunked", "reset", false;
    chunked_closed_tcp: "chunked", "fin", true;
    chunked_reset_tcp: "chunked", "reset", true;
    length_closed: "length", "fin", false;
    length_reset: "length", "reset", false;
    chunked_half_closed: "chunked", "half_close", false;
}

/// `call` over the same cuts.
#[tokio::test]
async fn calls() {
    for framing in ["length", "chunked"] {
        for how in ["fin", "reset", "half_close"] {
            for fake in fakes(&json!({})) {
                let engine = client(&fake);
                for (section, offsets) in [("head", 0..40), ("body", 0..10)] {
                    for after in offsets {
                        let cut = json!({"after": after, "in": section, "how": how});
                        let reply = json!({"default": {"body": {"json": {"a": [1, 2]}}, "framing": framing,
                            "faults": {"cut": cut}}});
                        fake.play(scenario(reply)).expect("plays");
                        let error = soon(engine.call(Request::get("/x"))).await;
                        let kind = error.err().map(|error| error.kind());
                        assert!(is_broken(kind), "{framing} {cut} {fake:?}: {kind:?}");
                    }
                }
            }
        }
    }
}

/// Where the end of the connection is the end of the body, the decoders still know an end inside an item.
#[tokio::test]
async fn without_a_length_the_items_tell() {
    let fake = fake(json!({}));
    let engine = client(&fake);
    let frames: [usize; 4] = [0, 12, 24, 38];
    for after in 0..38 {
        let reply = json!({"default": {"body": body(View::Frames), "framing": "eof", "faults": {"cut": {"after": after}}}});
        fake.play(scenario(reply)).expect("plays");
        let outcome = fetch(&engine, Request::get("/x"), View::Frames).await;
        let expected = if frames.contains(&after) {
            None
        } else {
            Some(ErrorKind::Truncated)
        };
        assert_eq!(outcome.kind(), expected, "frames cut at {after}");
    }
    for (after, clean) in [
        (0, true),
        (3, false),
        (7, true),
        (9, true),
        (12, false),
        (17, true),
    ] {
        let reply = json!({"default": {"body": body(View::Values), "framing": "eof", "faults": {"cut": {"after": after}}}});
        fake.play(scenario(reply)).expect("plays");
        let outcome = fetch(&engine, Request::get("/x"), View::Values).await;
        assert_eq!(
            outcome.kind().is_none(),
            clean,
            "values cut at {after}: {outcome:?}"
        );
        assert!(clean || outcome.kind() == Some(ErrorKind::Truncated));
    }
}

/// A length that lies is found out.
#[tokio::test]
async fn a_length_that_is_too_long() {
    for fake in fakes(&json!({"default": {"body": "0123456789", "faults": {"content_length": 11}}}))
    {
        let engine = client(&fake);
        let error = soon(engine.call(Request::get("/x")))
            .await
            .expect_err("too short");
        assert_eq!(error.kind(), ErrorKind::Truncated);
        for view in [View::Chunk, View::Lines, View::Collect] {
            let outcome = fetch(&engine, Request::get("/x"), view).await;
            assert_eq!(outcome.kind(), Some(ErrorKind::Truncated), "{view:?}");
        }
    }
}
