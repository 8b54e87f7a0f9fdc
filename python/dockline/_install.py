"""Lets an unchanged program find dockline under the name `docker`.

`import docker.api.client` then gives the very module object of
`dockline.api.client`, so patching and `isinstance` work as with the original.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Optional

_OURS = __name__.partition(".")[0]
_THEIRS = "docker"


class _Alias(Loader):
    """Loads `docker.x` by giving the module `dockline.x`."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._spec: Optional[ModuleSpec] = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        _ = spec
        module = importlib.import_module(self._target)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has just put the alias's spec here.
        module.__spec__ = self._spec


class _Finder(MetaPathFinder):
    """Finds `docker` and everything below it in dockline."""

    def find_spec(
        self,
        fullname: str,
        path: Optional[Sequence[str]] = None,
        target: Optional[ModuleType] = None,
    ) -> Optional[ModuleSpec]:
        _ = path, target
        head, dot, rest = fullname.partition(".")
        if head != _THEIRS:
            return None
        ours = f"{_OURS}{dot}{rest}"
        try:
            found = importlib.util.find_spec(ours)
        except ModuleNotFoundError:
            return None
        if found is None:
            return None
        is_package = found.submodule_search_locations is not None
        return ModuleSpec(fullname, _Alias(ours), is_package=is_package)

    def find_distributions(self, context: Any = None) -> Iterator[Any]:
        """Say which release of docker-py is here, if asked by its name."""
        name = getattr(context, "name", None)
        if name == _THEIRS:
            yield _distribution()

    def invalidate_caches(self) -> None:
        """Nothing is cached."""


def _distribution() -> Any:
    from importlib.metadata import Distribution

    from .version import __version__

    class Stated(Distribution):
        """The metadata of the docker-py that dockline stands in for."""

        def read_text(self, filename: str) -> Optional[str]:
            if filename in {"METADATA", "PKG-INFO"}:
                return f"Metadata-Version: 2.1\nName: docker\nVersion: {__version__}\n"
            return None

        def locate_file(self, path: Any) -> Any:
            from pathlib import Path

            return Path(__file__).parent / path

    return Stated()


def _is_ours(modules: Iterable[str]) -> bool:
    return all(
        getattr(sys.modules[name], "__name__", "").partition(".")[0] == _OURS
        for name in modules
    )


def install_as_docker() -> None:
    """Make `import docker`, and every `docker.x.y`, resolve to dockline.

    Call it before anything imports `docker`; calling it again does nothing.

    Raises:
        ImportError: The original was imported already: modules that hold its
            classes cannot be changed any more.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    loaded = [
        name
        for name in list(sys.modules)
        if name == _THEIRS or name.startswith(f"{_THEIRS}.")
    ]
    if loaded and not _is_ours(loaded):
        raise ImportError(
            "docker was imported before install_as_docker() was called; "
            "call it first, or start the program with `python -m dockline`",
            name=_THEIRS,
        )
    sys.meta_path.insert(0, _Finder())
