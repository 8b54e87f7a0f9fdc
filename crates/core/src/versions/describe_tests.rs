//! What findings say.

use super::describe::*;
use super::{ApiVersion, Finding, behaviours, check, examine};
use crate::endpoint::Gate;

fn context(negotiated: u16, why: Why, release: Option<&str>) -> Context {
    Context {
        negotiated: ApiVersion::v1(negotiated),
        why,
        engine_release: release.map(str::to_owned),
        engine_max: None,
    }
}

fn of_body(path: &str, body: &str, context: &Context) -> (Effect, String) {
    let findings = examine(
        "POST",
        path,
        context.negotiated,
        &[],
        &[],
        Some(body.as_bytes()),
    );
    (
        effect(&findings[0], context),
        describe(&findings[0], context),
    )
}

#[test]
fn an_older_engine_ignores() {
    let context = context(42, Why::Engine, Some("23.0.6"));
    let (effect, text) = of_body(
        "/containers/create",
        r#"{"HostConfig":{"Annotations":{}}}"#,
        &context,
    );
    assert_eq!(effect, Effect::Ignored);
    assert_eq!(
        text,
        "`HostConfig.Annotations` needs API 1.43 (Engine 24.0.0); API 1.42 is spoken, the newest Engine 23.0.6 serves. The engine ignores it \
         without a word. Leave it out, or use Engine 24.0.0 or newer: Engine 23.0.6 serves up to API 1.42."
    );
}

#[test]
fn a_newer_engine_does_what_its_gate_says() {
    let pin = context(
        42,
        Why::Pinned("DOCKER_API_VERSION".to_owned()),
        Some("28.5.2"),
    );
    let (effect, text) = of_body(
        "/containers/create",
        r#"{"HostConfig":{"Annotations":{}}}"#,
        &pin,
    );
    assert_eq!(effect, Effect::Stripped);
    assert!(text.ends_with("Leave it out, or raise the version pinned by DOCKER_API_VERSION to 1.43: Engine 28.5.2 serves up to 1.51."), "{text}");
    let body = r#"{"HostConfig":{"Mounts":[{"Type":"volume","VolumeOptions":{"Subpath":"x"}}]}}"#;
    assert_eq!(
        of_body("/containers/create", body, &pin).0,
        Effect::Rejected
    );
    let body = r#"{"HostConfig":{"CgroupnsMode":"host"}}"#;
    assert_eq!(
        of_body(
            "/containers/create",
            body,
            &context(40, Why::Path, Some("28.5.2"))
        )
        .0,
        Effect::Read
    );
    let body = r#"{"HostConfig":{"Mounts":[{"Type":"image"}]}}"#;
    assert_eq!(
        of_body(
            "/containers/create",
            body,
            &context(47, Why::Client, Some("28.5.2"))
        )
        .0,
        Effect::Rejected
    );
    assert_eq!(
        of_body(
            "/containers/create",
            body,
            &context(47, Why::Client, Some("27.5.0"))
        )
        .0,
        Effect::Rejected
    );
}

#[test]
fn an_unknown_engine_is_not_guessed() {
    let context = context(44, Why::Pinned("the version argument".to_owned()), None);
    let body = r#"{"HostConfig":{"Mounts":[{"VolumeOptions":{"Subpath":"x"}}]}}"#;
    let (effect, text) = of_body("/containers/create", body, &context);
    assert_eq!(effect, Effect::Depends(Gate::Reject));
    assert!(
        text.contains(
            "An engine older than Engine 26.0.0 ignores it; a newer one answers 400 at this version."
        ),
        "{text}"
    );
}

#[test]
fn what_is_gone_names_what_replaced_it() {
    let (effect, text) = of_body(
        "/containers/create",
        r#"{"HostConfig":{"KernelMemory":1}}"#,
        &context(45, Why::Engine, Some("26.1.5")),
    );
    assert_eq!(effect, Effect::Ignored);
    assert!(
        text.starts_with("`HostConfig.KernelMemory` is gone since API 1.42 (Engine 23.0.0)")
            && text.contains("Use `Memory`"),
        "{text}"
    );
    let (effect, text) = of_body(
        "/containers/create",
        r#"{"MacAddress":"x"}"#,
        &context(52, Why::Engine, Some("29.0.0")),
    );
    assert_eq!(effect, Effect::Rejected);
    assert!(
        text.contains("answers 400") && text.contains("EndpointsConfig"),
        "{text}"
    );
    let query = [("keep-storage".to_owned(), "1".to_owned())];
    let findings = check(
        "POST",
        "/build/prune",
        ApiVersion::v1(52),
        &query,
        &[],
        None,
    );
    let spoken = context(52, Why::Unprefixed, None);
    assert_eq!(effect_of(&findings, &spoken), Effect::Read);
    assert!(describe(&findings[0], &spoken).contains("Use `reserved-space`"));
}

fn effect_of(findings: &[Finding], context: &Context) -> Effect {
    effect(&findings[0], context)
}

#[test]
fn operations_filters_and_unknown_names() {
    let old = context(29, Why::Engine, Some("17.05.0"));
    let findings = check("GET", "/configs", old.negotiated, &[], &[], None);
    assert_eq!(effect_of(&findings, &old), Effect::NotFound);
    let query = [("filters".to_owned(), r#"{"scope":["x"]}"#.to_owned())];
    let findings = check("GET", "/events", old.negotiated, &query, &[], None);
    assert_eq!(effect_of(&findings, &old), Effect::FilterRefused);
    assert!(
        describe(&findings[0], &old).starts_with("The filter `scope` needs API 1.30"),
        "{}",
        describe(&findings[0], &old)
    );
    let (effect, text) = of_body("/containers/create", r#"{"Binds":[]}"#, &old);
    assert_eq!(effect, Effect::Ignored);
    assert!(
        text.contains("No API version knows `Binds`")
            && text.ends_with("Did you mean `HostConfig.Binds`?"),
        "{text}"
    );
}

#[test]
fn a_change_of_meaning_says_whether_it_applies() {
    let spoken = context(45, Why::Engine, Some("26.1.5"));
    let findings = behaviours("POST", "/volumes/prune", spoken.negotiated, &[], &[], None);
    let text = describe(&findings[0], &spoken);
    assert!(
        text.starts_with(
            "`POST /volumes/prune` and API 1.42: Volume prune removes only anonymous volumes"
        ),
        "{text}"
    );
    assert!(text.contains("(API 1.45 is spoken, the newest Engine 26.1.5 serves, so this applies.) Pass all explicitly"), "{text}");
}
