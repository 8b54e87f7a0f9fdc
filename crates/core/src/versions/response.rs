//! Fields a caller would look for in an answer, and why they are not there.

use super::check::{Bound, bound};
use super::finding::{Finding, FindingKind, Location};
use super::touched::{by_id, finding};
use super::{ApiVersion, BEHAVIOURS, Origin};
use crate::endpoint::{self, Entry, Row, at, find_exact};

/// Why `version` may not send a field of an operation's answer. `field` is its path, such as `NetworkSettings.IPAddress`.
///
/// `None` when nothing is known to have happened to it. Top-level fields that only the reference knows about are approximate.
#[must_use]
pub fn response_field(
    method: &str,
    path: &str,
    version: ApiVersion,
    field: &str,
) -> Option<Finding> {
    let (row, prefix) = endpoint::find(method, path)?;
    let version = prefix.unwrap_or(version);
    let gone = GONE
        .iter()
        .find(|(key, fields, _)| *key == row.key && fields.contains(&field));
    if let Some((_, _, id)) = gone {
        let behaviour = by_id(id)?;
        let in_force = matches!(behaviour.origin, Origin::Api(since) if version >= since);
        return in_force.then(|| finding(behaviour, Location::Response, field));
    }
    let entry = find_exact(row.response, field)?;
    let (kind, minor) = match bound(entry, version)? {
        Bound::Since(minor) => (FindingKind::Since, minor),
        Bound::Removed(minor) => (FindingKind::Removed, minor),
    };
    let mut finding = Finding::new(kind, Location::Response, field);
    finding.version = Some(at(minor));
    Some(finding)
}

/// The fields of an operation's answer that some version lacks.
#[must_use]
pub fn response_fields(method: &str, path: &str) -> Vec<&'static str> {
    let Some((row, _)) = endpoint::find(method, path) else {
        return Vec::new();
    };
    let gone = GONE
        .iter()
        .filter(|(key, _, _)| *key == row.key)
        .flat_map(|(_, fields, _)| fields.iter().copied());
    gone.chain(row.response.iter().map(|entry: &Entry| entry.name))
        .collect()
}

/// The operations whose answers have such a field in some versions only.
#[must_use]
pub fn operations_with(field: &str) -> Vec<&'static Row> {
    let has = |row: &&Row| {
        let gone = GONE
            .iter()
            .any(|(key, fields, _)| *key == row.key && fields.contains(&field));
        gone || find_exact(row.response, field)
            .is_some_and(|entry| entry.since != 0 || entry.removed != 0)
    };
    endpoint::rows().filter(has).collect()
}

/// What changed about versions themselves for a client that speaks `version`: default minimums of newer engines that refuse it.
#[must_use]
pub fn refused_by_default(version: ApiVersion) -> Vec<Finding> {
    let minimum = |release: &str| super::engine_row(release).map(|row| row.min_api);
    let refuses = |origin: Origin| matches!(origin, Origin::Engine(release) if minimum(release).is_some_and(|minimum| version < minimum));
    BEHAVIOURS
        .iter()
        .filter(|behaviour| refuses(behaviour.origin))
        .map(|behaviour| finding(behaviour, Location::Operation, "the API version"))
        .collect()
}

const INSPECT: &str = "GET /containers/{}/json";
const IMAGE: &str = "GET /images/{}/json";

type Gone = (&'static str, &'static [&'static str], &'static str);

static GONE: &[Gone] = &[
    (
        INSPECT,
        &[
            "NetworkSettings.Bridge",
            "NetworkSettings.EndpointID",
            "NetworkSettings.Gateway",
            "NetworkSettings.GlobalIPv6Address",
            "NetworkSettings.GlobalIPv6PrefixLen",
            "NetworkSettings.HairpinMode",
            "NetworkSettings.IPAddress",
            "NetworkSettings.IPPrefixLen",
            "NetworkSettings.IPv6Gateway",
            "NetworkSettings.LinkLocalIPv6Address",
            "NetworkSettings.LinkLocalIPv6PrefixLen",
            "NetworkSettings.MacAddress",
            "NetworkSettings.SecondaryIPAddresses",
            "NetworkSettings.SecondaryIPv6Addresses",
        ],
        "1.52-containers-removed",
    ),
    (INSPECT, &["Config.MacAddress"], "1.52-containers-removed-2"),
    (
        INSPECT,
        &["HostConfig.KernelMemory"],
        "1.42-containers-removed",
    ),
    (
        INSPECT,
        &["HostConfig.KernelMemoryTCP"],
        "1.52-containers-removed-3",
    ),
    (
        "GET /events",
        &["from", "id", "status"],
        "1.52-events-removed",
    ),
    ("GET /images/json", &["VirtualSize"], "1.44-images-removed"),
    (IMAGE, &["VirtualSize"], "1.44-images-removed"),
    (IMAGE, &["Created"], "1.44-images-format"),
    (
        IMAGE,
        &["Container", "ContainerConfig"],
        "1.45-images-removed",
    ),
    (
        IMAGE,
        &[
            "Config.AttachStderr",
            "Config.AttachStdin",
            "Config.AttachStdout",
            "Config.Domainname",
            "Config.Hostname",
            "Config.Image",
            "Config.OpenStdin",
            "Config.StdinOnce",
            "Config.Tty",
        ],
        "1.50-images-removed",
    ),
    (
        IMAGE,
        &["Author", "Comment", "DockerVersion", "Parent"],
        "1.52-images-format",
    ),
    (
        "GET /info",
        &["ClusterAdvertise", "ClusterStore", "SystemStatus"],
        "1.41-info-removed",
    ),
    (
        "GET /info",
        &["BridgeNfIp6tables", "BridgeNfIptables"],
        "1.50-info-removed",
    ),
    (
        "GET /info",
        &["KernelMemoryTCP"],
        "1.52-containers-removed-3",
    ),
    ("GET /networks", &["Containers"], "1.28-networks-semantics"),
    ("GET /system/df", &["BuilderSize"], "1.42-system-removed"),
    (
        "GET /system/df",
        &[
            "BuildCache",
            "Containers",
            "Images",
            "LayersSize",
            "Volumes",
        ],
        "1.52-system-format",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn id(version: u16, path: &str, field: &str) -> Option<&'static str> {
        response_field("GET", path, ApiVersion::v1(version), field)?
            .behaviour
            .map(|behaviour| behaviour.id)
    }

    #[test]
    fn every_row_of_the_list_exists() {
        for (key, fields, behaviour) in GONE {
            assert!(endpoint::by_key(key).is_some(), "{key}");
            assert!(by_id(behaviour).is_some(), "{behaviour}");
            assert!(fields.is_sorted() && !fields.is_empty(), "{key}");
        }
    }

    #[test]
    fn what_is_gone_is_named() {
        assert_eq!(
            id(52, "/containers/abc/json", "NetworkSettings.IPAddress"),
            Some("1.52-containers-removed")
        );
        assert_eq!(
            id(51, "/containers/abc/json", "NetworkSettings.IPAddress"),
            None
        );
        assert_eq!(
            id(51, "/v1.52/events", "status"),
            Some("1.52-events-removed")
        );
        assert_eq!(
            id(45, "/images/a/b/json", "ContainerConfig"),
            Some("1.45-images-removed")
        );
        assert_eq!(id(45, "/nowhere", "status"), None);
    }

    #[test]
    fn the_reference_knows_the_rest() {
        let missing = response_field(
            "GET",
            "/containers/json",
            ApiVersion::v1(47),
            "ImageManifestDescriptor",
        );
        let missing = missing.map(|finding| (finding.kind, finding.location, finding.version));
        assert_eq!(
            missing,
            Some((
                FindingKind::Since,
                Location::Response,
                Some(ApiVersion::v1(48))
            ))
        );
        assert_eq!(
            response_field(
                "GET",
                "/containers/json",
                ApiVersion::v1(48),
                "ImageManifestDescriptor"
            ),
            None
        );
        assert!(
            response_fields("GET", "/containers/abc/json").contains(&"NetworkSettings.IPAddress")
        );
    }

    #[test]
    fn default_minimums() {
        let ids = |minor| {
            refused_by_default(ApiVersion::v1(minor))
                .iter()
                .filter_map(|finding| finding.behaviour)
                .map(|behaviour| behaviour.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(43), ["engine-29.0-all-negotiation"]);
        assert_eq!(
            ids(39),
            ["engine-29.0-all-negotiation", "engine-29.3-all-negotiation"]
        );
        assert!(ids(44).is_empty());
        assert_eq!(ids(20).len(), 3);
    }
}
