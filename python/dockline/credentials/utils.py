"""Environment of credential helpers."""

from __future__ import annotations

import os
from typing import Mapping, Optional


def create_environment_dict(overrides: Optional[Mapping[str, str]]) -> dict[str, str]:
    """Copy this process's environment and set ``overrides`` in the copy."""
    return {**os.environ, **(overrides or {})}
