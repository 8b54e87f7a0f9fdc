"""What parts of a service's specification an API version does not know."""

from __future__ import annotations

from typing import Any, Callable, Optional

from ... import errors, utils

#: Field of a container specification, its name in the message, and the first API
#: version that knows it.
_CONTAINER_SPEC = (
    ("Hostname", "hostname", "1.25"),
    ("Hosts", "hosts", "1.25"),
    ("Groups", "groups", "1.25"),
    ("DNSConfig", "dns_config", "1.25"),
    ("Healthcheck", "healthcheck", "1.25"),
    ("ReadOnly", "read_only", "1.28"),
    ("StopSignal", "stop_signal", "1.28"),
    ("Configs", "configs", "1.30"),
    ("Privileges", "privileges", "1.30"),
    ("Isolation", "isolation", "1.35"),
    ("Init", "init", "1.38"),
)

Require = Callable[[str, str], None]


def _check_api_features(
    version: str,
    task_template: Optional[dict[str, Any]],
    update_config: Optional[dict[str, Any]],
    endpoint_spec: Optional[dict[str, Any]],
    rollback_config: Optional[dict[str, Any]],
) -> None:
    """Raise InvalidVersion for the first part that `version` does not know."""

    def require(part: str, minimum: str) -> None:
        if utils.version_lt(version, minimum):
            raise errors.InvalidVersion(
                f"{part} is not supported in API version < {minimum}"
            )

    if update_config is not None:
        _check_update(update_config, require)
    if rollback_config is not None:
        require("rollback_config", "1.28")
        if "Order" in rollback_config:
            require("RollbackConfig.order", "1.29")
    ports = (endpoint_spec or {}).get("Ports") or []
    if any(port.get("PublishMode") for port in ports):
        require("EndpointSpec.Ports[].mode", "1.32")
    if task_template is not None:
        _check_task(task_template, require)


def _check_update(update_config: dict[str, Any], require: Require) -> None:
    if "MaxFailureRatio" in update_config:
        require("UpdateConfig.max_failure_ratio", "1.25")
    if "Monitor" in update_config:
        require("UpdateConfig.monitor", "1.25")
    if update_config.get("FailureAction") == "rollback":
        require("UpdateConfig.failure_action rollback", "1.28")
    if "Order" in update_config:
        require("UpdateConfig.order", "1.29")


def _check_task(task_template: dict[str, Any], require: Require) -> None:
    if "ForceUpdate" in task_template:
        require("force_update", "1.25")
    placement = task_template.get("Placement") or {}
    if placement.get("Platforms"):
        require("Placement.platforms", "1.30")
    if placement.get("Preferences"):
        require("Placement.preferences", "1.27")
    container_spec = task_template.get("ContainerSpec") or {}
    if container_spec.get("TTY"):
        require("ContainerSpec.tty", "1.25")
    for field, name, minimum in _CONTAINER_SPEC:
        if container_spec.get(field) is not None:
            require(f"ContainerSpec.{name}", minimum)
    resources = task_template.get("Resources") or {}
    if resources.get("GenericResources"):
        require("Resources.generic_resources", "1.32")


def _merge_task_template(
    current: dict[str, Any], override: Optional[dict[str, Any]]
) -> dict[str, Any]:
    """Lay a task over the one a service has; what is None or absent stays."""
    merged = dict(current)
    for key, value in (override or {}).items():
        if key == "ContainerSpec":
            given = {name: item for name, item in value.items() if item is not None}
            merged[key] = {**merged.get(key, {}), **given}
        elif value is not None:
            merged[key] = value
    return merged
