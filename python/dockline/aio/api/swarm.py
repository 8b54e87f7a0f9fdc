"""The swarm and its nodes: everything under ``/swarm`` and ``/nodes``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from ... import errors, types, utils
from ..._late import Log
from ...constants import DEFAULT_SWARM_ADDR_POOL, DEFAULT_SWARM_SUBNET_SIZE
from ...types.base import Resource

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object

log = Log(__name__)


def _since(version: str, minimum: str, what: str) -> None:
    if utils.version_lt(version, minimum):
        raise errors.InvalidVersion(
            f"{what} is only available for API version >= {minimum}"
        )


class AsyncSwarmApiMixin(AsyncApiHost):
    """The low-level methods on the swarm and its nodes; part of ``APIClient``."""

    def create_swarm_spec(self, *args: Any, **kwargs: Any) -> types.SwarmSpec:
        """Build the ``swarm_spec`` of :py:meth:`init_swarm` and others.

        All arguments are optional. Times are nanoseconds unless said otherwise.
        Sends nothing.

        Options:
            task_history_retention_limit (int): Ended tasks that are kept.
            snapshot_interval (int): Log entries between two snapshots.
            keep_old_snapshots (int): Snapshots that are kept beyond the newest.
            log_entries_for_slow_followers (int): Log entries kept after a
                snapshot for managers that lag behind.
            heartbeat_tick (int): Ticks between two heartbeats of the managers.
            election_tick (int): Ticks without one before an election.
            dispatcher_heartbeat_period (int): Time between two heartbeats of a
                node.
            node_cert_expiry (int): Life of a node's certificate.
            external_ca (SwarmExternalCA): An outside authority.
            external_cas (list): Several outside authorities (API 1.25).
            name (str): Name of the swarm.
            labels (dict): Labels.
            signing_ca_cert (str): Certificate of the swarm's authority, in PEM
                form (API 1.30).
            signing_ca_key (str): Its key, in PEM form (API 1.30).
            ca_force_rotate (int): A counter; a new value makes a new authority
                (API 1.30).
            autolock_managers (bool): Managers need an unlock key after a restart
                (API 1.25).
            log_driver (DriverConfig): Where tasks log to (API 1.25).

        Raises:
            dockline.errors.InvalidVersion: The API version does not know an
                argument.
        """
        authority = kwargs.pop("external_ca", None)
        if authority:
            kwargs["external_cas"] = [authority]
        return types.SwarmSpec(self._version, *args, **kwargs)

    @utils.minimum_version("1.24")
    async def get_unlock_key(self) -> dict[str, Any]:
        """Give the key that unlocks the managers of the swarm.

        Endpoint: ``GET /swarm/unlockkey``.

        Returns:
            dict: ``UnlockKey``.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/swarm/unlockkey"))
        key: dict[str, Any] = self._result(response, True)
        return key

    @utils.minimum_version("1.24")
    async def init_swarm(
        self,
        advertise_addr: Optional[str] = None,
        listen_addr: str = "0.0.0.0:2377",
        force_new_cluster: bool = False,
        swarm_spec: Optional[dict[str, Any]] = None,
        default_addr_pool: Optional[list[str]] = None,
        subnet_size: Optional[int] = None,
        data_path_addr: Optional[str] = None,
        data_path_port: Optional[int] = None,
    ) -> str:
        """Make a swarm with this engine as its first manager.

        Endpoint: ``POST /swarm/init``.

        Args:
            advertise_addr (str): Address or interface that other nodes reach it
                at, with or without a port. Default: found out by the engine.
            listen_addr (str): Address or interface it listens at.
                Default: ``0.0.0.0:2377``.
            force_new_cluster (bool): Even if it is in a swarm.
                Default: ``False``.
            swarm_spec (dict): From :py:meth:`create_swarm_spec`.
            default_addr_pool (list): Networks, in CIDR notation, that overlay
                networks are cut out of (API 1.39).
            subnet_size (int): Prefix length of these (API 1.39). Default: 24.
            data_path_addr (str): Address or interface for the traffic of
                containers (API 1.30).
            data_path_port (int): UDP port for it, 1024 to 49151; 0 for the default,
                4789 (API 1.40).

        Returns:
            str: Id of the node.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: The API version does not know an
                argument.
            TypeError: ``swarm_spec`` is not a dict.
        """
        url = self._url("/swarm/init")
        if swarm_spec is not None and not isinstance(swarm_spec, dict):
            raise TypeError("swarm_spec must be a dictionary")
        # The pool and its subnet size only work together: each gets its default.
        if default_addr_pool is not None:
            _since(self._version, "1.39", "Address pool")
            if subnet_size is None:
                subnet_size = DEFAULT_SWARM_SUBNET_SIZE
        if subnet_size is not None:
            _since(self._version, "1.39", "Subnet size")
            if default_addr_pool is None:
                default_addr_pool = DEFAULT_SWARM_ADDR_POOL
        data: dict[str, Any] = {
            "AdvertiseAddr": advertise_addr,
            "ListenAddr": listen_addr,
            "DefaultAddrPool": default_addr_pool,
            "SubnetSize": subnet_size,
            "ForceNewCluster": force_new_cluster,
            "Spec": swarm_spec,
        }
        if data_path_addr is not None:
            _since(self._version, "1.30", "Data address path")
            data["DataPathAddr"] = data_path_addr
        if data_path_port is not None:
            _since(self._version, "1.40", "Data path port")
            data["DataPathPort"] = data_path_port
        response = await self._post_json(url, data=data)
        node_id: str = self._result(response, json=True)
        return node_id

    @utils.minimum_version("1.24")
    async def inspect_swarm(self) -> dict[str, Any]:
        """Give what the engine knows about its swarm.

        Endpoint: ``GET /swarm``.

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.APIError: The engine refused, for example because it is
                no manager.
        """
        response = await self._get(self._url("/swarm"))
        details: dict[str, Any] = self._result(response, True)
        return details

    @utils.check_resource("node_id")
    @utils.minimum_version("1.24")
    async def inspect_node(self, node_id: Resource) -> dict[str, Any]:
        """Give what the swarm knows about a node.

        Endpoint: ``GET /nodes/{id}``.

        Args:
            node_id (str or dict): Id or name.

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.NotFound: There is no such node.
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/nodes/{0}", node_id))
        details: dict[str, Any] = self._result(response, True)
        return details

    @utils.minimum_version("1.24")
    async def join_swarm(
        self,
        remote_addrs: list[str],
        join_token: str,
        listen_addr: str = "0.0.0.0:2377",
        advertise_addr: Optional[str] = None,
        data_path_addr: Optional[str] = None,
    ) -> bool:
        """Let this engine join a swarm.

        Endpoint: ``POST /swarm/join``.

        Args:
            remote_addrs (list): Addresses of managers of the swarm.
            join_token (str): Token that the swarm gives to workers or managers.
            listen_addr (str): Address or interface it listens at.
                Default: ``0.0.0.0:2377``.
            advertise_addr (str): Address or interface that other nodes reach it
                at. Default: found out by the engine.
            data_path_addr (str): Address or interface for the traffic of
                containers (API 1.30).

        Returns:
            bool: True.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: ``data_path_addr`` below API 1.30.
        """
        data: dict[str, Any] = {
            "RemoteAddrs": remote_addrs,
            "ListenAddr": listen_addr,
            "JoinToken": join_token,
            "AdvertiseAddr": advertise_addr,
        }
        if data_path_addr is not None:
            _since(self._version, "1.30", "Data address path")
            data["DataPathAddr"] = data_path_addr
        response = await self._post_json(self._url("/swarm/join"), data=data)
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.24")
    async def leave_swarm(self, force: bool = False) -> bool:
        """Let this engine leave its swarm.

        Endpoint: ``POST /swarm/leave``.

        Args:
            force (bool): Even if it is a manager; not to be in a swarm is no error
                then. Default: ``False``.

        Returns:
            bool: True.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._post(self._url("/swarm/leave"), params={"force": force})
        # Two statuses say that it is in no swarm: Not Acceptable, Service Unavailable.
        if force and response.status_code in {406, 503}:
            return True
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.24")
    async def nodes(
        self, filters: Optional[dict[str, Any]] = None
    ) -> list[dict[str, Any]]:
        """List the nodes of the swarm.

        Endpoint: ``GET /nodes``.

        Args:
            filters (dict): ``id``, ``label``, ``membership``, ``name`` and
                ``role``.

        Returns:
            list of dict: One per node.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {}
        if filters:
            params["filters"] = utils.convert_filters(filters)
        response = await self._get(self._url("/nodes"), params=params)
        found: list[dict[str, Any]] = self._result(response, True)
        return found

    @utils.check_resource("node_id")
    @utils.minimum_version("1.24")
    async def remove_node(self, node_id: Resource, force: bool = False) -> bool:
        """Remove a node from the swarm.

        Endpoint: ``DELETE /nodes/{id}``.

        Args:
            node_id (str or dict): Id or name.
            force (bool): Even if it is up. Default: ``False``.

        Returns:
            bool: True.

        Raises:
            dockline.errors.NotFound: There is no such node.
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/nodes/{0}", node_id)
        response = await self._delete(url, params={"force": force})
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.24")
    async def unlock_swarm(self, key: Union[str, dict[str, Any]]) -> bool:
        """Unlock a manager that was restarted.

        Endpoint: ``POST /swarm/unlock``.

        Args:
            key (str or dict): The key, or what :py:meth:`get_unlock_key` gave.

        Returns:
            bool: True.

        Raises:
            dockline.errors.InvalidArgument: A dict without ``UnlockKey``.
            dockline.errors.APIError: The engine refused.
        """
        if not isinstance(key, dict):
            key = {"UnlockKey": key}
        elif "UnlockKey" not in key:
            raise errors.InvalidArgument("Invalid unlock key format")
        response = await self._post_json(self._url("/swarm/unlock"), data=key)
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.24")
    async def update_node(
        self, node_id: str, version: int, node_spec: Optional[dict[str, Any]] = None
    ) -> bool:
        """Change a node. What is not given is reset.

        Endpoint: ``POST /nodes/{id}/update``.

        Args:
            node_id (str): Id or name.
            version (int): ``Version.Index`` of the node as it was read; the swarm
                refuses if it has changed since.
            node_spec (dict): ``Availability``, ``Labels``, ``Name`` and ``Role``.

        Returns:
            bool: True.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/nodes/{0}/update?version={1}", node_id, str(version))
        response = await self._post_json(url, data=node_spec)
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.24")
    async def update_swarm(
        self,
        version: int,
        swarm_spec: Optional[dict[str, Any]] = None,
        rotate_worker_token: bool = False,
        rotate_manager_token: bool = False,
        rotate_manager_unlock_key: bool = False,
    ) -> bool:
        """Change the swarm, or make new tokens or keys.

        Endpoint: ``POST /swarm/update``.

        Args:
            version (int): ``Version.Index`` of the swarm as it was read; it
                refuses if it has changed since.
            swarm_spec (dict): From :py:meth:`create_swarm_spec`.
            rotate_worker_token (bool): New token for workers. Default: ``False``.
            rotate_manager_token (bool): New token for managers.
                Default: ``False``.
            rotate_manager_unlock_key (bool): New unlock key (API 1.25).
                Default: ``False``.

        Returns:
            bool: True.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: ``rotate_manager_unlock_key`` below
                API 1.25.
        """
        params: dict[str, Any] = {
            "rotateWorkerToken": rotate_worker_token,
            "rotateManagerToken": rotate_manager_token,
            "version": version,
        }
        if rotate_manager_unlock_key:
            _since(self._version, "1.25", "Rotate manager unlock key")
            params["rotateManagerUnlockKey"] = rotate_manager_unlock_key
        response = await self._post_json(
            self._url("/swarm/update"), data=swarm_spec, params=params
        )
        self._raise_for_status(response)
        return True
