"""Health checks of containers and services."""

from __future__ import annotations

from typing import Any, Optional, Union

from .base import DictType, either


def _as_test(value: Any) -> Any:
    return ["CMD-SHELL", value] if isinstance(value, str) else value


class Healthcheck(DictType):
    """How the Engine finds out whether a container still works.

    Arguments are given by keyword, in snake case or as the Engine spells them
    (``start_period`` or ``StartPeriod``). All times are nanoseconds; 0 inherits
    from the image, anything else must be at least 1000000 (one millisecond).

    Args:
        test (str or list): ``["CMD", program, ...]`` runs a program,
            ``["CMD-SHELL", line]`` or a plain string runs a shell line,
            ``["NONE"]`` switches the check off and ``[]`` inherits it.
        interval (int): Pause between two checks.
        timeout (int): How long one check may take.
        retries (int): Failures in a row that make the container unhealthy.
        start_period (int): Time after the start in which failures do not count
            (API 1.29).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            {
                "Test": _as_test(either(kwargs, "test", "Test")),
                "Interval": either(kwargs, "interval", "Interval"),
                "Timeout": either(kwargs, "timeout", "Timeout"),
                "Retries": either(kwargs, "retries", "Retries"),
                "StartPeriod": either(kwargs, "start_period", "StartPeriod"),
            }
        )

    @property
    def test(self) -> Optional[list[str]]:
        """The command, as a list; a string that is assigned becomes a shell line."""
        test: Optional[list[str]] = self["Test"]
        return test

    @test.setter
    def test(self, value: Union[str, list[str], None]) -> None:
        self["Test"] = _as_test(value)

    @property
    def interval(self) -> Optional[int]:
        """Nanoseconds between two checks."""
        interval: Optional[int] = self["Interval"]
        return interval

    @interval.setter
    def interval(self, value: Optional[int]) -> None:
        self["Interval"] = value

    @property
    def timeout(self) -> Optional[int]:
        """Nanoseconds one check may take."""
        timeout: Optional[int] = self["Timeout"]
        return timeout

    @timeout.setter
    def timeout(self, value: Optional[int]) -> None:
        self["Timeout"] = value

    @property
    def retries(self) -> Optional[int]:
        """Failures in a row before the container counts as unhealthy."""
        retries: Optional[int] = self["Retries"]
        return retries

    @retries.setter
    def retries(self, value: Optional[int]) -> None:
        self["Retries"] = value

    @property
    def start_period(self) -> Optional[int]:
        """Nanoseconds after the start in which failures do not count."""
        start_period: Optional[int] = self["StartPeriod"]
        return start_period

    @start_period.setter
    def start_period(self, value: Optional[int]) -> None:
        self["StartPeriod"] = value
