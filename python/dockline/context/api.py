"""Managing contexts: create, list, select, inspect, remove."""

from __future__ import annotations

import json
import os
from typing import Any, Mapping, Optional

from .. import errors
from ..tls import TLSConfig
from ..utils._address import ChosenAddress
from .config import (
    METAFILE,
    get_current_context_name,
    get_meta_dir,
    write_context_name_to_docker_config,
)
from .context import Context


class ContextAPI:
    """The contexts of the current user. All methods are class methods."""

    #: What ``default`` means: the platform's own socket.
    DEFAULT_CONTEXT = Context("default", "swarm")

    @classmethod
    def create_context(
        cls,
        name: str,
        orchestrator: Optional[str] = None,
        host: Optional[str] = None,
        tls_cfg: Optional[TLSConfig] = None,
        default_namespace: Optional[str] = None,
        skip_tls_verify: bool = False,
    ) -> Context:
        """Create a context and write its files.

        Args:
            name: Name of the context.
            orchestrator: None or ``"swarm"`` for a plain engine.
            host: Address of the engine, such as ``tcp://10.0.0.5:2376``.
            tls_cfg: Certificates; their files are copied.
            default_namespace: Default namespace, for orchestrators with one.
            skip_tls_verify: Do not verify the engine's certificate.

        Raises:
            dockline.errors.MissingContextParameter: no name.
            dockline.errors.ContextAlreadyExists: the name is taken.
            dockline.errors.ContextException: the name is ``default``.

        Example:
            >>> from dockline.context import ContextAPI
            >>> ContextAPI.create_context("build", host="ssh://ci@builder").Host
            'ssh://ci@builder:22'
        """
        if not name:
            raise errors.MissingContextParameter("name")
        if name == "default":
            raise errors.ContextException('"default" is a reserved context name')
        if Context.load_context(name):
            raise errors.ContextAlreadyExists(name)
        context = Context(name, orchestrator)
        context.set_endpoint(
            context._main_endpoint(),
            host,
            tls_cfg,
            skip_tls_verify=skip_tls_verify,
            def_namespace=default_namespace,
        )
        context.save()
        return context

    @classmethod
    def get_context(cls, name: Optional[str] = None) -> Optional[Context]:
        """Get a context; the current one without a name, None if unknown."""
        name = name or get_current_context_name()
        if name == "default":
            return cls.DEFAULT_CONTEXT
        return Context.load_context(name)

    @classmethod
    def contexts(cls) -> list[Optional[Context]]:
        """List all contexts, the default one first.

        A description that cannot be read raises
        :py:class:`dockline.errors.ContextException`.
        """
        names = []
        for folder, folders, files in os.walk(get_meta_dir()):
            if METAFILE not in files and METAFILE not in folders:
                continue
            try:
                with open(os.path.join(folder, METAFILE), encoding="utf-8") as file:
                    names.append(json.load(file)["Name"])
            except Exception as error:
                raise errors.ContextException(
                    f"Failed to load metafile {METAFILE}: {error}"
                ) from error
        return [cls.DEFAULT_CONTEXT, *map(Context.load_context, names)]

    @classmethod
    def get_current_context(cls) -> Optional[Context]:
        """Get the context the configuration file selects."""
        return cls.get_context()

    @classmethod
    def kwargs_from_context(
        cls,
        name: Optional[str] = None,
        environment: Optional[Mapping[str, str]] = None,
    ) -> dict[str, Any]:
        """Give the ``base_url`` and ``tls`` arguments for a client.

        Without ``name`` the context is chosen as the CLI does:
        ``DOCKER_CONTEXT`` in ``environment`` (the process's by default), then
        the configuration file's ``currentContext``, then ``default``. Empty
        when the context is unknown or has no address.
        """
        rule = "context"
        if name is None:
            variables = os.environ if environment is None else environment
            name = variables.get("DOCKER_CONTEXT")
            rule = "DOCKER_CONTEXT" if name else "currentContext"
        context = cls.get_context(name)
        if context is None or not context.Host:
            return {}
        if context.name == "default":
            rule = "default"
        address = ChosenAddress(context.Host, rule, context.name)
        params: dict[str, Any] = {"base_url": address}
        tls = context._connection_tls()
        if tls is not None:
            params["tls"] = tls
        return params

    @classmethod
    def set_current_context(cls, name: str = "default") -> None:
        """Select a context in the configuration file.

        Raises:
            dockline.errors.ContextNotFound: there is no such context.
            dockline.errors.ContextException: the file cannot be written.
        """
        if not cls.get_context(name):
            raise errors.ContextNotFound(name)
        error = write_context_name_to_docker_config(name)
        if error:
            raise errors.ContextException(f"Failed to set current context: {error}")

    @classmethod
    def remove_context(cls, name: str) -> None:
        """Delete a context; when it was the current one, select the default.

        Raises:
            dockline.errors.MissingContextParameter: no name.
            dockline.errors.ContextException: the name is ``default``.
            dockline.errors.ContextNotFound: there is no such context.
        """
        if not name:
            raise errors.MissingContextParameter("name")
        if name == "default":
            raise errors.ContextException('context "default" cannot be removed')
        context = Context.load_context(name)
        if not context:
            raise errors.ContextNotFound(name)
        if name == get_current_context_name():
            write_context_name_to_docker_config(None)
        context.remove()

    @classmethod
    def inspect_context(cls, name: str = "default") -> dict[str, Any]:
        """Describe a context: name, metadata, endpoints, TLS files, folders.

        Raises:
            dockline.errors.MissingContextParameter: no name.
            dockline.errors.ContextNotFound: there is no such context.
        """
        if not name:
            raise errors.MissingContextParameter("name")
        if name == "default":
            return cls.DEFAULT_CONTEXT()
        context = Context.load_context(name)
        if not context:
            raise errors.ContextNotFound(name)
        return context()
