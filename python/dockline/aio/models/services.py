"""Services: containers that a swarm keeps running."""

from __future__ import annotations

import builtins
from typing import Any, Iterable, Optional

from ...errors import InvalidArgument, create_unexpected_kwargs_error
from ...types import ContainerSpec, Placement, ServiceMode, TaskTemplate
from .resource import Collection, Model


class Service(Model):
    """A service."""

    id_attribute = "ID"

    @property
    def name(self) -> str:
        """Name of the service."""
        name: str = self.attrs["Spec"]["Name"]
        return name

    @property
    def version(self) -> int:
        """Version of the service's object; :py:meth:`update` sends it."""
        version: Any = self.attrs.get("Version")
        index: int = version.get("Index")
        return index

    async def remove(self) -> bool:
        """Stop and remove the service: ``DELETE /services/{id}``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.remove_service(self.id)

    async def tasks(
        self, filters: Optional[dict[str, Any]] = None
    ) -> list[dict[str, Any]]:
        """List the service's tasks: ``GET /tasks``.

        Args:
            filters: ``desired-state``, ``id``, ``label``, ``name``, ``node``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        if filters is None:
            filters = {}
        filters["service"] = self.id
        return await self.client.api.tasks(filters=filters)

    async def update(self, **kwargs: Any) -> dict[str, Any]:
        """Change the service: ``POST /services/{id}/update``.

        Takes the arguments of :py:meth:`ServiceCollection.create` and:

        Args:
            fetch_current_spec (bool): Keep what is not named here; on by
                default.
            force_update (bool or int): Replace tasks although nothing changes;
                True raises the counter by one.

        Returns:
            ``Warnings``.

        Raises:
            TypeError: an argument is unknown.
            dockline.errors.APIError: the engine refuses; also when
                :py:attr:`version` is outdated (call :py:meth:`reload`).
        """
        if "image" not in kwargs:
            template = self.attrs["Spec"]["TaskTemplate"]
            kwargs["image"] = template["ContainerSpec"]["Image"]
        if kwargs.get("force_update") is True:
            template = self.attrs["Spec"]["TaskTemplate"]
            kwargs["force_update"] = int(template.get("ForceUpdate", 0)) + 1
        return await self.client.api.update_service(
            self.id, self.version, **_get_create_service_kwargs("update", kwargs)
        )

    async def logs(self, **kwargs: Any) -> Any:
        """Read the service's logs: ``GET /services/{id}/logs``.

        Works with the log drivers ``json-file``, ``local`` and ``journald``.

        Args:
            details (bool): Include attributes given to the log driver.
            follow (bool): Wait for more.
            stdout (bool): Include stdout; off by default.
            stderr (bool): Include stderr; off by default.
            since (int): Only what is newer, in seconds since 1970.
            timestamps (bool): Put a time in front of each line.
            tail (int or str): Number of lines from the end, or ``all``.

        Returns:
            An iterator of bytes.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        spec = self.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]
        return await self.client.api.service_logs(
            self.id, is_tty=spec.get("TTY", False), **kwargs
        )

    async def scale(self, replicas: int) -> dict[str, Any]:
        """Set the number of containers: ``POST /services/{id}/update``.

        Args:
            replicas: How many should run.

        Returns:
            ``Warnings``.

        Raises:
            dockline.errors.InvalidArgument: the service runs on every node.
            dockline.errors.APIError: the engine refuses.
        """
        if "Global" in self.attrs["Spec"]["Mode"]:
            raise InvalidArgument("Cannot scale a global container")
        return await self.client.api.update_service(
            self.id,
            self.version,
            mode=ServiceMode("replicated", replicas),
            fetch_current_spec=True,
        )

    async def force_update(self) -> dict[str, Any]:
        """Replace the tasks although nothing changes.

        Returns:
            ``Warnings``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.update(force_update=True, fetch_current_spec=True)


class ServiceCollection(Collection[Service]):
    """The services of the swarm."""

    model = Service

    async def create(self, image: str, command: Any = None, **kwargs: Any) -> Service:
        """Create a service: ``POST /services/create``.

        Args:
            image: Image of its containers.
            command: Command to run, a list or one string.
            args (list): Arguments of the command.
            cap_add (list): Kernel capabilities to add.
            cap_drop (list): Kernel capabilities to drop.
            configs (list): ``ConfigReference`` objects to expose.
            constraints (list): Conditions on nodes, ``node.role==manager``.
            container_labels (dict): Labels to set on containers.
            dns_config (DNSConfig): Name servers of containers.
            endpoint_spec (EndpointSpec): Ports and how they are reached.
            env (list or dict): Environment, ``KEY=value``.
            groups (list): More groups for the process.
            healthcheck (Healthcheck): How containers are checked.
            hostname (str): Host name of containers.
            hosts (dict): Addresses by host name.
            init (bool): Run an init process in containers.
            isolation (str): Isolation technology (Windows).
            labels (dict): Labels to set on the service.
            log_driver (str): Log driver of containers.
            log_driver_options (dict): Its options.
            maxreplicas (int): Most replicas per node.
            mode (ServiceMode or str): ``replicated``, ``global``, or a job.
            mounts (list): ``Mount`` objects or ``source:target[:ro]``.
            name (str): Name of the service.
            networks (list): Networks to attach, by name, id or
                ``NetworkAttachmentConfig``.
            open_stdin (bool): Keep stdin open.
            platforms (list): ``(architecture, os)`` pairs to run on.
            preferences (list): ``(strategy, descriptor)`` pairs.
            privileges (Privileges): Security options of containers.
            read_only (bool): Mount the root file system read-only.
            resources (Resources): Limits and reservations.
            restart_policy (RestartPolicy): When to restart containers.
            rollback_config (RollbackConfig): How to roll back.
            secrets (list): ``SecretReference`` objects to expose.
            stop_grace_period (int): Nanoseconds before a container that does
                not stop is killed.
            stop_signal (str): Signal that stops containers.
            sysctls (dict): Kernel parameters of containers.
            tty (bool): Give containers a terminal.
            update_config (UpdateConfig): How to update.
            user (str): User of the process.
            workdir (str): Working directory of the process.

        Raises:
            TypeError: an argument is unknown.
            dockline.errors.APIError: the engine refuses.
        """
        kwargs["image"] = image
        kwargs["command"] = command
        created: Any = await self.client.api.create_service(
            **_get_create_service_kwargs("create", kwargs)
        )
        return await self.get(created)

    async def get(self, service_id: str, insert_defaults: Any = None) -> Service:
        """Get a service by id or name: ``GET /services/{id}``.

        Args:
            service_id: Id or name.
            insert_defaults: Fill in defaults; needs API 1.29.

        Raises:
            dockline.errors.NotFound: there is no such service.
            dockline.errors.InvalidVersion: ``insert_defaults`` is not known to
                the API version in use.
            dockline.errors.APIError: the engine refuses.
        """
        return self.prepare_model(
            await self.client.api.inspect_service(service_id, insert_defaults)
        )

    async def list(self, **kwargs: Any) -> builtins.list[Service]:
        """List services: ``GET /services``.

        Args:
            filters (dict): ``id``, ``label``, ``mode``, ``name``.
            status (bool): Include counts of running and desired tasks; needs
                API 1.41.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        found = await self.client.api.services(**kwargs)
        return [self.prepare_model(item) for item in found]


#: Arguments that describe the container.
CONTAINER_SPEC_KWARGS = [
    "args",
    "cap_add",
    "cap_drop",
    "command",
    "configs",
    "dns_config",
    "env",
    "groups",
    "healthcheck",
    "hostname",
    "hosts",
    "image",
    "init",
    "isolation",
    "labels",
    "mounts",
    "open_stdin",
    "privileges",
    "read_only",
    "secrets",
    "stop_grace_period",
    "stop_signal",
    "tty",
    "user",
    "workdir",
    "sysctls",
]

#: Arguments that describe the task around it.
TASK_TEMPLATE_KWARGS = ["networks", "resources", "restart_policy"]

#: Arguments that describe the service itself.
CREATE_SERVICE_KWARGS = [
    "name",
    "labels",
    "mode",
    "update_config",
    "rollback_config",
    "endpoint_spec",
]

#: Arguments that say where tasks may run.
PLACEMENT_KWARGS = ["constraints", "preferences", "platforms", "maxreplicas"]


def _take(kwargs: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Move the arguments called ``names`` out of ``kwargs``."""
    return {name: kwargs.pop(name) for name in names if name in kwargs}


def _get_create_service_kwargs(
    func_name: str, kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Sort the arguments of create and update into the API's objects.

    ``kwargs`` is used up; what nobody knows raises ``TypeError``.
    """
    result = _take(kwargs, CREATE_SERVICE_KWARGS)
    container = _take(kwargs, CONTAINER_SPEC_KWARGS)
    task = _take(kwargs, TASK_TEMPLATE_KWARGS)
    if "container_labels" in kwargs:
        container["labels"] = kwargs.pop("container_labels")
    task["placement"] = Placement(**_take(kwargs, PLACEMENT_KWARGS))
    if "log_driver" in kwargs:
        task["log_driver"] = {
            "Name": kwargs.pop("log_driver"),
            "Options": kwargs.pop("log_driver_options", {}),
        }
    if func_name == "update":
        task.update(_take(kwargs, ["force_update"]))
        result["fetch_current_spec"] = kwargs.pop("fetch_current_spec", True)
    if kwargs:
        raise create_unexpected_kwargs_error(func_name, kwargs)
    task["container_spec"] = ContainerSpec(**container)
    result["task_template"] = TaskTemplate(**task)
    return result
