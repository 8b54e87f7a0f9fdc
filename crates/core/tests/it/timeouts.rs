//! Every phase has its limit, and the error names the phase. No test measures time: a limit either fires or it does not.

use std::time::Duration;

use dockline::{
    Body, Bytes, Endpoint, Engine, EngineConfig, Error, ErrorKind, Method, Phase, Request,
    Timeouts, Upgrade, VersionMode,
};
use serde_json::json;

use super::support::{View, client, drain, fakes, open_connections, scenario, soon};

/// A limit that is meant to fire, and one that is not.
const SHORT: Option<Duration> = Some(Duration::from_millis(60));
const LONG: Option<Duration> = Some(Duration::from_secs(30));

fn limits(phase: Phase) -> Timeouts {
    let mut limits = Timeouts {
        connect: LONG,
        first_byte: LONG,
        idle: LONG,
        total: None,
    };
    match phase {
        Phase::Connect => limits.connect = SHORT,
        Phase::FirstByte => limits.first_byte = SHORT,
        Phase::Idle => limits.idle = SHORT,
        Phase::Total => limits.total = SHORT,
    }
    limits
}

fn expect_phase(error: &Error, phase: Phase) {
    assert_eq!(
        (error.kind(), error.phase()),
        (ErrorKind::Timeout, Some(phase.as_str())),
        "{error:?}"
    );
}

#[derive(Debug, Clone, Copy)]
enum Verb {
    Call,
    Stream,
    Upgrade,
}

async fn run(engine: &Engine, verb: Verb, request: Request) -> Result<(), Error> {
    soon(async {
        match verb {
            Verb::Call => engine.call(request).await.map(drop),
            Verb::Stream => {
                let stream = engine.stream(request).await?;
                drain(stream, View::Chunk).await.error.map_or(Ok(()), Err)
            }
            Verb::Upgrade => match engine.upgrade(request).await? {
                Upgrade::Refused(_) => Ok(()),
                Upgrade::Switched(duplex) => {
                    let (stream, _writer) = duplex.split();
                    drain(stream, View::Chunk).await.error.map_or(Ok(()), Err)
                }
            },
        }
    })
    .await
}

const VERBS: [Verb; 3] = [Verb::Call, Verb::Stream, Verb::Upgrade];

#[tokio::test]
async fn an_engine_that_never_answers() {
    let wedges = [
        json!({"accept": {"how": "stall"}}),
        json!({"default": {"faults": {"cut": {"after": 0, "in": "head", "how": "stall"}}}}),
        json!({"default": {"body": "x", "faults": {"cut": {"after": 20, "in": "head", "how": "stall"}}}}),
    ];
    for wedge in wedges {
        for fake in fakes(&wedge) {
            let engine = client(&fake);
            for verb in VERBS {
                for phase in [Phase::FirstByte, Phase::Total] {
                    let request = Request::post("/containers/x/attach").timeouts(limits(phase));
                    let error = run(&engine, verb, request).await.expect_err("a timeout");
                    expect_phase(&error, phase);
                }
            }
            open_connections(&fake, |open| open == 0).await;
        }
    }
}

#[tokio::test]
async fn a_body_that_stalls() {
    let cut = json!({"after": 4, "how": "stall"});
    for reply in [
        json!({"body": "0123456789", "faults": {"cut": cut}}),
        json!({"body": "0123456789", "framing": "chunked", "faults": {"cut": cut}}),
        json!({"body": "0123456789", "framing": "eof", "faults": {"cut": cut}}),
    ] {
        for fake in fakes(&json!({"default": reply})) {
            let engine = client(&fake);
            for verb in [Verb::Call, Verb::Stream] {
                let request = Request::get("/x").timeouts(limits(Phase::Idle));
                let error = run(&engine, verb, request).await.expect_err("a timeout");
                expect_phase(&error, Phase::Idle);
            }
            let request = Request::get("/x").timeouts(limits(Phase::Total));
            let error = run(&engine, Verb::Call, request)
                .await
                .expect_err("a timeout");
            expect_phase(&error, Phase::Total);
            open_connections(&fake, |open| open == 0).await;
        }
    }
}

#[tokio::test]
async fn an_upgraded_connection_that_stalls() {
    for fake in fakes(&json!({"default": {"body": "0123456789", "upgrade": true}})) {
        let engine = client(&fake);
        let request = Request::post("/containers/x/attach").timeouts(limits(Phase::Idle));
        let error = run(&engine, Verb::Upgrade, request)
            .await
            .expect_err("a timeout");
        expect_phase(&error, Phase::Idle);
        open_connections(&fake, |open| open == 0).await;
    }
}

/// A drip keeps an idle limit content for ever; the total limit of a call ends it.
#[tokio::test]
async fn a_drip() {
    for framing in ["length", "chunked"] {
        let drip = json!({"drip": {"bytes": 1, "ms": 5}});
        for fake in fakes(
            &json!({"default": {"body": "0123456789012345678901234", "framing": framing, "faults": drip}}),
        ) {
            let engine = client(&fake);
            let patient = Timeouts {
                idle: LONG,
                ..Timeouts::default()
            };
            for verb in [Verb::Call, Verb::Stream] {
                run(&engine, verb, Request::get("/x").timeouts(patient))
                    .await
                    .expect("a slow answer is an answer");
            }
            let slower = json!({"default": {"body": "0123456789", "framing": framing, "faults": {"drip": {"bytes": 1, "ms": 40}}}});
            fake.play(scenario(slower)).expect("plays");
            let request = Request::get("/x").timeouts(limits(Phase::Total));
            let error = run(&engine, Verb::Call, request)
                .await
                .expect_err("a timeout");
            expect_phase(&error, Phase::Total);
        }
    }
}

/// A stream's total limit ends with its head: a log that is followed for days does not run into it.
#[tokio::test]
async fn a_stream_outlives_its_total_limit() {
    let drip = json!({"drip": {"bytes": 1, "ms": 150}});
    for fake in fakes(
        &json!({"default": {"body": "0123456789", "framing": "chunked", "chunk_size": 1, "faults": drip}}),
    ) {
        let engine = client(&fake);
        let brief = Timeouts {
            total: Some(Duration::from_secs(1)),
            ..Timeouts::default()
        };
        run(&engine, Verb::Stream, Request::get("/x").timeouts(brief))
            .await
            .expect("the whole stream");
    }
}

/// An upload nobody reads runs into the first-byte limit once sending makes no progress.
#[tokio::test]
async fn an_upload_that_is_never_read() {
    let scenario = json!({"default": {"faults": {"request_body": "early", "cut": {"after": 0, "in": "head", "how": "stall"}}}});
    for fake in fakes(&scenario) {
        let engine = client(&fake);
        for verb in [Verb::Call, Verb::Stream] {
            for phase in [Phase::FirstByte, Phase::Total] {
                let body = Body::Bytes(Bytes::from(vec![0; 32 << 20]));
                let request = Request::new(Method::PUT, "/containers/x/archive")
                    .body(body)
                    .timeouts(limits(phase));
                let error = run(&engine, verb, request).await.expect_err("a timeout");
                expect_phase(&error, phase);
            }
        }
        if fake.url().starts_with("unix") {
            // On TCP the kernel holds what was sent, and the end behind it, until the engine reads.
            open_connections(&fake, |open| open == 0).await;
        }
    }
}

/// A listener whose backlog is full: connecting does not come to an end.
#[tokio::test]
async fn connecting_to_a_full_backlog() {
    use socket2::{Domain, Socket, Type};
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    listener.bind(&any.into()).expect("bind");
    listener.listen(0).expect("listen");
    let address = listener
        .local_addr()
        .expect("an address")
        .as_socket()
        .expect("TCP");
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.set_nonblocking(true).expect("non-blocking");
        drop(socket.connect(&address.into()));
        waiting.push(socket);
    }
    let mut config =
        EngineConfig::new(Endpoint::explicit(&format!("tcp://{address}")).expect("an endpoint"));
    config.version = VersionMode::Unprefixed;
    let engine = Engine::new(config).expect("a client");
    for verb in VERBS {
        for phase in [Phase::Connect, Phase::Total] {
            let error = run(&engine, verb, Request::get("/x").timeouts(limits(phase)))
                .await
                .expect_err("a timeout");
            assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
            assert_eq!(error.phase(), Some(phase.as_str()));
        }
    }
}

/// The engine's limits hold for requests that name none.
#[tokio::test]
async fn limits_of_the_configuration() {
    for fake in fakes(&json!({"accept": {"how": "stall"}})) {
        let mut config = super::support::config(&fake);
        config.timeouts = limits(Phase::FirstByte);
        let engine = Engine::new(config).expect("a client");
        let error = run(&engine, Verb::Call, Request::get("/x"))
            .await
            .expect_err("a timeout");
        expect_phase(&error, Phase::FirstByte);
        assert_eq!(error.endpoint(), Some(fake.url().as_str()));
    }
}
