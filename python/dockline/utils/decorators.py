"""Decorators of API methods: ids, versions, default headers.

Each wrapper checks or rewrites arguments and then returns what the wrapped
function returns, so plain functions and coroutine functions are served alike:
the checks run when the method is called, before anything is awaited.
"""

from __future__ import annotations

import functools
from typing import Any, Callable, TypeVar, cast

from .. import errors
from . import utils

F = TypeVar("F", bound=Callable[..., Any])


def check_resource(resource_name: str) -> Callable[[F], F]:
    """Accept an id, an inspect result or ``resource_name=`` as first argument.

    A dict stands for its ``Id`` (or ``ID``). Nothing to go by raises
    :py:class:`dockline.errors.NullResource`.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def checked(
            self: Any, resource_id: Any = None, *args: Any, **kwargs: Any
        ) -> Any:
            if resource_id is None and kwargs.get(resource_name):
                resource_id = kwargs.pop(resource_name)
            if isinstance(resource_id, dict):
                resource_id = resource_id.get("Id", resource_id.get("ID"))
            if not resource_id:
                raise errors.NullResource("Resource ID was not provided")
            return function(self, resource_id, *args, **kwargs)

        return cast(F, checked)

    return decorate


def minimum_version(version: str) -> Callable[[F], F]:
    """Refuse the call when the client's API version is below ``version``.

    Raises :py:class:`dockline.errors.InvalidVersion` before anything is sent.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
            if utils.version_lt(self._version, version):
                raise errors.InvalidVersion(
                    f"{function.__name__} is not available for version < {version}"
                )
            return function(self, *args, **kwargs)

        return cast(F, checked)

    return decorate


def update_headers(f: F) -> F:
    """Add the ``HttpHeaders`` of the user's config.json to the request.

    Configured headers win over those of the call, as in the CLI.
    """

    @functools.wraps(f)
    def with_headers(self: Any, *args: Any, **kwargs: Any) -> Any:
        configured = self._general_configs.get("HttpHeaders")
        if configured is not None:
            given = kwargs.get("headers") or {}
            kwargs["headers"] = {**given, **configured}
        return f(self, *args, **kwargs)

    return cast(F, with_headers)
