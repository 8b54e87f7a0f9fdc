"""What docker-py took before release 7 and programs still pass."""

from __future__ import annotations

import functools
from typing import Any, Callable, Mapping, Optional, Union


def with_older_options(
    function: Callable[[Optional[Mapping[str, str]]], dict[str, Any]],
) -> Callable[..., dict[str, Any]]:
    """Let programs written for docker-py before 7 pass the TLS options it had.

    The signature that is shown is still that of docker-py 7.
    """

    @functools.wraps(function)
    def wrapper(
        environment: Optional[Mapping[str, str]] = None,
        *,
        ssl_version: Any = None,
        assert_hostname: Optional[Union[bool, str]] = None,
    ) -> dict[str, Any]:
        params = function(environment)
        tls = params.get("tls")
        if tls is not None:
            tls.set_older_options(ssl_version, assert_hostname)
        return params

    return wrapper
