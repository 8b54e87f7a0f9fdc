"""How a service's tasks are placed, restarted, updated and reached."""

from __future__ import annotations

from typing import Any, Iterable, Optional, Union

from .. import errors


class UpdateConfig(dict[str, Any]):
    """How a service's tasks are replaced when the service changes.

    Args:
        parallelism (int): Tasks replaced at a time; 0 for all. Default: 0.
        delay (int): Nanoseconds between two rounds.
        failure_action (str): What to do about a task that fails: ``continue``
            (default), ``pause`` or ``rollback`` (API 1.28).
        monitor (int): Nanoseconds a new task is watched for failures (API 1.25).
        max_failure_ratio (float): Share of failures, 0 to 1, that is tolerated
            (API 1.25).
        order (str): ``stop-first`` or ``start-first`` (API 1.29).

    Raises:
        dockline.errors.InvalidArgument: A value is not accepted.
        TypeError: ``monitor`` or ``max_failure_ratio`` is not a number.
    """

    def __init__(
        self,
        parallelism: int = 0,
        delay: Optional[int] = None,
        failure_action: str = "continue",
        monitor: Optional[int] = None,
        max_failure_ratio: Optional[float] = None,
        order: Optional[str] = None,
    ) -> None:
        super().__init__()
        self["Parallelism"] = parallelism
        if delay is not None:
            self["Delay"] = delay
        if failure_action not in ("pause", "continue", "rollback"):
            raise errors.InvalidArgument(
                "failure_action must be one of `pause`, `continue`, `rollback`"
            )
        self["FailureAction"] = failure_action
        if monitor is not None:
            if not isinstance(monitor, int):
                raise TypeError("monitor must be an integer")
            self["Monitor"] = monitor
        if max_failure_ratio is not None:
            if not isinstance(max_failure_ratio, (float, int)):
                raise TypeError("max_failure_ratio must be a float")
            if not 0 <= max_failure_ratio <= 1:
                raise errors.InvalidArgument(
                    "max_failure_ratio must be a number between 0 and 1"
                )
            self["MaxFailureRatio"] = max_failure_ratio
        if order is not None:
            if order not in ("start-first", "stop-first"):
                raise errors.InvalidArgument(
                    "order must be either `start-first` or `stop-first`"
                )
            self["Order"] = order


class RollbackConfig(UpdateConfig):
    """How a service's tasks are put back when an update failed (API 1.28).

    Takes the arguments of :py:class:`UpdateConfig`, with the same meaning for the
    way back.
    """


class RestartConditionTypesEnum:
    """When a task that ended is started again."""

    _values = ("none", "on-failure", "any")
    NONE, ON_FAILURE, ANY = _values


class RestartPolicy(dict[str, Any]):
    """Whether a service's task that ended is started again.

    Args:
        condition (str): ``none`` (default), ``on-failure`` or ``any``;
            :py:attr:`RestartPolicy.condition_types` has the names.
        delay (int): Nanoseconds between two attempts. Default: 0.
        max_attempts (int): Attempts before giving up; 0 for no limit.
        window (int): Nanoseconds after which an attempt counts as a success;
            0 for no limit.

    Raises:
        TypeError: ``condition`` is not one of the three.
    """

    condition_types = RestartConditionTypesEnum

    def __init__(
        self,
        condition: str = RestartConditionTypesEnum.NONE,
        delay: int = 0,
        max_attempts: int = 0,
        window: int = 0,
    ) -> None:
        super().__init__()
        if condition not in self.condition_types._values:
            raise TypeError(f"Invalid RestartPolicy condition {condition}")
        self["Condition"] = condition
        self["Delay"] = delay
        self["MaxAttempts"] = max_attempts
        self["Window"] = window


def convert_service_ports(ports: Any) -> list[Any]:
    """Turn ``{published: target}`` into the Engine's list of port objects.

    A target may be a tuple ``(target, protocol, publish mode)``, of which the last
    two may be left out. A list is passed on as it is.
    """
    if isinstance(ports, list):
        return ports
    if not isinstance(ports, dict):
        raise TypeError("Invalid type for ports, expected dict or list")
    return [_service_port(published, target) for published, target in ports.items()]


def _service_port(published: Any, target: Any) -> dict[str, Any]:
    port = {"Protocol": "tcp", "PublishedPort": published}
    if not isinstance(target, tuple):
        port["TargetPort"] = target
        return port
    if len(target) > 3:
        raise ValueError(
            "Service port configuration can have at most 3 elements: "
            "(target_port, protocol, mode)"
        )
    port["TargetPort"] = target[0]
    if len(target) >= 2 and target[1] is not None:
        port["Protocol"] = target[1]
    if len(target) == 3:
        port["PublishMode"] = target[2]
    return port


class EndpointSpec(dict[str, Any]):
    """How a service is reached.

    Args:
        mode (str): ``vip`` (one virtual address, the Engine's default) or
            ``dnsrr`` (the addresses of all tasks).
        ports (dict or list): Published ports, as ``{published: target}`` or
            ``{published: (target, protocol, publish mode)}``; only with ``vip``.

    Raises:
        TypeError: ``ports`` is neither a dict nor a list.
        ValueError: A tuple in ``ports`` has more than three members.
    """

    def __init__(self, mode: Optional[str] = None, ports: Any = None) -> None:
        super().__init__()
        if ports:
            self["Ports"] = convert_service_ports(ports)
        if mode:
            self["Mode"] = mode


class ServiceMode(dict[str, Any]):
    """How many tasks a service has.

    Args:
        mode (str): ``replicated``, ``global``, ``replicated-job`` or
            ``global-job`` (jobs: API 1.41).
        replicas (int): Number of tasks; for a job, of completions. Only for the
            replicated modes.
        concurrency (int): Tasks of a ``replicated-job`` that run at a time.
            Default: 1.

    Raises:
        dockline.errors.InvalidArgument: The mode is unknown, or does not take an
            argument that was given.
    """

    #: The mode under which the Engine files the numbers, for example ``GlobalJob``.
    mode: str

    def __init__(
        self,
        mode: str,
        replicas: Optional[int] = None,
        concurrency: Optional[int] = None,
    ) -> None:
        super().__init__()
        replicated = ("replicated", "replicated-job")
        if mode not in (*replicated, "global", "global-job"):
            raise errors.InvalidArgument(
                'mode must be either "replicated", "global", "replicated-job"'
                ' or "global-job"'
            )
        if mode not in replicated and replicas is not None:
            raise errors.InvalidArgument(
                'replicas can only be used for "replicated" or "replicated-job" mode'
            )
        if mode not in replicated and concurrency is not None:
            raise errors.InvalidArgument(
                'concurrency can only be used for "replicated-job" mode'
            )
        self.mode = self._convert_mode(mode)
        self[self.mode] = {}
        if replicas is None:
            return
        if mode == "replicated":
            self[self.mode]["Replicas"] = replicas
        elif mode == "replicated-job":
            self[self.mode]["MaxConcurrent"] = concurrency or 1
            self[self.mode]["TotalCompletions"] = replicas

    @staticmethod
    def _convert_mode(original_mode: str) -> str:
        jobs = {"global-job": "GlobalJob", "replicated-job": "ReplicatedJob"}
        return jobs.get(original_mode, original_mode)

    @property
    def replicas(self) -> Optional[int]:
        """Number of tasks or completions that was asked for."""
        found: Optional[int] = None
        if "replicated" in self:
            found = self["replicated"].get("Replicas")
        elif "ReplicatedJob" in self:
            found = self["ReplicatedJob"].get("TotalCompletions")
        return found


class Placement(dict[str, Any]):
    """Where the tasks of a service may run.

    Args:
        constraints (list): Expressions such as ``node.role==manager``.
        preferences (list): :py:class:`PlacementPreference` objects or
            ``(strategy, descriptor)`` tuples, most important first (API 1.27).
        platforms (list): ``(architecture, os)`` tuples (API 1.30).
        maxreplicas (int): Most tasks on one node (API 1.40).
    """

    def __init__(
        self,
        constraints: Optional[list[str]] = None,
        preferences: Optional[Iterable[Union[tuple[str, str], Any]]] = None,
        platforms: Optional[Iterable[tuple[str, str]]] = None,
        maxreplicas: Optional[int] = None,
    ) -> None:
        super().__init__()
        if constraints is not None:
            self["Constraints"] = constraints
        if preferences is not None:
            self["Preferences"] = [
                PlacementPreference(*one) if isinstance(one, tuple) else one
                for one in preferences
            ]
        if maxreplicas is not None:
            self["MaxReplicas"] = maxreplicas
        if platforms:
            self["Platforms"] = [
                {"Architecture": platform[0], "OS": platform[1]}
                for platform in platforms
            ]


class PlacementPreference(dict[str, Any]):
    """A wish about the placement of tasks, for :py:class:`Placement`.

    Args:
        strategy (str): ``spread`` is the only one there is.
        descriptor (str): Label over whose values the tasks are spread, for example
            ``node.labels.rack``.

    Raises:
        dockline.errors.InvalidArgument: The strategy is unknown.
    """

    def __init__(self, strategy: str, descriptor: str) -> None:
        super().__init__()
        if strategy != "spread":
            raise errors.InvalidArgument(
                f"PlacementPreference strategy value is invalid ({strategy}): "
                'must be "spread".'
            )
        self["Spread"] = {"SpreadDescriptor": descriptor}
