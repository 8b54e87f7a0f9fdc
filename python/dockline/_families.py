"""Families of refusals: what programs catch as a whole.

Each is also the class that the status alone would give, so that whatever caught
a refusal before still does. They are names of `dockline.errors`.
"""

from __future__ import annotations

from . import errors
from .errors import APIError, ImageNotFound, NotFound


class ConflictError(APIError):
    """The state or the name of an object does not allow the request."""


class ProcessError(APIError):
    """A process could not be started in its container."""


class DockerfileError(APIError):
    """The engine refused a build: its Dockerfile, its files or a step."""


class RegistryError(APIError):
    """A registry refused, or could not be reached by the engine."""


class RateLimited(RegistryError):
    """A registry refuses more requests for now; `fields` says how many it allows."""


class RegistryNotFound(RegistryError, NotFound):
    """A registry does not have what was named."""


class RegistryImageNotFound(RegistryError, ImageNotFound):
    """A registry does not have the image, or does not show it to this user."""


class NetworkError(APIError):
    """A network, an address or a port cannot be had."""


class MountError(APIError):
    """A mount or a volume cannot be used as asked."""


class SwarmError(APIError):
    """The swarm, or this node's place in it, does not allow the request."""


ALL: tuple[type[APIError], ...] = (
    ConflictError,
    ProcessError,
    DockerfileError,
    RegistryError,
    RateLimited,
    RegistryNotFound,
    RegistryImageNotFound,
    NetworkError,
    MountError,
    SwarmError,
)

for _family in ALL:
    # Their public home; pickles name it.
    _family.__module__ = APIError.__module__

_FAMILIES: dict[str, type[APIError]] = {
    "conflict": ConflictError,
    "process": ProcessError,
    "build": DockerfileError,
    "registry": RegistryError,
    "network": NetworkError,
    "mount": MountError,
    "swarm": SwarmError,
}

#: A family whose refusal came as a 404, by family.
_ABSENT: dict[str, type[APIError]] = {}

for _name, _family in _FAMILIES.items():
    if _name == "registry":
        continue
    _title = f"{_family.__name__[:-5]}NotFoundError"
    _about = {"__doc__": f"{_family.__doc__} (404)", "__module__": APIError.__module__}
    _ABSENT[_name] = type(_title, (_family, NotFound), _about)
    # Where pickles look for it.
    setattr(errors, _title, _ABSENT[_name])

_REGISTRY: dict[type[APIError], type[APIError]] = {
    ImageNotFound: RegistryImageNotFound,
    NotFound: RegistryNotFound,
}


def refined(cls: type[APIError], kind: str, family: str) -> type[APIError]:
    """Give the class for a kind whose status alone would make it a `cls`."""
    if family == "registry" and cls in _REGISTRY:
        return _REGISTRY[cls]
    if cls is NotFound:
        return _ABSENT.get(family, cls)
    if cls is not APIError:
        return cls
    if kind == "rate_limited":
        return RateLimited
    return _FAMILIES.get(family, cls)
