"""Which docker-py this package stands in for, and which dockline it is.

``__version__`` is the release of docker-py whose surface is offered: programs
compare it, and some send it as if it were an API version. The version of this
package itself is ``dockline_version``, looked up when first asked for.
"""

from __future__ import annotations

#: What type checkers look for; importing `typing` would take longer than the rest.
TYPE_CHECKING = False
if TYPE_CHECKING:
    dockline_version: str

__version__ = "7.2.0"


def __getattr__(name: str) -> str:
    """Look up ``dockline_version`` in the installed package's metadata."""
    if name == "dockline_version":
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("dockline")
        except PackageNotFoundError:
            found = "0.0.0"
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
