"""Helpers that programs import: parsing, conversions, build contexts, decorators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._late import late
from .decorators import check_resource, minimum_version, update_headers
from .utils import (
    compare_version,
    convert_filters,
    convert_port_bindings,
    convert_service_networks,
    convert_volume_binds,
    create_host_config,
    create_ipam_config,
    create_ipam_pool,
    datetime_to_timestamp,
    decode_json_header,
    format_environment,
    format_extra_hosts,
    kwargs_from_env,
    normalize_links,
    parse_bytes,
    parse_devices,
    parse_env_file,
    parse_host,
    parse_repository_tag,
    split_command,
    version_gte,
    version_lt,
)

if TYPE_CHECKING:
    from . import json_stream, socket
    from . import usage as usage
    from .build import create_archive, exclude_paths, match_tag, mkbuildcontext, tar

__all__ = [
    "check_resource",
    "compare_version",
    "convert_filters",
    "convert_port_bindings",
    "convert_service_networks",
    "convert_volume_binds",
    "create_archive",
    "create_host_config",
    "create_ipam_config",
    "create_ipam_pool",
    "datetime_to_timestamp",
    "decode_json_header",
    "exclude_paths",
    "format_environment",
    "format_extra_hosts",
    "json_stream",
    "kwargs_from_env",
    "match_tag",
    "minimum_version",
    "mkbuildcontext",
    "normalize_links",
    "parse_bytes",
    "parse_devices",
    "parse_env_file",
    "parse_host",
    "parse_repository_tag",
    "socket",
    "split_command",
    "tar",
    "update_headers",
    "version_gte",
    "version_lt",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = late(
        __name__,
        {
            ".build": (
                "create_archive",
                "exclude_paths",
                "match_tag",
                "mkbuildcontext",
                "tar",
            ),
            ".fnmatch": (),
            ".json_stream": (),
            ".ports": (),
            ".progress": (),
            ".socket": (),
            ".usage": (),
        },
    )
