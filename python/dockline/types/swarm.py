"""Settings of a whole swarm."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from ..errors import InvalidVersion
from ..utils import version_lt


def _since(api_version: str, minimum: str, what: str) -> None:
    if version_lt(api_version, minimum):
        raise InvalidVersion(f"{what} is not supported in API version < {minimum}")


class SwarmSpec(dict[str, Any]):
    """What ``init_swarm()`` and ``update_swarm()`` may configure.

    Made by ``APIClient.create_swarm_spec()``, which passes the API version and
    describes the arguments.

    Raises:
        dockline.errors.InvalidVersion: ``version`` does not know an argument.
    """

    def __init__(
        self,
        version: str,
        task_history_retention_limit: Optional[int] = None,
        snapshot_interval: Optional[int] = None,
        keep_old_snapshots: Optional[int] = None,
        log_entries_for_slow_followers: Optional[int] = None,
        heartbeat_tick: Optional[int] = None,
        election_tick: Optional[int] = None,
        dispatcher_heartbeat_period: Optional[int] = None,
        node_cert_expiry: Optional[int] = None,
        external_cas: Optional[list[Any]] = None,
        name: Optional[str] = None,
        labels: Optional[Mapping[str, str]] = None,
        signing_ca_cert: Optional[str] = None,
        signing_ca_key: Optional[str] = None,
        ca_force_rotate: Optional[int] = None,
        autolock_managers: Optional[bool] = None,
        log_driver: Optional[Mapping[str, Any]] = None,
    ) -> None:
        super().__init__()
        if task_history_retention_limit is not None:
            self["Orchestration"] = {
                "TaskHistoryRetentionLimit": task_history_retention_limit
            }
        raft = {
            "SnapshotInterval": snapshot_interval,
            "KeepOldSnapshots": keep_old_snapshots,
            "LogEntriesForSlowFollowers": log_entries_for_slow_followers,
            "HeartbeatTick": heartbeat_tick,
            "ElectionTick": election_tick,
        }
        if any(raft.values()):
            self["Raft"] = raft
        if dispatcher_heartbeat_period:
            self["Dispatcher"] = {"HeartbeatPeriod": dispatcher_heartbeat_period}
        authority = _certificate_authority(
            version,
            node_cert_expiry,
            external_cas,
            signing_ca_key,
            signing_ca_cert,
            ca_force_rotate,
        )
        if authority:
            self["CAConfig"] = authority
        if autolock_managers is not None:
            _since(version, "1.25", "autolock_managers")
            self["EncryptionConfig"] = {"AutoLockManagers": autolock_managers}
        if log_driver is not None:
            _since(version, "1.25", "log_driver")
            self["TaskDefaults"] = {"LogDriver": log_driver}
        if name is not None:
            self["Name"] = name
        if labels is not None:
            self["Labels"] = labels


def _certificate_authority(
    version: str,
    node_cert_expiry: Optional[int],
    external_cas: Optional[list[Any]],
    signing_ca_key: Optional[str],
    signing_ca_cert: Optional[str],
    ca_force_rotate: Optional[int],
) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if node_cert_expiry is not None:
        config["NodeCertExpiry"] = node_cert_expiry
    if external_cas and not version_lt(version, "1.25"):
        config["ExternalCAs"] = external_cas
    elif external_cas:
        if len(external_cas) > 1:
            raise InvalidVersion(
                "Support for multiple external CAs is not available "
                "for API version < 1.25"
            )
        config["ExternalCA"] = external_cas[0]
    if signing_ca_key:
        _since(version, "1.30", "signing_ca_key")
        config["SigningCAKey"] = signing_ca_key
    if signing_ca_cert:
        _since(version, "1.30", "signing_ca_cert")
        config["SigningCACert"] = signing_ca_cert
    if ca_force_rotate is not None:
        _since(version, "1.30", "force_rotate")
        config["ForceRotate"] = ca_force_rotate
    return config


class SwarmExternalCA(dict[str, Any]):
    """An outside authority that signs the certificates of a swarm's nodes.

    Args:
        url (str): Where signing requests go.
        protocol (str): How it is spoken to, for example ``cfssl``.
        options (dict): Options of that protocol.
        ca_cert (str): Its root certificate in PEM form. Default: the swarm's own.
    """

    def __init__(
        self,
        url: str,
        protocol: Optional[str] = None,
        options: Optional[Mapping[str, str]] = None,
        ca_cert: Optional[str] = None,
    ) -> None:
        super().__init__()
        self["URL"] = url
        self["Protocol"] = protocol
        self["Options"] = options
        self["CACert"] = ca_cert
