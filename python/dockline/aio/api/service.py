"""Swarm services and their tasks: everything under ``/services`` and ``/tasks``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from ... import auth, errors, types, utils
from ..._late import late
from ...types.base import Resource
from ._registry import registry_auth
from ._service_checks import _check_api_features, _merge_task_template

if TYPE_CHECKING:
    from ...types import ServiceMode
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object
    __getattr__, __dir__ = late(__name__, {"dockline.types": ("ServiceMode",)})

#: What programs import from here, or patch here.
__all__ = [
    "AsyncServiceApiMixin",
    "ServiceMode",
    "_check_api_features",
    "_merge_task_template",
    "auth",
    "errors",
    "utils",
]

Mode = Union[str, dict[str, Any], None]


def _as_mode(mode: Mode) -> Mode:
    return mode if not mode or isinstance(mode, dict) else types.ServiceMode(mode)


class AsyncServiceApiMixin(AsyncApiHost):
    """The low-level methods on services and tasks; part of ``APIClient``."""

    @utils.minimum_version("1.24")
    async def create_service(
        self,
        task_template: dict[str, Any],
        name: Optional[str] = None,
        labels: Optional[dict[str, str]] = None,
        mode: Mode = None,
        update_config: Optional[dict[str, Any]] = None,
        networks: Optional[list[Any]] = None,
        endpoint_config: Optional[dict[str, Any]] = None,  # noqa: ARG002 - docker-py's
        endpoint_spec: Optional[dict[str, Any]] = None,
        rollback_config: Optional[dict[str, Any]] = None,
    ) -> dict[str, Any]:
        """Create a service.

        Endpoint: ``POST /services/create``.

        Args:
            task_template (TaskTemplate): The task it runs.
            name (str): Name. Default: the swarm makes one up.
            labels (dict): Labels.
            mode (ServiceMode or str): Number of tasks. Default of the swarm: one.
            update_config (UpdateConfig): How tasks are replaced.
            networks (list): Names, ids or
                :py:class:`dockline.types.NetworkAttachmentConfig` objects.
            endpoint_config (dict): Not used; give ``endpoint_spec``.
            endpoint_spec (EndpointSpec): How it is reached.
            rollback_config (RollbackConfig): How tasks are put back (API 1.28).

        Returns:
            dict: ``ID`` of the service, and ``Warnings``.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.DockerException: The task names no image.
            dockline.errors.InvalidVersion: The API version does not know a part
                of the specification.
        """
        _check_api_features(
            self._version, task_template, update_config, endpoint_spec, rollback_config
        )
        url = self._url("/services/create")
        image = task_template.get("ContainerSpec", {}).get("Image")
        if image is None:
            raise errors.DockerException("Missing mandatory Image key in ContainerSpec")
        mode = _as_mode(mode)
        headers = await registry_auth(self, image)
        if utils.version_lt(self._version, "1.25") and not networks:
            task_template = dict(task_template)
            networks = task_template.pop("Networks", None)
        data: dict[str, Any] = {
            "Name": name,
            "Labels": labels,
            "TaskTemplate": task_template,
            "Mode": mode,
            "Networks": utils.convert_service_networks(networks),
            "EndpointSpec": endpoint_spec,
        }
        if update_config is not None:
            data["UpdateConfig"] = update_config
        if rollback_config is not None:
            data["RollbackConfig"] = rollback_config
        response = await self._post_json(url, data=data, headers=headers)
        created: dict[str, Any] = self._result(response, True)
        return created

    @utils.minimum_version("1.24")
    @utils.check_resource("service")
    async def inspect_service(
        self, service: Resource, insert_defaults: Optional[bool] = None
    ) -> dict[str, Any]:
        """Give what the swarm knows about a service.

        Endpoint: ``GET /services/{id}``.

        Args:
            service (str or dict): Id or name.
            insert_defaults (bool): Fill in what the specification leaves out
                (API 1.29).

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.NotFound: There is no such service.
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: ``insert_defaults`` below API 1.29.
        """
        url = self._url("/services/{0}", service)
        params: dict[str, Any] = {}
        if insert_defaults is not None:
            if utils.version_lt(self._version, "1.29"):
                raise errors.InvalidVersion(
                    "insert_defaults is not supported in API version < 1.29"
                )
            params["insertDefaults"] = insert_defaults
        details: dict[str, Any] = self._result(
            await self._get(url, params=params), True
        )
        return details

    @utils.minimum_version("1.24")
    @utils.check_resource("task")
    async def inspect_task(self, task: Resource) -> dict[str, Any]:
        """Give what the swarm knows about a task.

        Endpoint: ``GET /tasks/{id}``.

        Args:
            task (str or dict): Id.

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.NotFound: There is no such task.
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/tasks/{0}", task))
        details: dict[str, Any] = self._result(response, True)
        return details

    @utils.minimum_version("1.24")
    @utils.check_resource("service")
    async def remove_service(self, service: Resource) -> bool:
        """Stop and remove a service.

        Endpoint: ``DELETE /services/{id}``.

        Args:
            service (str or dict): Id or name.

        Returns:
            bool: True.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._delete(self._url("/services/{0}", service))
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.24")
    async def services(
        self,
        filters: Optional[dict[str, Any]] = None,
        status: Optional[bool] = None,
    ) -> list[dict[str, Any]]:
        """List the services of the swarm.

        Endpoint: ``GET /services``.

        Args:
            filters (dict): ``id``, ``label``, ``mode`` and ``name``.
            status (bool): Also count running and wanted tasks (API 1.41).

        Returns:
            list of dict: One per service.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: ``status`` below API 1.41.
        """
        params: dict[str, Any] = {
            "filters": utils.convert_filters(filters) if filters else None
        }
        if status is not None:
            if utils.version_lt(self._version, "1.41"):
                raise errors.InvalidVersion(
                    "status is not supported in API version < 1.41"
                )
            params["status"] = status
        response = await self._get(self._url("/services"), params=params)
        found: list[dict[str, Any]] = self._result(response, True)
        return found

    @utils.minimum_version("1.25")
    @utils.check_resource("service")
    async def service_logs(
        self,
        service: Resource,
        details: bool = False,
        follow: bool = False,
        stdout: bool = False,
        stderr: bool = False,
        since: int = 0,
        timestamps: bool = False,
        tail: Union[str, int] = "all",
        is_tty: Optional[bool] = None,
    ) -> Any:
        """Read what the tasks of a service have written.

        Works with the log drivers ``json-file``, ``local`` and ``journald``.

        Endpoint: ``GET /services/{id}/logs`` (API 1.25).

        Args:
            service (str or dict): Id or name.
            details (bool): Put further attributes before each line.
                Default: ``False``.
            follow (bool): Go on with what is written from now on.
                Default: ``False``.
            stdout (bool): Include standard output. Default: ``False``.
            stderr (bool): Include standard error. Default: ``False``.
            since (int): Only what is newer, in seconds since 1970. Default: 0.
            timestamps (bool): Put the time before each line. Default: ``False``.
            tail (str or int): Number of lines to give of what there is.
                Default: ``all``.
            is_tty (bool): Whether the tasks have a terminal. Default: ask.

        Returns:
            An iterator of bytes.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {
            "details": details,
            "follow": follow,
            "stdout": stdout,
            "stderr": stderr,
            "since": since,
            "timestamps": timestamps,
            "tail": tail,
        }
        url = self._url("/services/{0}/logs", service)
        response = await self._get(url, params=params, stream=True)
        if is_tty is None:
            known = await self.inspect_service(service)
            container = known["Spec"]["TaskTemplate"]["ContainerSpec"]
            is_tty = bool(container.get("TTY", False))
        return await self._get_result_tty(True, response, is_tty)

    @utils.minimum_version("1.24")
    async def tasks(
        self, filters: Optional[dict[str, Any]] = None
    ) -> list[dict[str, Any]]:
        """List the tasks of the swarm.

        Endpoint: ``GET /tasks``.

        Args:
            filters (dict): ``desired-state``, ``id``, ``label``, ``name``,
                ``node`` and ``service``.

        Returns:
            list of dict: One per task.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {"filters": utils.convert_filters(filters) if filters else None}
        response = await self._get(self._url("/tasks"), params=params)
        found: list[dict[str, Any]] = self._result(response, True)
        return found

    @utils.minimum_version("1.24")
    @utils.check_resource("service")
    async def update_service(
        self,
        service: Resource,
        version: int,
        task_template: Optional[dict[str, Any]] = None,
        name: Optional[str] = None,
        labels: Optional[dict[str, str]] = None,
        mode: Mode = None,
        update_config: Optional[dict[str, Any]] = None,
        networks: Optional[list[Any]] = None,
        endpoint_config: Optional[dict[str, Any]] = None,  # noqa: ARG002 - docker-py's
        endpoint_spec: Optional[dict[str, Any]] = None,
        fetch_current_spec: bool = False,
        rollback_config: Optional[dict[str, Any]] = None,
    ) -> dict[str, Any]:
        """Change a service. What is not given is reset, or kept on request.

        Endpoint: ``POST /services/{id}/update``.

        Args:
            service (str or dict): Id or name.
            version (int): ``Version.Index`` of the service as it was read; the
                swarm refuses if it has changed since.
            task_template (TaskTemplate): The task it runs.
            name (str): Name.
            labels (dict): Labels.
            mode (ServiceMode or str): Number of tasks.
            update_config (UpdateConfig): How tasks are replaced.
            networks (list): Names, ids or
                :py:class:`dockline.types.NetworkAttachmentConfig` objects.
            endpoint_config (dict): Not used; give ``endpoint_spec``.
            endpoint_spec (EndpointSpec): How it is reached.
            fetch_current_spec (bool): Read the service first and keep what is not
                given. Default: ``False``.
            rollback_config (RollbackConfig): How tasks are put back (API 1.28).

        Returns:
            dict: ``Warnings``.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: The API version does not know a part
                of the specification.
        """
        _check_api_features(
            self._version, task_template, update_config, endpoint_spec, rollback_config
        )
        current: dict[str, Any] = {}
        if fetch_current_spec:
            defaults = None if utils.version_lt(self._version, "1.29") else True
            known = await self.inspect_service(service, insert_defaults=defaults)
            current = known["Spec"]
        url = self._url("/services/{0}/update", service)
        task = _merge_task_template(current.get("TaskTemplate", {}), task_template)
        data: dict[str, Any] = {
            "Name": current.get("Name") if name is None else name,
            "Labels": current.get("Labels") if labels is None else labels,
            "Mode": current.get("Mode") if mode is None else _as_mode(mode),
            "TaskTemplate": task,
            "UpdateConfig": _first(update_config, current.get("UpdateConfig")),
            "RollbackConfig": _first(rollback_config, current.get("RollbackConfig")),
        }
        image = task.get("ContainerSpec", {}).get("Image")
        headers = {} if image is None else await registry_auth(self, image)
        wanted = None if networks is None else utils.convert_service_networks(networks)
        if utils.version_lt(self._version, "1.25"):
            data["Networks"] = _first(wanted, current.get("Networks"))
        else:
            _set_task_networks(task, wanted, current)
        data["EndpointSpec"] = _first(endpoint_spec, current.get("EndpointSpec"))
        response = await self._post_json(
            url, data=data, params={"version": version}, headers=headers
        )
        updated: dict[str, Any] = self._result(response, json=True)
        return updated


def _first(given: Any, current: Any) -> Any:
    return current if given is None else given


def _set_task_networks(
    task: dict[str, Any], wanted: Optional[list[Any]], current: dict[str, Any]
) -> None:
    """Put networks into a task: those asked for, its own, or those it had."""
    if wanted is not None:
        task["Networks"] = wanted
    elif task.get("Networks") is None:
        kept = current.get("TaskTemplate", {}).get("Networks")
        if kept is None:
            kept = current.get("Networks")
        if kept is not None:
            task["Networks"] = kept
