"""Fixed values of the public surface: defaults, platform facts, limits.

Nothing here is computed from the environment; API versions an engine may
speak are known to the core's endpoint table, not to this file.
"""

from __future__ import annotations

import sys

from .version import __version__

#: API version a caller may pin when the engine must not be asked.
DEFAULT_DOCKER_API_VERSION = "1.45"
#: Oldest API version the library talks to.
MINIMUM_DOCKER_API_VERSION = "1.24"
#: Seconds an ordinary call may take before it is given up.
DEFAULT_TIMEOUT_SECONDS = 60
#: Length in bytes of the header in front of each frame of a multiplexed stream.
STREAM_HEADER_SIZE_BYTES = 8
#: Keys that ``build(container_limits=...)`` accepts.
CONTAINER_LIMITS_KEYS = ["memory", "memswap", "cpushares", "cpusetcpus"]

DEFAULT_HTTP_HOST = "127.0.0.1"
DEFAULT_UNIX_SOCKET = "http+unix:///var/run/docker.sock"
DEFAULT_NPIPE = "npipe:////./pipe/docker_engine"

#: Suffixes understood in sizes such as ``"512m"``, in bytes.
BYTE_UNITS = {"b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}

INSECURE_REGISTRY_DEPRECATION_WARNING = (
    "The `insecure_registry` argument to {} "
    "is deprecated and non-functional. Please remove it."
)

IS_WINDOWS_PLATFORM = sys.platform == "win32"
#: Prefix of Windows paths that are not cut at 260 characters.
WINDOWS_LONGPATH_PREFIX = "\\\\?\\"

DEFAULT_USER_AGENT = f"docker-sdk-python/{__version__}"
DEFAULT_NUM_POOLS = 25
#: OpenSSH grants ten sessions per connection by default; one is kept free.
DEFAULT_NUM_POOLS_SSH = 9
#: Idle connections kept per client.
DEFAULT_MAX_POOL_SIZE = 10

#: Bytes per piece when an archive or image is streamed (2 MiB).
DEFAULT_DATA_CHUNK_SIZE = 2 << 20

DEFAULT_SWARM_ADDR_POOL = ["10.0.0.0/8"]
DEFAULT_SWARM_SUBNET_SIZE = 24
