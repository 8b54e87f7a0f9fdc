//! What the rules look for in a request.

use serde_json::Value;

use super::call::{Call, member};
use super::rule::CREATE;

pub(super) const LOST_BY_SERVICES: [&str; 3] = [
    "BindOptions.CreateMountpoint",
    "BindOptions.ReadOnlyForceRecursive",
    "BindOptions.ReadOnlyNonRecursive",
];

pub(super) const BLKIO: [&str; 5] = [
    "BlkioWeightDevice",
    "BlkioDeviceReadBps",
    "BlkioDeviceWriteBps",
    "BlkioDeviceReadIOps",
    "BlkioDeviceWriteIOps",
];

/// Where create keeps a limit, and where update does.
pub(super) fn limit(
    call: &Call<'_>,
    in_create: &'static str,
    in_update: &'static str,
) -> &'static str {
    if CREATE.contains(&call.key()) {
        in_create
    } else {
        in_update
    }
}

pub(super) fn kind(mount: &Value) -> &str {
    member(mount, "Type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Options that belong to another type of mount.
pub(super) fn has_foreign_options(mount: &Value) -> bool {
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
pub(super) fn has_read_only_bind(call: &Call<'_>) -> bool {
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
pub(super) fn bind_mode(bind: &str) -> Option<&str> {
    let (rest, mode) = bind.rsplit_once(':')?;
    let is_path = rest.starts_with('/') || rest.get(1..3).is_some_and(|drive| drive == ":\\");
    (is_path && !mode.contains(['/', '\\'])).then_some(mode)
}

pub(super) fn endpoints_have_mac(call: &Call<'_>) -> bool {
    call.entries("NetworkingConfig.EndpointsConfig")
        .any(|(_, endpoint)| member(endpoint, "MacAddress").is_some_and(|mac| mac != ""))
}

pub(super) fn any_mount(call: &Call<'_>, part: &str) -> bool {
    let path = if CREATE.contains(&call.key()) {
        "HostConfig.Mounts"
    } else {
        "TaskTemplate.ContainerSpec.Mounts"
    };
    call.list(path)
        .iter()
        .any(|mount| member(mount, part).is_some_and(|value| *value != Value::Bool(false)))
}

pub(super) fn has_interface_sysctl(call: &Call<'_>) -> bool {
    call.entries("HostConfig.Sysctls")
        .any(|(name, _)| name.starts_with("net.") && name.contains(".eth0."))
}

/// Whether a JSON body has anything in it.
pub(super) fn is_filled(body: &Value) -> bool {
    body.as_object().is_some_and(|members| !members.is_empty())
}
