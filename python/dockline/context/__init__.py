"""Contexts of the Docker CLI: named engines, kept in files."""

from .api import ContextAPI
from .context import Context

__all__ = ["Context", "ContextAPI"]
