//! How a request shows that a change of meaning touches it: one rule per change.

use serde_json::Value;

use super::ApiVersion;
use super::call::{Call, is_yes, member};

/// On which side of the change a request is touched.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// At versions that have it.
    New,
    /// At versions that do not have it yet.
    Old,
    /// At all: who moves between versions gets something else.
    Both,
}

pub(super) struct Rule {
    pub(super) id: &'static str,
    pub(super) side: Side,
    pub(super) matches: fn(&Call<'_>) -> bool,
}

const fn rule(id: &'static str, side: Side, matches: fn(&Call<'_>) -> bool) -> Rule {
    Rule { id, side, matches }
}

const CREATE: &str = "POST /containers/create";
const UPDATE: &str = "POST /containers/{}/update";

/// Every rule, by the version of its change.
pub(super) static RULES: &[Rule] = &[
    rule("1.24-containers-removed", Side::New, |call| {
        call.key() == "POST /containers/{}/start" && call.has_body()
    }),
    rule("1.24-containers-removed-2", Side::New, |call| {
        call.key().is_empty()
            && call.path.starts_with("/containers/")
            && call.path.ends_with("/copy")
    }),
    rule("1.25-containers-validation", Side::New, |call| {
        let policy = call
            .text("HostConfig.RestartPolicy.Name")
            .unwrap_or_default();
        call.key() == CREATE
            && call.body("HostConfig.AutoRemove") == Some(&Value::Bool(true))
            && !matches!(policy, "" | "no")
    }),
    rule("1.29-networks-semantics", Side::New, |call| {
        call.key() == "DELETE /networks/{}" && call.path.ends_with("/ingress")
    }),
    rule("1.29-services-semantics", Side::Old, |call| {
        call.key() == "GET /services/{}/logs"
    }),
    rule("1.30-wait-semantics", Side::Old, |call| {
        is_wait(call) && call.query("condition").is_some()
    }),
    rule("1.32-containers-semantics", Side::Old, |call| {
        call.key() == CREATE
            && matches!(
                call.text("HostConfig.IpcMode"),
                Some("private" | "shareable" | "none")
            )
    }),
    rule("1.34-wait-format", Side::Old, |call| {
        is_wait(call) && call.query("condition") == Some("removed")
    }),
    rule("1.37-ports-semantics", Side::Old, |call| {
        let mut ports = call
            .entries("ExposedPorts")
            .chain(call.entries("HostConfig.PortBindings"));
        call.key() == CREATE && ports.any(|(port, _)| port.ends_with("/sctp"))
    }),
    rule("1.39-session-semantics", Side::Old, |call| {
        call.key() == "POST /session"
    }),
    rule("1.40-containers-default", Side::New, |call| {
        call.key() == CREATE
            && call
                .text("HostConfig.IpcMode")
                .is_some_and(|mode| mode.starts_with("container:"))
    }),
    rule("1.40-ping-semantics", Side::Old, |call| {
        call.key() == "HEAD /_ping"
    }),
    rule("1.40-containers-semantics", Side::Both, |call| {
        call.key() == UPDATE && call.body("PidsLimit").is_some()
    }),
    rule("1.41-containers-status", Side::New, |call| {
        call.key() == CREATE
            && call
                .query("platform")
                .is_some_and(|value| !value.is_empty())
    }),
    rule("1.41-images-removed", Side::New, |call| {
        call.key() == "GET /images/json" && call.query("filter").is_some()
    }),
    rule("1.41-containers-removed", Side::New, |call| {
        call.key() == CREATE && call.body("HostConfig.Capabilities").is_some()
    }),
    rule("1.41-services-semantics", Side::Old, |call| {
        is_service(call)
            && (call.body("Mode.ReplicatedJob").is_some() || call.body("Mode.GlobalJob").is_some())
    }),
    rule("1.41-stats-semantics", Side::New, |call| {
        call.key() == "GET /containers/{}/stats" && call.says_yes("one-shot")
    }),
    rule("1.42-volumes-default", Side::Both, |call| {
        let all = call
            .filter("all")
            .is_some_and(|values| values.iter().any(|value| is_yes(value)));
        call.key() == "POST /volumes/prune" && !all
    }),
    rule("1.42-containers-validation", Side::Both, |call| {
        call.key() == CREATE
            && call
                .list("HostConfig.Mounts")
                .iter()
                .any(has_foreign_options)
    }),
    rule("1.42-containers-removed", Side::New, |call| {
        call.body(limit(call, "HostConfig.KernelMemory", "KernelMemory"))
            .is_some()
    }),
    rule("1.42-containers-semantics", Side::Old, |call| {
        call.key() == CREATE && call.body("HostConfig.ConsoleSize").is_some()
    }),
    rule("1.42-attach-semantics", Side::Both, |call| {
        call.key() == "GET /containers/{}/attach/ws"
            && ["stdin", "stdout", "stderr"]
                .iter()
                .any(|name| call.query(name).is_none())
    }),
    rule("1.42-wait-status", Side::Both, |call| {
        is_wait(call)
            && call
                .query("condition")
                .is_some_and(|name| !matches!(name, "" | "not-running" | "next-exit" | "removed"))
    }),
    rule("1.44-containers-default", Side::Both, |call| {
        call.key() == CREATE && has_read_only_bind(call)
    }),
    rule("1.44-containers-validation", Side::Old, |call| {
        call.key() == CREATE && call.entries("NetworkingConfig.EndpointsConfig").count() > 1
    }),
    rule("1.44-networks-status", Side::New, |call| {
        call.key() == "POST /networks/create" && call.body("CheckDuplicate").is_some()
    }),
    rule("1.44-containers-semantics", Side::Old, |call| {
        call.key() == CREATE && endpoints_have_mac(call)
    }),
    rule("1.44-services-removed", Side::New, |call| {
        is_service(call) && call.body("Networks").is_some()
    }),
    rule("1.44-search-semantics", Side::New, |call| {
        call.key() == "GET /images/search" && call.filter("is-automated").is_some()
    }),
    rule("1.44-mounts-validation", Side::Old, |call| {
        any_mount(call, "BindOptions.ReadOnlyForceRecursive")
    }),
    rule("1.45-mounts-validation", Side::Old, |call| {
        any_mount(call, "VolumeOptions.Subpath")
    }),
    rule("1.46-containers-semantics", Side::New, |call| {
        call.version < ApiVersion::v1(48) && has_interface_sysctl(call)
    }),
    rule(
        "1.48-containers-validation",
        Side::New,
        has_interface_sysctl,
    ),
    rule("1.48-build-deprecated", Side::New, |call| {
        call.key() == "POST /build/prune" && call.query("keep-storage").is_some()
    }),
    rule("1.48-containers-validation-2", Side::Old, |call| {
        call.key() == CREATE
            && call
                .list("HostConfig.Mounts")
                .iter()
                .any(|mount| kind(mount) == "image")
    }),
    rule("1.48-images-default", Side::New, |call| {
        is_save_or_load(call) && call.query("platform").is_none()
    }),
    rule("1.52-containers-removed-2", Side::New, |call| {
        call.key() == CREATE && call.body("MacAddress").is_some()
    }),
    rule("1.52-events-removed", Side::New, |call| {
        call.key() == "GET /events"
    }),
    rule("1.52-events-format", Side::New, |call| {
        call.key() == "GET /events" && !call.has_header("Accept")
    }),
    rule("1.52-containers-deprecated", Side::New, |call| {
        call.key() == CREATE
            && call
                .entries("HostConfig.PortBindings")
                .any(|(_, list)| list.as_array().is_some_and(Vec::is_empty))
    }),
    rule("1.52-containers-removed-3", Side::New, |call| {
        call.body(limit(call, "HostConfig.KernelMemoryTCP", "KernelMemoryTCP"))
            .is_some()
    }),
    rule("1.52-images-validation", Side::Old, |call| {
        is_save_or_load(call) && call.count("platform") > 1
    }),
    rule("1.53-session-deprecated", Side::New, |call| {
        matches!(call.key(), "POST /session" | "POST /grpc")
    }),
    rule("1.54-networks-semantics", Side::Old, |call| {
        call.key() == "POST /networks/{}/connect"
            && call
                .text("EndpointConfig.MacAddress")
                .is_some_and(|mac| !mac.is_empty())
    }),
    rule("1.55-containers-semantics", Side::Both, |call| {
        call.key() == UPDATE && BLKIO.iter().any(|name| call.body(name).is_some())
    }),
];

const BLKIO: [&str; 5] = [
    "BlkioWeightDevice",
    "BlkioDeviceReadBps",
    "BlkioDeviceWriteBps",
    "BlkioDeviceReadIOps",
    "BlkioDeviceWriteIOps",
];

fn is_wait(call: &Call<'_>) -> bool {
    call.key() == "POST /containers/{}/wait"
}

fn is_service(call: &Call<'_>) -> bool {
    matches!(
        call.key(),
        "POST /services/create" | "POST /services/{}/update"
    )
}

fn is_save_or_load(call: &Call<'_>) -> bool {
    matches!(
        call.key(),
        "GET /images/get" | "GET /images/{}/get" | "POST /images/load"
    )
}

/// Where create and update keep a limit; a path that nothing has for other operations.
fn limit(call: &Call<'_>, in_create: &'static str, in_update: &'static str) -> &'static str {
    match call.key() {
        CREATE => in_create,
        UPDATE => in_update,
        _ => "-",
    }
}

fn kind(mount: &Value) -> &str {
    member(mount, "Type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Options that belong to another type of mount.
fn has_foreign_options(mount: &Value) -> bool {
    let options = [
        ("BindOptions", "bind"),
        ("VolumeOptions", "volume"),
        ("TmpfsOptions", "tmpfs"),
    ];
    options
        .iter()
        .any(|(name, owner)| member(mount, name).is_some() && kind(mount) != *owner)
}

/// A read-only bind that does not say how it wants what is mounted below it.
fn has_read_only_bind(call: &Call<'_>) -> bool {
    let binds = call
        .list("HostConfig.Binds")
        .iter()
        .filter_map(Value::as_str);
    let in_binds = binds
        .filter_map(bind_mode)
        .any(|mode| mode.split(',').any(|word| word == "ro"));
    let in_mounts = call.list("HostConfig.Mounts").iter().any(|mount| {
        let read_only = member(mount, "ReadOnly") == Some(&Value::Bool(true));
        let said = [
            "NonRecursive",
            "ReadOnlyNonRecursive",
            "ReadOnlyForceRecursive",
        ];
        kind(mount) == "bind"
            && read_only
            && !said
                .iter()
                .any(|name| member(mount, &format!("BindOptions.{name}")).is_some())
    });
    in_binds || in_mounts
}

/// The options of `/host:/container:options`; volumes by name have none of this.
fn bind_mode(bind: &str) -> Option<&str> {
    let (rest, mode) = bind.rsplit_once(':')?;
    let is_path = rest.starts_with('/') || rest.get(1..3).is_some_and(|drive| drive == ":\\");
    (is_path && !mode.contains(['/', '\\'])).then_some(mode)
}

fn endpoints_have_mac(call: &Call<'_>) -> bool {
    call.entries("NetworkingConfig.EndpointsConfig")
        .any(|(_, endpoint)| member(endpoint, "MacAddress").is_some_and(|mac| mac != ""))
}

fn any_mount(call: &Call<'_>, part: &str) -> bool {
    let path = match call.key() {
        CREATE => "HostConfig.Mounts",
        _ if is_service(call) => "TaskTemplate.ContainerSpec.Mounts",
        _ => return false,
    };
    call.list(path)
        .iter()
        .any(|mount| member(mount, part).is_some_and(|value| *value != Value::Bool(false)))
}

fn has_interface_sysctl(call: &Call<'_>) -> bool {
    call.key() == CREATE
        && call
            .entries("HostConfig.Sysctls")
            .any(|(name, _)| name.starts_with("net.") && name.contains(".eth0."))
}
