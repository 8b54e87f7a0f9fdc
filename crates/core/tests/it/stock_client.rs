//! The same questions asked through hyper's own client over hyperlocal: what we read below hyper is what a stock client reads.

use dockline::Request;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyperlocal::UnixClientExt;
use serde_json::json;

use super::support::{client, fake, soon};

type Answer = (u16, Vec<(String, String)>, Vec<u8>);

async fn stock(socket: &std::path::Path, target: &str) -> Answer {
    let client: Client<_, Empty<bytes::Bytes>> = Client::unix();
    let answer = soon(client.get(hyperlocal::Uri::new(socket, target).into()))
        .await
        .expect("an answer");
    let (head, body) = answer.into_parts();
    let headers = head.headers.iter().map(|(name, value)| {
        let value = value.to_str().expect("text").to_owned();
        (name.as_str().to_owned(), value)
    });
    let body = soon(body.collect()).await.expect("a body").to_bytes();
    (head.status.as_u16(), sorted(headers), body.to_vec())
}

fn sorted(headers: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    headers.sort();
    headers
}

#[tokio::test]
async fn answers_are_the_same() {
    let line = "0123456789".repeat(8);
    let bodies = [
        json!({"json": {"a": [1, null, "ü"]}}),
        json!("plain text"),
        json!(""),
        json!({"frames": [[1, line], [2, "errors"], [1, "x".repeat(100_000)]]}),
    ];
    for body in bodies {
        for framing in ["length", "chunked", "eof"] {
            let fake = fake(json!({"default": {"body": body, "framing": framing}}));
            let fake_engine::Address::Unix(socket) = fake.address().clone() else {
                unreachable!("a fake engine on a unix socket");
            };
            let expected = stock(&socket, "/containers/c/logs?stdout=1").await;
            let engine = client(&fake);
            let request = || Request::get("/containers/c/logs?stdout=1");
            let reply = soon(engine.call(request())).await.expect("an answer");
            let whole = (
                reply.status,
                sorted(reply.headers.into_iter()),
                reply.body.to_vec(),
            );
            assert_eq!(whole, expected);
            let stream = soon(engine.stream(request())).await.expect("an answer");
            let head = stream.head();
            let (status, headers) = (head.status, sorted(head.headers.clone().into_iter()));
            let body = soon(stream.collect(1 << 20)).await.expect("a body");
            assert_eq!((status, headers, body.to_vec()), expected);
        }
    }
}
