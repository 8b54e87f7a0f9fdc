"""The swarm that the engine is part of, if it is."""

from __future__ import annotations

from collections.abc import Generator  # async-only
from typing import TYPE_CHECKING, Any, Optional

from ..._elsewhere import elsewhere
from ...errors import APIError
from .resource import Model

#: Statuses that mean: there is no swarm here, or it is locked.
_NO_SWARM = (406, 503)
#: Lifetime of node certificates that updates set by default: 90 days in ns.
_CERT_EXPIRY = 90 * 24 * 3600 * 10**9


class Swarm(Model):
    """State of the swarm; there is one per engine.

    ``attrs`` stays empty on an engine that is in no swarm.
    """

    id_attribute = "ID"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # sync-only: self._load()

    def __await__(self) -> Generator[Any, None, Swarm]:  # async-only
        """Load the state, then give the swarm: ``await client.swarm``."""  # async-only
        yield from self._load().__await__()  # async-only
        return self  # async-only

    async def _load(self) -> None:
        if not self.client:
            return
        try:
            await self.reload()
        except APIError as error:
            if error.status_code not in _NO_SWARM:
                raise

    @property
    def version(self) -> int:
        """Version of the swarm's object; :py:meth:`update` sends it."""
        version: Any = self.attrs.get("Version")
        index: int = version.get("Index")
        return index

    async def get_unlock_key(self) -> dict[str, Any]:
        """Get the key that unlocks managers: ``GET /swarm/unlockkey``.

        Returns:
            ``UnlockKey``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.get_unlock_key()

    async def init(
        self,
        advertise_addr: Optional[str] = None,
        listen_addr: str = "0.0.0.0:2377",
        force_new_cluster: bool = False,
        default_addr_pool: Optional[list[str]] = None,
        subnet_size: Optional[int] = None,
        data_path_addr: Optional[str] = None,
        data_path_port: Optional[int] = None,
        **kwargs: Any,
    ) -> str:
        """Make the engine the first node of a new swarm: ``POST /swarm/init``.

        Args:
            advertise_addr: Address (or interface) other nodes reach this one
                at, with or without port; found by the engine by default.
            listen_addr: Address and port for managers to listen on.
            force_new_cluster: Start anew although the engine is in a swarm.
            default_addr_pool: Address ranges for overlay networks.
            subnet_size: Prefix length of subnets taken from these ranges.
            data_path_addr: Address (or interface) for containers' traffic.
            data_path_port: Port for that traffic, 1024-49151; 4789 by default.
            task_history_retention_limit (int): Finished tasks to remember.
            snapshot_interval (int): Log entries between snapshots.
            keep_old_snapshots (int): Snapshots to keep beside the newest.
            log_entries_for_slow_followers (int): Log entries to keep for
                followers that lag.
            heartbeat_tick (int): Ticks between heartbeats.
            election_tick (int): Ticks without a leader before an election.
            dispatcher_heartbeat_period (int): Nanoseconds between heartbeats
                of an agent.
            node_cert_expiry (int): Lifetime of certificates in nanoseconds.
            external_ca (dict): CA to forward signing requests to; see
                ``SwarmExternalCA``. ``external_cas`` takes several.
            name (str): Name of the swarm.
            labels (dict): Labels to set on it.
            signing_ca_cert (str): PEM of the CA that signs node certificates.
            signing_ca_key (str): PEM of that CA's key.
            ca_force_rotate (int): Raise it to make a new CA.
            autolock_managers (bool): Lock managers' keys at rest.
            log_driver (DriverConfig): Log driver of tasks.

        Returns:
            Id of the node.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        node_id = await self.client.api.init_swarm(
            advertise_addr=advertise_addr,
            listen_addr=listen_addr,
            force_new_cluster=force_new_cluster,
            default_addr_pool=default_addr_pool,
            subnet_size=subnet_size,
            data_path_addr=data_path_addr,
            data_path_port=data_path_port,
            swarm_spec=self.client.api.create_swarm_spec(**kwargs),
        )
        await self.reload()
        return node_id

    async def join(self, *args: Any, **kwargs: Any) -> bool:
        """Join a swarm: ``POST /swarm/join``.

        Args:
            remote_addrs (list): Addresses of managers.
            join_token (str): Token for a worker or a manager.
            listen_addr (str): Address and port to listen on.
            advertise_addr (str): Address other nodes reach this one at.
            data_path_addr (str): Address for containers' traffic.

        Returns:
            True when it was done.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.join_swarm(*args, **kwargs)

    async def leave(self, *args: Any, **kwargs: Any) -> bool:
        """Leave the swarm: ``POST /swarm/leave``.

        Args:
            force (bool): Leave although this is a manager.

        Returns:
            True when it was done.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.leave_swarm(*args, **kwargs)

    async def reload(self) -> None:
        """Ask the engine again and replace ``attrs``: ``GET /swarm``.

        Raises:
            dockline.errors.APIError: the engine refuses; 503 outside a swarm.
        """
        self.attrs = await self.client.api.inspect_swarm()

    async def unlock(self, key: Any) -> bool:
        """Unlock this manager: ``POST /swarm/unlock``.

        Args:
            key: What :py:meth:`get_unlock_key` gave, or the key in it.

        Returns:
            True when it was done.

        Raises:
            dockline.errors.InvalidArgument: ``key`` is neither.
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.unlock_swarm(key)

    async def update(
        self,
        rotate_worker_token: bool = False,
        rotate_manager_token: bool = False,
        rotate_manager_unlock_key: bool = False,
        **kwargs: Any,
    ) -> bool:
        """Change the swarm's configuration: ``POST /swarm/update``.

        Takes the options of :py:meth:`init` that describe the swarm (from
        ``task_history_retention_limit`` on) and:

        Args:
            rotate_worker_token: Make a new join token for workers.
            rotate_manager_token: Make a new join token for managers.
            rotate_manager_unlock_key: Make a new unlock key.

        Returns:
            True when it was done.

        Raises:
            dockline.errors.APIError: the engine refuses; also when
                :py:attr:`version` is outdated (call :py:meth:`reload`).
        """
        if kwargs.get("node_cert_expiry") is None:
            kwargs["node_cert_expiry"] = _CERT_EXPIRY  # the engine insists on one
        if not self.attrs:  # async-only
            await self.reload()  # async-only
        return await self.client.api.update_swarm(
            version=self.version,
            swarm_spec=self.client.api.create_swarm_spec(**kwargs),
            rotate_worker_token=rotate_worker_token,
            rotate_manager_token=rotate_manager_token,
            rotate_manager_unlock_key=rotate_manager_unlock_key,
        )


if not TYPE_CHECKING:
    # More names that docker-py has here.
    __getattr__ = elsewhere(__name__)
