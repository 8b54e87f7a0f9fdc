"""One context: a name, the engine it points to, and its TLS files."""

from __future__ import annotations

import json
import os
from typing import Any, Optional

from ..errors import ContextException
from ..tls import TLSConfig
from .config import get_context_host, get_meta_dir, get_meta_file, get_tls_dir

# The property `Context.TLSConfig` hides the class of that name in annotations.
_TLSConfig = TLSConfig
_IN_MEMORY = "IN MEMORY"


class Context:
    """A named engine.

    Args:
        name: Name of the context; empty raises ``Exception``.
        orchestrator: None or ``"swarm"`` for a plain engine.
        host: Address of the engine; the platform's default when absent.
        endpoints: Descriptions by endpoint name, each with ``Host`` and
            ``SkipTLSVerify``; used instead of ``host``.
        tls: Whether the engine is reached over TLS.

    Raises:
        dockline.errors.ContextException: an endpoint is no mapping.
    """

    def __init__(
        self,
        name: str,
        orchestrator: Optional[str] = None,
        host: Optional[str] = None,
        endpoints: Optional[dict[str, Any]] = None,
        tls: bool = False,
    ) -> None:
        if not name:
            raise Exception("Name not provided")  # noqa: TRY002 - the class programs know
        self.name = name
        self.context_type: Optional[str] = None
        self.orchestrator = orchestrator
        self.endpoints: dict[str, Any] = {}
        self.tls_cfg: dict[str, _TLSConfig] = {}
        self.meta_path = _IN_MEMORY
        self.tls_path = _IN_MEMORY

        if not endpoints:
            self.endpoints[self._main_endpoint()] = {
                "Host": get_context_host(host, tls),
                "SkipTLSVerify": not tls,
            }
            return
        for key, endpoint in endpoints.items():
            if not isinstance(endpoint, dict):
                raise ContextException(
                    f"Unknown endpoint format for context {name}: {endpoint}"
                )
            self.endpoints[key] = endpoint
            if key == "docker":
                _complete(endpoint, get_context_host(host, tls), not tls)

    def _main_endpoint(self) -> str:
        if not self.orchestrator or self.orchestrator == "swarm":
            return "docker"
        return self.orchestrator

    def set_endpoint(
        self,
        name: str = "docker",
        host: Optional[str] = None,
        tls_cfg: Optional[_TLSConfig] = None,
        skip_tls_verify: bool = False,
        def_namespace: Optional[str] = None,
    ) -> None:
        """Set or replace one endpoint; nothing is written until :py:meth:`save`.

        Args:
            name: Which endpoint; ``"docker"`` is the engine.
            host: Its address.
            tls_cfg: Certificates to use.
            skip_tls_verify: Do not verify the other side.
            def_namespace: Default namespace, for orchestrators that have one.
        """
        endpoint: dict[str, Any] = {
            "Host": get_context_host(host, not skip_tls_verify),
            "SkipTLSVerify": skip_tls_verify,
        }
        if def_namespace:
            endpoint["DefaultNamespace"] = def_namespace
        self.endpoints[name] = endpoint
        if tls_cfg:
            self.tls_cfg[name] = tls_cfg

    def inspect(self) -> dict[str, Any]:
        """Describe the context as ``docker context inspect`` does."""
        return self()

    @classmethod
    def load_context(cls, name: str) -> Optional[Context]:
        """Read a context from its files; None when there is no such context.

        A description that is not valid JSON raises ``Exception``.
        """
        meta = cls._load_meta(name)
        if not meta:
            return None
        metadata = meta["Metadata"]
        context = cls(
            meta["Name"],
            orchestrator=metadata.get("StackOrchestrator", None),
            endpoints=meta.get("Endpoints", None),
        )
        context.context_type = metadata.get("Type", None)
        context._load_certs()
        context.meta_path = get_meta_dir(name)
        return context

    @classmethod
    def _load_meta(cls, name: str) -> Optional[dict[str, Any]]:
        path = get_meta_file(name)
        if not os.path.isfile(path):
            return None
        try:
            with open(path, encoding="utf-8") as file:
                meta: dict[str, Any] = json.load(file)
        except (OSError, ValueError) as error:
            raise Exception(  # noqa: TRY002 - the class programs know
                f"Detected corrupted meta file for context {name} : {error}"
            ) from error
        engine = meta["Endpoints"].get("docker")
        if isinstance(engine, dict):
            _complete(engine, get_context_host(None, False), True)
        return meta

    def _load_certs(self) -> None:
        """Take up the endpoints' TLS files where a full set is present."""
        self.tls_path = get_tls_dir(self.name)
        self.tls_cfg = {}
        for endpoint in self.endpoints:
            files = _tls_files(os.path.join(self.tls_path, endpoint))
            if len(files) < 3:
                continue
            skip = self.endpoints[endpoint].get("SkipTLSVerify", False)
            self.tls_cfg[endpoint] = TLSConfig(
                client_cert=(files["cert"], files["key"]),
                ca_cert=files["ca"],
                verify=True if endpoint == "docker" and not skip else None,
            )

    def _connection_tls(self) -> Optional[_TLSConfig]:
        """TLS options to connect with: as the CLI does, an authority alone is enough."""
        endpoint = self._main_endpoint()
        if endpoint in self.tls_cfg:
            return self.tls_cfg[endpoint]
        if not os.path.isdir(get_tls_dir()):
            # Nobody's then; and to name the folder of one loads `hashlib`.
            return None
        files = _tls_files(get_tls_dir(self.name, endpoint))
        pair = (files["cert"], files["key"]) if {"cert", "key"} <= set(files) else None
        if pair is None and "ca" not in files:
            return None
        skip = self.endpoints.get(endpoint, {}).get("SkipTLSVerify", False)
        return TLSConfig(
            client_cert=pair, ca_cert=files.get("ca"), verify=None if skip else True
        )

    def save(self) -> None:
        """Write the description and copy the TLS files beside it."""
        import shutil  # late: few programs write contexts

        folder = get_meta_dir(self.name)
        os.makedirs(folder, exist_ok=True)
        with open(get_meta_file(self.name), "w", encoding="utf-8") as file:
            json.dump(self.Metadata, file)
        for endpoint, tls in self.tls_cfg.items():
            target = get_tls_dir(self.name, endpoint)
            os.makedirs(target, exist_ok=True)
            for source in (tls.ca_cert, *(tls.cert or ())):
                if source:
                    shutil.copyfile(
                        source, os.path.join(target, os.path.basename(source))
                    )
        self.meta_path = folder
        self.tls_path = get_tls_dir(self.name)

    def remove(self) -> None:
        """Delete the context's files."""
        import shutil

        for folder in (self.meta_path, self.tls_path):
            if os.path.isdir(folder):
                shutil.rmtree(folder)

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: '{self.name}'>"

    def __str__(self) -> str:
        return json.dumps(self(), indent=2)

    def __call__(self) -> dict[str, Any]:
        """Describe the context as :py:meth:`inspect` does."""
        return {**self.Metadata, **self.TLSMaterial, **self.Storage}

    def is_docker_host(self) -> bool:
        """Whether the context is a plain engine, not another kind of target."""
        return self.context_type is None

    @property
    def Name(self) -> str:
        """Name of the context."""
        return self.name

    @property
    def Host(self) -> Optional[str]:
        """Address of the engine."""
        key = self._main_endpoint()
        if key != "docker":
            return self.endpoints[key].get("Host", None)  # type: ignore[no-any-return]
        endpoint = self.endpoints.get(key)
        return endpoint.get("Host", None) if endpoint else None

    @property
    def Orchestrator(self) -> Optional[str]:
        """Orchestrator of the context."""
        return self.orchestrator

    @property
    def Metadata(self) -> dict[str, Any]:
        """Name, metadata and endpoints, as they are stored."""
        meta = {"StackOrchestrator": self.orchestrator} if self.orchestrator else {}
        return {"Name": self.name, "Metadata": meta, "Endpoints": self.endpoints}

    @property
    def TLSConfig(self) -> Optional[_TLSConfig]:
        """TLS options of the engine; None without TLS files."""
        return self.tls_cfg.get(self._main_endpoint())

    @property
    def TLSMaterial(self) -> dict[str, Any]:
        """File names of the TLS material by endpoint."""
        names = {}
        for endpoint, tls in self.tls_cfg.items():
            files = [tls.ca_cert, *(tls.cert or ())]
            names[endpoint] = [os.path.basename(path) for path in files if path]
        return {"TLSMaterial": names}

    @property
    def Storage(self) -> dict[str, Any]:
        """Folders of the description and of the TLS files."""
        return {"Storage": {"MetadataPath": self.meta_path, "TLSPath": self.tls_path}}


def _complete(endpoint: dict[str, Any], host: str, skip_verify: bool) -> None:
    """Fill in what an engine's description may leave out."""
    endpoint.setdefault("Host", host)
    endpoint["SkipTLSVerify"] = bool(endpoint.get("SkipTLSVerify", skip_verify))


def _tls_files(folder: str) -> dict[str, str]:
    """Find ``ca*``, ``cert*`` and ``key*`` in ``folder``, as far as they are there."""
    found: dict[str, str] = {}
    if not os.path.isdir(folder):
        return found
    for name in os.listdir(folder):
        for kind in ("ca", "cert", "key"):
            if name.startswith(kind):
                found[kind] = os.path.join(folder, name)
                break
    return found
