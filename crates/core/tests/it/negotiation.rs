//! Versions: asked once, capped both ways, pinned, refused with a reason, and known again after the engine changed.

use dockline::{ApiVersion, Endpoint, Engine, EngineConfig, ErrorKind, Request, VersionMode};
use fake_engine::{FakeEngine, Scenario};
use serde_json::{Value, json};

use super::support::{config, fake, fakes, negotiating, scenario, scenario_file, soon};

fn identity(max: &str, min: &str) -> Value {
    json!({"engine": {"version": "1.2.3", "api_version": max, "min_api_version": min}, "default": {"body": {"json": {}}}})
}

fn version(text: &str) -> ApiVersion {
    text.parse().expect("a version")
}

fn paths(fake: &FakeEngine) -> Vec<String> {
    fake.requests()
        .into_iter()
        .map(|record| format!("{} {}", record.method, record.target))
        .collect()
}

fn pinned(fake: &FakeEngine, pin: &str) -> Engine {
    let mut config = config(fake);
    config.version = VersionMode::Pin {
        version: version(pin),
        source: "DOCKER_API_VERSION".to_owned(),
    };
    Engine::new(config).expect("a client")
}

#[tokio::test]
async fn capped_both_ways() {
    let newest = ApiVersion::NEWEST.to_string();
    for (max, min, expected) in [
        ("1.41", "1.12", "1.41"),
        ("1.51", "1.24", "1.51"),
        ("1.24", "1.12", "1.24"),
        ("1.99", "1.24", newest.as_str()),
        ("2.3", "1.24", newest.as_str()),
        ("1.99", newest.as_str(), newest.as_str()),
    ] {
        for fake in fakes(&identity(max, min)) {
            let engine = negotiating(&fake);
            assert!(
                engine.negotiation().is_none(),
                "nothing is known without asking"
            );
            let known = soon(engine.negotiate()).await.expect("a version");
            assert_eq!(known.version, version(expected), "engine {min} to {max}");
            assert_eq!(known.engine_max, Some(version(max)));
            soon(engine.call(Request::get("/info")))
                .await
                .expect("an answer");
            let last = paths(&fake).pop().expect("a request");
            assert_eq!(last, format!("GET /v{expected}/info"));
        }
    }
}

#[tokio::test]
async fn asked_once() {
    for fake in fakes(&identity("1.41", "1.12")) {
        let engine = negotiating(&fake);
        assert!(fake.requests().is_empty(), "construction asks nothing");
        let calls: Vec<_> = (0..10)
            .map(|_| {
                let engine = engine.clone();
                tokio::spawn(async move {
                    engine
                        .call(Request::get("/info"))
                        .await
                        .map(|reply| reply.status)
                })
            })
            .collect();
        for call in calls {
            assert_eq!(soon(call).await.expect("no panic").expect("an answer"), 200);
        }
        let pings = paths(&fake)
            .iter()
            .filter(|path| path.contains("_ping"))
            .count();
        assert_eq!(
            pings,
            1,
            "ten calls at once share one question: {:?}",
            paths(&fake)
        );
        assert!(
            fake.requests()
                .iter()
                .any(|record| record.version.as_deref() == Some("1.41"))
        );
    }
}

/// A proxy strips the headers of the ping: `/version` knows.
#[tokio::test]
async fn a_ping_without_headers() {
    let fake = FakeEngine::start(scenario_file("ping_without_headers")).expect("a fake engine");
    let known = soon(negotiating(&fake).negotiate())
        .await
        .expect("a version");
    assert_eq!(
        (known.version, known.engine_max),
        (version("1.41"), Some(version("1.41")))
    );
    assert_eq!(known.engine_min, Some(version("1.12")));
    assert_eq!(known.engine_release.as_deref(), Some("20.10.24"));
}

/// The two sides share no version: refused before anything is sent, and both ranges are named.
#[tokio::test]
async fn no_version_in_common() {
    for (max, min) in [("1.99", "1.90"), ("1.23", "1.12")] {
        let fake = fake(identity(max, min));
        let engine = negotiating(&fake);
        let error = soon(engine.call(Request::get("/info")))
            .await
            .expect_err("nothing in common");
        assert_eq!(error.kind(), ErrorKind::VersionOutOfRange, "{error:?}");
        let text = error.to_string();
        for part in [max, &ApiVersion::NEWEST.to_string()] {
            assert!(text.contains(part), "{text} does not name {part}");
        }
        assert!(!paths(&fake).iter().any(|path| path.contains("/info")));
    }
}

#[tokio::test]
async fn pins() {
    for (pin, allowed) in [
        ("1.30", true),
        ("1.41", true),
        ("1.12", true),
        ("1.42", false),
        ("1.11", false),
    ] {
        let fake = fake(identity("1.41", "1.12"));
        let engine = pinned(&fake, pin);
        let outcome = soon(engine.call(Request::get("/info"))).await;
        if allowed {
            outcome.unwrap_or_else(|error| panic!("{pin}: {error:?}"));
            assert_eq!(paths(&fake).pop(), Some(format!("GET /v{pin}/info")));
        } else {
            let error = outcome.expect_err("outside the engine's range");
            assert_eq!(error.kind(), ErrorKind::VersionOutOfRange);
            let text = error.to_string();
            for part in [pin, "1.12", "1.41", "DOCKER_API_VERSION"] {
                assert!(text.contains(part), "{text} does not name {part}");
            }
            assert!(
                !paths(&fake).iter().any(|path| path.contains("/info")),
                "nothing was sent"
            );
        }
    }
}

/// A target that carries a prefix is sent as it is.
#[tokio::test]
async fn prefixed_targets() {
    let fake = fake(identity("1.41", "1.12"));
    let engine = negotiating(&fake);
    soon(engine.call(Request::get("/v1.30/info")))
        .await
        .expect("an answer");
    assert_eq!(paths(&fake).pop().as_deref(), Some("GET /v1.30/info"));
}

#[tokio::test]
async fn all_verbs_have_the_prefix() {
    let fake = fake(identity("1.41", "1.12"));
    let engine = negotiating(&fake);
    drop(soon(engine.stream(Request::get("/containers/x/logs"))).await);
    drop(soon(engine.upgrade(Request::post("/containers/x/attach"))).await);
    let paths = paths(&fake);
    assert!(
        paths.contains(&"GET /v1.41/containers/x/logs".to_owned()),
        "{paths:?}"
    );
    assert!(
        paths.contains(&"POST /v1.41/containers/x/attach".to_owned()),
        "{paths:?}"
    );
}

/// What a binding has learned itself is not asked again.
#[tokio::test]
async fn learned() {
    let fake = fake(identity("1.41", "1.12"));
    let engine = negotiating(&fake);
    engine.learn(
        Some("28.0.0".to_owned()),
        version("1.40"),
        Some(version("1.24")),
    );
    let known = engine.negotiation().expect("what was told");
    assert_eq!(
        (known.version, known.engine_min),
        (version("1.40"), Some(version("1.24")))
    );
    soon(engine.call(Request::get("/info")))
        .await
        .expect("an answer");
    assert_eq!(paths(&fake), ["GET /v1.40/info"]);
}

/// A failed question is asked again, and the error is the real one.
#[tokio::test]
async fn a_question_that_fails() {
    let fake = FakeEngine::start(scenario_file("ping_fails")).expect("a fake engine");
    let engine = negotiating(&fake);
    let error = soon(engine.call(Request::get("/info")))
        .await
        .expect_err("no version");
    assert!(
        error.to_string().contains("the engine is starting"),
        "{error}"
    );
    fake.play(scenario(identity("1.41", "1.12")))
        .expect("plays");
    soon(engine.call(Request::get("/info")))
        .await
        .expect("an answer");
    assert_eq!(paths(&fake).pop().as_deref(), Some("GET /v1.41/info"));
}

/// The engine dies while it is asked.
#[tokio::test]
async fn a_question_that_is_cut() {
    for how in ["fin", "reset"] {
        let cut = json!({"cut": {"after": 30, "in": "head", "how": how}});
        for fake in fakes(
            &json!({"default": {"body": "x"}, "routes": [{"path": "/_ping", "reply": {"body": "OK", "faults": cut}}]}),
        ) {
            let error = soon(negotiating(&fake).call(Request::get("/info")))
                .await
                .expect_err("lost");
            assert!(
                matches!(
                    error.kind(),
                    ErrorKind::Truncated | ErrorKind::ConnectionLost
                ),
                "{error:?}"
            );
        }
    }
}

/// The engine is upgraded, then downgraded, under a living client: no request goes out with a version it does not serve
/// more than once.
#[tokio::test]
async fn the_engine_changes_under_a_living_client() {
    let old: Scenario = scenario(identity("1.41", "1.12"));
    let fake = FakeEngine::start(old).expect("a fake engine");
    let address = fake.address().clone();
    let engine = negotiating(&fake);
    soon(engine.call(Request::get("/info")))
        .await
        .expect("an answer");
    fake.stop();
    let mut new = identity("1.40", "1.24");
    new["routes"] = json!([{"path": "/info", "version": "1.41", "reply": {"status": 400, "body": {"json": {"message":
        "client version 1.41 is too new. Maximum supported API version is 1.40"}}}}]);
    let fake = FakeEngine::start_at(&address, scenario(new)).expect("the same address");
    let mut last = 0;
    for _ in 0..3 {
        last = soon(engine.call(Request::get("/info")))
            .await
            .expect("an answer")
            .status;
    }
    assert_eq!(last, 200, "{:?}", paths(&fake));
}

/// Construction does no I/O: an engine that is not there is no error before the first call.
#[tokio::test]
async fn an_engine_that_is_not_there() {
    let endpoint = Endpoint::explicit("unix:///nonexistent/docker.sock").expect("an endpoint");
    let engine = Engine::new(EngineConfig::new(endpoint)).expect("a client");
    let error = soon(engine.call(Request::get("/info")))
        .await
        .expect_err("nobody there");
    assert_eq!(error.kind(), ErrorKind::DaemonNotFound);
    assert!(
        error.to_string().contains("/nonexistent/docker.sock"),
        "{error}"
    );
}

#[tokio::test]
async fn every_answer_says_which_engine_it_is() {
    let says = |release: &str, max: &str| {
        json!({"default": {"body": {"json": {}},
            "headers": {"Server": format!("Docker/{release} (linux)"), "Api-Version": max}}})
    };
    let fake = fake(says("20.10.24", "1.41"));
    let engine = pinned(&fake, "1.40");
    soon(engine.call(Request::get("/v1.40/info").as_is()))
        .await
        .expect("an answer");
    let known = engine.negotiation().expect("what the answer said");
    assert_eq!(known.engine_release.as_deref(), Some("20.10.24"));
    assert_eq!(known.engine_max, Some(version("1.41")));
    assert_eq!(known.version, version("1.40"));
    assert_eq!(
        paths(&fake),
        ["GET /_ping", "GET /version", "GET /v1.40/info"],
        "the pin was proven once"
    );
    fake.play(scenario(says("28.5.2", "1.51")))
        .expect("another engine");
    soon(engine.call(Request::get("/v1.40/info").as_is()))
        .await
        .expect("an answer");
    let known = engine.negotiation().expect("what the answer said");
    assert_eq!(known.engine_release.as_deref(), Some("28.5.2"));
    assert_eq!(known.engine_max, Some(version("1.51")));
    assert_eq!(known.version, version("1.40"), "the spoken version stays");
}

#[tokio::test]
async fn a_survey_tells_what_does_not_fit() {
    for fake in fakes(&identity("1.41", "1.12")) {
        let engine = pinned(&fake, "1.50");
        let seen = soon(engine.survey()).await.expect("a survey");
        assert_eq!(seen.engine_max, Some(version("1.41")));
        assert_eq!(seen.engine_min, Some(version("1.12")));
        let text = seen.to_string();
        assert!(
            text.contains("API 1.50") && text.contains("pinned by DOCKER_API_VERSION"),
            "{text}"
        );
        assert!(engine.negotiation().is_none());
        let engine = negotiating(&fake);
        let seen = soon(engine.survey()).await.expect("a survey");
        assert_eq!(engine.negotiation(), Some(seen));
    }
}
