"""Small parts of a host configuration: logging, limits, device requests.

Each takes keyword arguments in snake case or as the Engine spells them, and
each member can be read and assigned as an attribute.
"""

from __future__ import annotations

from typing import Any, Optional

from .base import DictType, either


class LogConfigTypesEnum:
    """Names of the log drivers that every Linux engine has."""

    _values = ("json-file", "syslog", "journald", "gelf", "fluentd", "none")
    JSON, SYSLOG, JOURNALD, GELF, FLUENTD, NONE = _values


class LogConfig(DictType):
    """Where the output of a container goes.

    Args:
        type (str): Log driver; :py:attr:`LogConfig.types` has the usual names,
            plugins add others.
        config (dict): Options of the driver.

    Raises:
        ValueError: ``config`` is not a dict.

    Example:
        >>> logging = LogConfig(type=LogConfig.types.JSON, config={"max-size": "10m"})
        >>> client.api.create_host_config(log_config=logging)
    """

    types = LogConfigTypesEnum

    def __init__(self, **kwargs: Any) -> None:
        config = either(kwargs, "config", "Config") or {}
        if config and not isinstance(config, dict):
            raise ValueError("LogConfig.config must be a dictionary")
        super().__init__({"Type": either(kwargs, "type", "Type"), "Config": config})

    @property
    def type(self) -> Any:
        """Name of the log driver."""
        return self["Type"]

    @type.setter
    def type(self, value: Any) -> None:
        self["Type"] = value

    @property
    def config(self) -> dict[str, Any]:
        """Options of the log driver."""
        config: dict[str, Any] = self["Config"]
        return config

    def set_config_value(self, key: str, value: Any) -> None:
        """Set one option of the driver."""
        self.config[key] = value

    def unset_config(self, key: str) -> None:
        """Remove one option of the driver, if it is there."""
        self.config.pop(key, None)


class Ulimit(DictType):
    """A limit on what the processes of a container may use.

    Args:
        name (str): The limit, as in ``/etc/security/limits.conf``.
        soft (int): Value that is enforced.
        hard (int): Value up to which ``soft`` may be raised.

    Raises:
        ValueError: ``name`` is not a string, or a limit is not an integer.

    Example:
        >>> client.api.create_host_config(ulimits=[Ulimit(name="nofile", soft=4096)])
    """

    def __init__(self, **kwargs: Any) -> None:
        name = either(kwargs, "name", "Name")
        soft = either(kwargs, "soft", "Soft")
        hard = either(kwargs, "hard", "Hard")
        if not isinstance(name, str):
            raise ValueError("Ulimit.name must be a string")  # noqa: TRY004 - docker-py's
        if soft and not isinstance(soft, int):
            raise ValueError("Ulimit.soft must be an integer")
        if hard and not isinstance(hard, int):
            raise ValueError("Ulimit.hard must be an integer")
        super().__init__({"Name": name, "Soft": soft, "Hard": hard})

    @property
    def name(self) -> Any:
        """Which limit this is."""
        return self["Name"]

    @name.setter
    def name(self, value: Any) -> None:
        self["Name"] = value

    @property
    def soft(self) -> Optional[int]:
        """Value that is enforced."""
        return self.get("Soft")

    @soft.setter
    def soft(self, value: Optional[int]) -> None:
        self["Soft"] = value

    @property
    def hard(self) -> Optional[int]:
        """Value up to which the soft limit may be raised."""
        return self.get("Hard")

    @hard.setter
    def hard(self, value: Optional[int]) -> None:
        self["Hard"] = value


def _checked(value: Any, default: Any, name: str, kind: str) -> Any:
    """Give the default for None, else insist on the type of the default."""
    if value is None:
        return default
    if not isinstance(value, type(default)):
        message = f"DeviceRequest.{name} must be a{kind}"
        raise ValueError(message)  # noqa: TRY004 - docker-py's choice
    return value


class DeviceRequest(DictType):
    """Devices such as GPUs that the Engine picks for a container (API 1.40).

    Args:
        driver (str): Driver that serves the request. Default: any.
        count (int): How many devices; -1 for all.
        device_ids (list): Particular devices, instead of ``count``.
        capabilities (list): Lists of capabilities; the device has to have all
            capabilities of at least one list.
        options (dict): Options for the driver.

    Raises:
        ValueError: An argument has the wrong type.
    """

    def __init__(self, **kwargs: Any) -> None:
        driver = either(kwargs, "driver", "Driver")
        count = either(kwargs, "count", "Count")
        device_ids = either(kwargs, "device_ids", "DeviceIDs")
        capabilities = either(kwargs, "capabilities", "Capabilities")
        options = either(kwargs, "options", "Options")
        super().__init__(
            {
                "Driver": _checked(driver, "", "driver", " string"),
                "Count": _checked(count, 0, "count", "n integer"),
                "DeviceIDs": _checked(device_ids, [], "device_ids", " list"),
                "Capabilities": _checked(capabilities, [], "capabilities", " list"),
                "Options": _checked(options, {}, "options", " dict"),
            }
        )

    @property
    def driver(self) -> str:
        """Driver that serves the request; empty for any."""
        driver: str = self["Driver"]
        return driver

    @driver.setter
    def driver(self, value: str) -> None:
        self["Driver"] = value

    @property
    def count(self) -> int:
        """How many devices; -1 for all."""
        count: int = self["Count"]
        return count

    @count.setter
    def count(self, value: int) -> None:
        self["Count"] = value

    @property
    def device_ids(self) -> list[str]:
        """Ids of particular devices."""
        device_ids: list[str] = self["DeviceIDs"]
        return device_ids

    @device_ids.setter
    def device_ids(self, value: list[str]) -> None:
        self["DeviceIDs"] = value

    @property
    def capabilities(self) -> list[list[str]]:
        """Alternatives of capabilities."""
        capabilities: list[list[str]] = self["Capabilities"]
        return capabilities

    @capabilities.setter
    def capabilities(self, value: list[list[str]]) -> None:
        self["Capabilities"] = value

    @property
    def options(self) -> dict[str, str]:
        """Options for the driver."""
        options: dict[str, str] = self["Options"]
        return options

    @options.setter
    def options(self, value: dict[str, str]) -> None:
        self["Options"] = value
