//! What the modules share: an engine that plays a scenario, a client of it, and the ways to drain a stream.

use std::future::Future;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use dockline::{
    Bytes, Endpoint, Engine, EngineConfig, Error, ErrorKind, Reactor, Request, Sockets, Stream,
    VersionMode,
};
use fake_engine::{FakeEngine, Scenario};
use rustix::event::{PollFd, PollFlags, poll};
use serde_json::Value;

/// A test that takes so long hangs. A net, never a measurement.
const NET: Duration = Duration::from_secs(60);

/// The future's result, or a failed test when it hangs.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(NET, future)
        .await
        .expect("this must settle, and hangs")
}

/// An engine on a unix socket.
pub(crate) fn fake(scenario: Value) -> FakeEngine {
    FakeEngine::start(self::scenario(scenario)).expect("a fake engine")
}

/// One on each transport.
pub(crate) fn fakes(scenario: &Value) -> [FakeEngine; 2] {
    let tcp = FakeEngine::start_tcp(self::scenario(scenario.clone()));
    [fake(scenario.clone()), tcp.expect("a fake engine")]
}

pub(crate) fn scenario(scenario: Value) -> Scenario {
    Scenario::from_json(scenario).expect("a scenario")
}

/// A scenario file by its name.
pub(crate) fn scenario_file(name: &str) -> Scenario {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fake_engine/scenarios"
    );
    let text = std::fs::read_to_string(format!("{folder}/{name}.json")).expect("a scenario file");
    Scenario::parse(&text).expect("a scenario")
}

/// A file of vectors.
pub(crate) fn vectors(name: &str) -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors");
    let text = std::fs::read_to_string(format!("{folder}/{name}.json")).expect("a vector file");
    serde_json::from_str(&text).expect("an array of cases")
}

pub(crate) fn unhex(text: &Value) -> Vec<u8> {
    let text = text.as_str().expect("hex");
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hex"))
        .collect()
}

/// The configuration of a client that sends paths as they are (dockerode's way): nothing but the request under test.
pub(crate) fn config(fake: &FakeEngine) -> EngineConfig {
    let endpoint = Endpoint::explicit(&fake.url()).expect("an endpoint");
    let mut config = EngineConfig::new(endpoint);
    config.version = VersionMode::Unprefixed;
    if env!("CARGO_CRATE_NAME") == "it_hosted" {
        config.sockets = Sockets::Reactor(Arc::clone(&REACTOR));
    }
    config
}

/// Waited for by a thread that stands for a program's event loop.
static REACTOR: LazyLock<Arc<Reactor>> = LazyLock::new(|| {
    let reactor = Arc::new(Reactor::new().expect("a poller"));
    let turned = Arc::clone(&reactor);
    std::thread::spawn(move || {
        loop {
            let mut wanted = [PollFd::new(&turned, PollFlags::IN)];
            poll(&mut wanted, None).expect("poll");
            turned.turn().expect("a turn");
        }
    });
    reactor
});

pub(crate) fn client(fake: &FakeEngine) -> Engine {
    Engine::new(config(fake)).expect("a client")
}

/// A client that negotiates.
pub(crate) fn negotiating(fake: &FakeEngine) -> Engine {
    let mut config = config(fake);
    config.version = VersionMode::Negotiate;
    Engine::new(config).expect("a client")
}

/// Waits until so many connections are open.
pub(crate) async fn open_connections(fake: &FakeEngine, wanted: impl Fn(u64) -> bool) {
    soon(async {
        while !wanted(fake.connections().open) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

/// Waits until so many requests have arrived.
pub(crate) async fn arrived(fake: &FakeEngine, count: usize) {
    soon(async {
        while fake.requests().len() < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

/// The ways to read a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    Chunk,
    HttpChunk,
    /// `bytes_into`, with little room.
    BytesInto,
    /// `chunks_into`, with little room.
    ChunksInto,
    Read,
    Frames,
    Lines,
    Values,
    Collect,
}

pub(crate) const VIEWS: [View; 9] = [
    View::Chunk,
    View::HttpChunk,
    View::BytesInto,
    View::ChunksInto,
    View::Read,
    View::Frames,
    View::Lines,
    View::Values,
    View::Collect,
];

/// What came out of a stream, and how it ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The items; for the views without items one that holds all bytes. A frame starts with its type.
    pub(crate) items: Vec<Vec<u8>>,
    /// Nothing for a clean end.
    pub(crate) error: Option<Error>,
}

impl Outcome {
    pub(crate) fn kind(&self) -> Option<ErrorKind> {
        self.error.as_ref().map(Error::kind)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.items.concat()
    }
}

/// Reads a stream to its end.
pub(crate) async fn drain(mut stream: Stream, view: View) -> Outcome {
    let mut items = Vec::new();
    if view == View::Collect {
        return match stream.collect(1 << 24).await {
            Ok(bytes) => Outcome {
                items: vec![bytes.to_vec()],
                error: None,
            },
            Err(error) => Outcome {
                items,
                error: Some(error),
            },
        };
    }
    let error = drain_into(&mut stream, view, &mut items).await.err();
    Outcome { items, error }
}

/// Reads until the end; what came before an error stays in `items`.
pub(crate) async fn drain_into(
    stream: &mut Stream,
    view: View,
    items: &mut Vec<Vec<u8>>,
) -> Result<(), Error> {
    match view {
        View::Frames => {
            while let Some(frames) = stream.frames().await? {
                assert!(!frames.is_empty(), "a batch has at least one frame");
                for frame in frames {
                    assert!(!frame.data.is_empty(), "empty frames are skipped");
                    assert!(frame.data.len() <= 256 * 1024, "a piece is bounded");
                    items.push([&[frame.kind as u8], &frame.data[..]].concat());
                }
            }
        }
        View::Lines => {
            while let Some(lines) = stream.lines().await? {
                assert!(!lines.is_empty(), "a batch has at least one line");
                items.extend(lines.iter().map(|line| line.to_vec()));
            }
        }
        View::Values => {
            while let Some(values) = stream.values().await? {
                assert!(!values.is_empty(), "a batch has at least one value");
                items.extend(values.iter().map(|value| value.to_vec()));
            }
        }
        _ => {
            drain_bytes(stream, view, items).await?;
        }
    }
    Ok(())
}

/// Less than most bodies: they come in several buffers.
fn room() -> Vec<u8> {
    Vec::with_capacity(64)
}

async fn drain_bytes(
    stream: &mut Stream,
    view: View,
    items: &mut Vec<Vec<u8>>,
) -> Result<(), Error> {
    items.push(Vec::new());
    loop {
        let piece = match view {
            View::Read => Some(stream.read(7).await?).filter(|bytes| !bytes.is_empty()),
            View::HttpChunk => stream.http_chunk().await?,
            View::BytesInto => stream.bytes_into(room).await?.map(Bytes::from),
            View::ChunksInto => stream.chunks_into(room).await?.map(|(buffer, ends)| {
                assert_eq!(
                    ends.last(),
                    Some(&buffer.len()),
                    "the last chunk ends with the buffer"
                );
                assert!(ends.is_sorted(), "chunks end one after another");
                Bytes::from(buffer)
            }),
            _ => stream.chunk().await?,
        };
        let Some(piece) = piece else { return Ok(()) };
        assert!(!piece.is_empty(), "a piece has at least one byte");
        assert!(piece.len() <= 256 * 1024, "a piece is bounded");
        items[0].extend_from_slice(&piece);
    }
}

/// Sends a request and drains the answer. Errors before the body count as the stream's.
pub(crate) async fn fetch(engine: &Engine, request: Request, view: View) -> Outcome {
    soon(async {
        match engine.stream(request).await {
            Ok(stream) => drain(stream, view).await,
            Err(error) => Outcome {
                items: Vec::new(),
                error: Some(error),
            },
        }
    })
    .await
}
