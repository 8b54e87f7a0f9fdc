//! How a request shows that a change of meaning touches it: one rule per change.

use serde_json::Value;

use super::ApiVersion;
use super::call::is_yes;
use super::recognise::{
    BLKIO, LOST_BY_SERVICES, any_mount, endpoints_have_mac, has_foreign_options,
    has_interface_sysctl, has_read_only_bind, is_filled, kind, limit,
};
use super::rule::{CREATE, LIMITS, MOUNTS, Rule, SAVE_OR_LOAD, SERVICE, Side, UPDATE, WAIT, rule};

/// Every rule, by the version of its change.
pub(super) static RULES: &[Rule] = &[
    rule(
        "engine-23.0-services-semantics",
        Side::Both,
        SERVICE,
        &[
            "createmountpoint",
            "readonlynonrecursive",
            "readonlyforcerecursive",
        ],
        |call| LOST_BY_SERVICES.iter().any(|part| any_mount(call, part)),
    ),
    rule(
        "1.24-containers-removed",
        Side::New,
        &["POST /containers/{}/start"],
        &[],
        |call| call.body("").is_some_and(is_filled),
    ),
    rule("1.24-containers-removed-2", Side::New, &[], &[], |call| {
        call.path.starts_with("/containers/") && call.path.ends_with("/copy")
    }),
    rule(
        "1.25-containers-validation",
        Side::New,
        CREATE,
        &["autoremove"],
        |call| {
            let policy = call
                .text("HostConfig.RestartPolicy.Name")
                .unwrap_or_default();
            call.body("HostConfig.AutoRemove") == Some(&Value::Bool(true))
                && !matches!(policy, "" | "no")
        },
    ),
    rule(
        "1.29-networks-semantics",
        Side::New,
        &["DELETE /networks/{}"],
        &[],
        |call| call.path.ends_with("/ingress"),
    ),
    rule(
        "1.29-services-semantics",
        Side::Old,
        &["GET /services/{}/logs"],
        &[],
        |_| true,
    ),
    rule("1.30-wait-semantics", Side::Old, WAIT, &[], |call| {
        call.query("condition").is_some()
    }),
    rule(
        "1.32-containers-semantics",
        Side::Old,
        CREATE,
        &["ipcmode"],
        |call| {
            matches!(
                call.text("HostConfig.IpcMode"),
                Some("private" | "shareable" | "none")
            )
        },
    ),
    rule("1.34-wait-format", Side::Old, WAIT, &[], |call| {
        call.query("condition") == Some("removed")
    }),
    rule(
        "1.37-ports-semantics",
        Side::Old,
        CREATE,
        &["/sctp"],
        |call| {
            let mut ports = call
                .entries("ExposedPorts")
                .chain(call.entries("HostConfig.PortBindings"));
            ports.any(|(port, _)| port.ends_with("/sctp"))
        },
    ),
    rule(
        "1.39-session-semantics",
        Side::Old,
        &["POST /session"],
        &[],
        |_| true,
    ),
    rule(
        "1.40-containers-default",
        Side::New,
        CREATE,
        &["ipcmode"],
        |call| {
            call.text("HostConfig.IpcMode")
                .is_some_and(|mode| mode.starts_with("container:"))
        },
    ),
    rule(
        "1.40-ping-semantics",
        Side::Old,
        &["HEAD /_ping"],
        &[],
        |_| true,
    ),
    rule(
        "1.40-containers-semantics",
        Side::Both,
        UPDATE,
        &["pidslimit"],
        |call| call.body("PidsLimit").is_some(),
    ),
    rule("1.41-containers-status", Side::New, CREATE, &[], |call| {
        call.query("platform")
            .is_some_and(|value| !value.is_empty())
    }),
    rule(
        "1.41-images-removed",
        Side::New,
        &["GET /images/json"],
        &[],
        |call| call.query("filter").is_some(),
    ),
    rule(
        "1.41-containers-removed",
        Side::New,
        CREATE,
        &["capabilities"],
        |call| call.body("HostConfig.Capabilities").is_some(),
    ),
    rule(
        "1.41-services-semantics",
        Side::Old,
        SERVICE,
        &["replicatedjob", "globaljob"],
        |call| call.body("Mode.ReplicatedJob").is_some() || call.body("Mode.GlobalJob").is_some(),
    ),
    rule(
        "1.41-stats-semantics",
        Side::New,
        &["GET /containers/{}/stats"],
        &[],
        |call| call.says_yes("one-shot"),
    ),
    rule(
        "1.42-volumes-default",
        Side::Both,
        &["POST /volumes/prune"],
        &[],
        |call| {
            let all = call
                .filter("all")
                .is_some_and(|values| values.iter().any(|value| is_yes(value)));
            !all
        },
    ),
    rule(
        "1.42-containers-validation",
        Side::Both,
        CREATE,
        &["bindoptions", "volumeoptions", "tmpfsoptions"],
        |call| {
            call.list("HostConfig.Mounts")
                .iter()
                .any(has_foreign_options)
        },
    ),
    rule(
        "1.42-containers-removed",
        Side::New,
        LIMITS,
        &["kernelmemory"],
        |call| {
            call.body(limit(call, "HostConfig.KernelMemory", "KernelMemory"))
                .is_some()
        },
    ),
    rule(
        "1.42-containers-semantics",
        Side::Old,
        CREATE,
        &["consolesize"],
        |call| call.body("HostConfig.ConsoleSize").is_some(),
    ),
    rule(
        "1.42-attach-semantics",
        Side::Both,
        &["GET /containers/{}/attach/ws"],
        &[],
        |call| {
            ["stdin", "stdout", "stderr"]
                .iter()
                .any(|name| call.query(name).is_none())
        },
    ),
    rule("1.42-wait-status", Side::Both, WAIT, &[], |call| {
        call.query("condition")
            .is_some_and(|name| !matches!(name, "" | "not-running" | "next-exit" | "removed"))
    }),
    rule(
        "1.44-containers-default",
        Side::Both,
        CREATE,
        &[":ro", ",ro", "readonly"],
        has_read_only_bind,
    ),
    rule(
        "1.44-containers-validation",
        Side::Old,
        CREATE,
        &["endpointsconfig"],
        |call| call.entries("NetworkingConfig.EndpointsConfig").count() > 1,
    ),
    rule(
        "1.44-networks-status",
        Side::New,
        &["POST /networks/create"],
        &["checkduplicate"],
        |call| call.body("CheckDuplicate").is_some(),
    ),
    rule(
        "1.44-containers-semantics",
        Side::Old,
        CREATE,
        &[r#"macaddress":""#, r#"macaddress": ""#],
        endpoints_have_mac,
    ),
    rule(
        "1.44-services-removed",
        Side::New,
        SERVICE,
        &["networks"],
        |call| call.body("Networks").is_some(),
    ),
    rule(
        "1.44-search-semantics",
        Side::New,
        &["GET /images/search"],
        &[],
        |call| call.filter("is-automated").is_some(),
    ),
    rule(
        "1.44-mounts-validation",
        Side::Old,
        MOUNTS,
        &["readonlyforcerecursive"],
        |call| any_mount(call, "BindOptions.ReadOnlyForceRecursive"),
    ),
    rule(
        "1.45-mounts-validation",
        Side::Old,
        MOUNTS,
        &["subpath"],
        |call| any_mount(call, "VolumeOptions.Subpath"),
    ),
    rule(
        "1.46-containers-semantics",
        Side::New,
        CREATE,
        &[".eth0."],
        |call| call.version < ApiVersion::v1(48) && has_interface_sysctl(call),
    ),
    rule(
        "1.48-containers-validation",
        Side::New,
        CREATE,
        &[".eth0."],
        has_interface_sysctl,
    ),
    rule(
        "1.48-build-deprecated",
        Side::New,
        &["POST /build/prune"],
        &[],
        |call| call.query("keep-storage").is_some(),
    ),
    rule(
        "1.48-containers-validation-2",
        Side::Old,
        CREATE,
        &["\"image\""],
        |call| {
            call.list("HostConfig.Mounts")
                .iter()
                .any(|mount| kind(mount) == "image")
        },
    ),
    rule(
        "1.48-images-default",
        Side::New,
        SAVE_OR_LOAD,
        &[],
        |call| call.query("platform").is_none(),
    ),
    rule(
        "1.52-containers-removed-2",
        Side::New,
        CREATE,
        &[r#"macaddress":""#, r#"macaddress": ""#],
        |call| call.body("MacAddress").is_some(),
    ),
    rule(
        "1.52-events-removed",
        Side::New,
        &["GET /events"],
        &[],
        |_| true,
    ),
    rule(
        "1.52-events-format",
        Side::New,
        &["GET /events"],
        &[],
        |call| !call.has_header("Accept"),
    ),
    rule(
        "1.52-containers-deprecated",
        Side::New,
        CREATE,
        &["[]", "[ ]"],
        |call| {
            call.entries("HostConfig.PortBindings")
                .any(|(_, list)| list.as_array().is_some_and(Vec::is_empty))
        },
    ),
    rule(
        "1.52-containers-removed-3",
        Side::New,
        LIMITS,
        &["kernelmemorytcp"],
        |call| {
            call.body(limit(call, "HostConfig.KernelMemoryTCP", "KernelMemoryTCP"))
                .is_some()
        },
    ),
    rule(
        "1.52-images-validation",
        Side::Old,
        SAVE_OR_LOAD,
        &[],
        |call| call.count("platform") > 1,
    ),
    rule(
        "1.53-session-deprecated",
        Side::New,
        &["POST /session", "POST /grpc"],
        &[],
        |_| true,
    ),
    rule(
        "1.54-networks-semantics",
        Side::Old,
        &["POST /networks/{}/connect"],
        &[r#"macaddress":""#, r#"macaddress": ""#],
        |call| {
            call.text("EndpointConfig.MacAddress")
                .is_some_and(|mac| !mac.is_empty())
        },
    ),
    rule(
        "1.55-containers-semantics",
        Side::Both,
        UPDATE,
        &["blkioweightdevice", "blkiodevice"],
        |call| BLKIO.iter().any(|name| call.body(name).is_some()),
    ),
];
