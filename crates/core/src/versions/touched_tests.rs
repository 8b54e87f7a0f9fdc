//! Which requests are touched by which changes.

use super::rules::RULES;
use super::touched::MORE;
use super::{ApiVersion, BEHAVIOURS, Origin, behaviour as by_id, behaviours};

fn ids(version: u16, method: &str, path: &str, body: &str) -> Vec<&'static str> {
    let body = (!body.is_empty()).then_some(body.as_bytes());
    let found = behaviours(method, path, ApiVersion::v1(version), &[], &[], body);
    found
        .iter()
        .filter_map(|finding| finding.behaviour)
        .map(|behaviour| behaviour.id)
        .collect()
}

#[test]
fn every_rule_has_its_change_and_the_version_order() {
    let versions: Vec<_> = RULES
        .iter()
        .map(|rule| {
            by_id(rule.id)
                .unwrap_or_else(|| panic!("{}", rule.id))
                .origin
        })
        .collect();
    let minors = versions.iter().map(|origin| {
        if let Origin::Api(version) = origin {
            version.minor
        } else {
            0
        }
    });
    assert!(minors.is_sorted());
}

#[test]
fn operations_and_words_of_the_rules() {
    for rule in RULES {
        for key in rule.keys {
            assert!(crate::endpoint::by_key(key).is_some(), "{key}");
        }
        for word in rule.words {
            assert_eq!(*word, word.to_ascii_lowercase(), "{}", rule.id);
        }
    }
}

#[test]
fn ids_are_unique() {
    let mut ids: Vec<_> = BEHAVIOURS
        .iter()
        .chain(&MORE)
        .map(|behaviour| behaviour.id)
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn volume_prune() {
    let all = "/volumes/prune?filters=%7B%22all%22%3A%7B%22true%22%3Atrue%7D%7D";
    assert_eq!(
        ids(45, "POST", "/volumes/prune", ""),
        ["1.42-volumes-default"]
    );
    assert_eq!(
        ids(41, "POST", "/volumes/prune", ""),
        ["1.42-volumes-default"]
    );
    assert!(ids(45, "POST", all, "").is_empty());
    assert_eq!(
        ids(
            45,
            "POST",
            "/volumes/prune?filters=%7B%22all%22%3A%5B%22false%22%5D%7D",
            ""
        ),
        ["1.42-volumes-default"]
    );
}

#[test]
fn read_only_binds() {
    let body = |binds: &str| format!(r#"{{"HostConfig":{{"Binds":["{binds}"]}}}}"#);
    for (bind, touched) in [
        ("/a:/b:ro", true),
        ("/a:/b:z,ro", true),
        ("C:\\\\a:D:\\\\b:ro", true),
        ("/a:/b", false),
        ("/a:/b:rw", false),
        ("vol:/b:ro", false),
    ] {
        assert_eq!(
            !ids(45, "POST", "/containers/create", &body(bind)).is_empty(),
            touched,
            "{bind}"
        );
    }
    let mount = r#"{"hostconfig":{"mounts":[{"type":"bind","readonly":true,"BindOptions":{}}]}}"#;
    assert_eq!(
        ids(43, "POST", "/containers/create", mount),
        ["1.44-containers-default"]
    );
    let said = r#"{"HostConfig":{"Mounts":[{"Type":"bind","ReadOnly":true,"BindOptions":{"ReadOnlyNonRecursive":false}}]}}"#;
    assert!(ids(44, "POST", "/containers/create", said).is_empty());
}

#[test]
fn creation() {
    let of = |version, body: &str| {
        ids(
            version,
            "POST",
            "/v1.99/containers/create"
                .replace("1.99", &format!("1.{version}"))
                .as_str(),
            body,
        )
    };
    assert_eq!(
        of(
            45,
            r#"{"HostConfig":{"AutoRemove":true,"RestartPolicy":{"Name":"always"}}}"#
        ),
        ["1.25-containers-validation"]
    );
    assert!(
        of(
            45,
            r#"{"HostConfig":{"AutoRemove":true,"RestartPolicy":{"Name":"no"}}}"#
        )
        .is_empty()
    );
    assert!(
        of(
            45,
            r#"{"HostConfig":{"AutoRemove":true,"RestartPolicy":null}}"#
        )
        .is_empty()
    );
    assert_eq!(
        of(45, r#"{"HostConfig":{"KernelMemory":1}}"#),
        ["1.42-containers-removed"]
    );
    assert!(of(41, r#"{"HostConfig":{"KernelMemory":1}}"#).is_empty());
    assert_eq!(
        of(
            43,
            r#"{"NetworkingConfig":{"EndpointsConfig":{"a":{"MacAddress":"x"},"b":{}}}}"#
        ),
        ["1.44-containers-validation", "1.44-containers-semantics"]
    );
    assert_eq!(
        of(
            45,
            r#"{"HostConfig":{"Mounts":[{"Type":"volume","BindOptions":{}}]}}"#
        ),
        ["1.42-containers-validation"]
    );
    assert_eq!(
        of(
            46,
            r#"{"HostConfig":{"Sysctls":{"net.ipv4.conf.eth0.log_martians":"1"}}}"#
        ),
        ["1.46-containers-semantics"]
    );
    assert_eq!(
        of(
            48,
            r#"{"HostConfig":{"Sysctls":{"net.ipv4.conf.eth0.log_martians":"1"}}}"#
        ),
        ["1.48-containers-validation"]
    );
    assert_eq!(
        of(
            52,
            r#"{"MacAddress":"x","HostConfig":{"PortBindings":{"80/tcp":[]}}}"#
        ),
        ["1.52-containers-removed-2", "1.52-containers-deprecated"]
    );
    assert_eq!(
        of(45, r#"{"HostConfig":{"IpcMode":"container:x"}}"#),
        ["1.40-containers-default"]
    );
    assert_eq!(
        of(36, r#"{"ExposedPorts":{"9/sctp":{}}}"#),
        ["1.37-ports-semantics"]
    );
    assert!(of(45, r#"{"Image":"a"}"#).is_empty());
    assert!(of(45, "not json").is_empty());
}

#[test]
fn other_operations() {
    assert_eq!(
        ids(29, "POST", "/containers/a/wait?condition=removed", ""),
        ["1.30-wait-semantics", "1.34-wait-format"]
    );
    assert_eq!(
        ids(42, "POST", "/containers/a/wait?condition=gone", ""),
        ["1.42-wait-status"]
    );
    assert_eq!(
        ids(41, "GET", "/images/json?filter=a", ""),
        ["1.41-images-removed"]
    );
    assert!(ids(40, "GET", "/images/json?filter=a", "").is_empty());
    assert_eq!(
        ids(24, "POST", "/containers/a/start", r#"{"Binds":[]}"#),
        ["1.24-containers-removed"]
    );
    assert!(ids(24, "POST", "/containers/a/start", "{}").is_empty());
    assert_eq!(
        ids(43, "POST", "/containers/a/copy", "{}"),
        ["1.24-containers-removed-2"]
    );
    assert_eq!(
        ids(
            53,
            "POST",
            "/networks/n/connect",
            r#"{"EndpointConfig":{"MacAddress":"x"}}"#
        ),
        ["1.54-networks-semantics"]
    );
    assert_eq!(ids(48, "GET", "/images/a/get", ""), ["1.48-images-default"]);
    assert_eq!(
        ids(50, "GET", "/images/a/get?platform=x&platform=y", ""),
        ["1.52-images-validation"]
    );
    assert_eq!(
        ids(52, "GET", "/events", ""),
        ["1.52-events-removed", "1.52-events-format"]
    );
    assert!(ids(51, "GET", "/events", "").is_empty());
    assert_eq!(
        ids(
            44,
            "POST",
            "/services/create",
            r#"{"Networks":[{"Target":"n"}]}"#
        ),
        ["1.44-services-removed"]
    );
    assert_eq!(
        ids(
            54,
            "POST",
            "/containers/a/update",
            r#"{"BlkioDeviceReadBps":[]}"#
        ),
        ["1.55-containers-semantics"]
    );
    assert_eq!(
        ids(43, "DELETE", "/networks/ingress", ""),
        ["1.29-networks-semantics"]
    );
}

#[test]
fn what_services_lose() {
    let body = |options: &str| {
        format!(
            r#"{{"TaskTemplate":{{"ContainerSpec":{{"Mounts":[{{"Type":"bind","BindOptions":{{{options}}}}}]}}}}}}"#
        )
    };
    for (options, lost) in [
        (r#""ReadOnlyForceRecursive":true"#, true),
        (r#""CreateMountpoint":true"#, true),
        (r#""CreateMountpoint":false"#, false),
        (r#""NonRecursive":true"#, false),
    ] {
        let found = ids(51, "POST", "/services/create", &body(options));
        assert_eq!(!found.is_empty(), lost, "{options}: {found:?}");
    }
}
