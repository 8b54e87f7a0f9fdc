"""Registry credentials: where they come from and how they are sent.

Sources, first match wins: ``DOCKER_AUTH_CONFIG``, a credential helper for the
registry, the default credential store, the ``auths`` section of the file.
Helpers are asked only for the registry that is needed, and an answer is kept
for a few seconds. No secret is ever logged or shown by ``repr``.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any, Mapping, Optional

from . import credentials, errors
from ._auth_sources import (
    ENVIRONMENT_VARIABLE,
    INDEX_NAME,
    INDEX_URL,
    decode_auth,
    decode_entries,
    environment_auths,
    load_legacy,
    masked,
)
from ._late import Log
from .utils import config

__all__ = [
    "ENVIRONMENT_VARIABLE",
    "HELPER_CACHE_SECONDS",
    "INDEX_NAME",
    "INDEX_URL",
    "TOKEN_USERNAME",
    "AuthConfig",
    "convert_to_hostname",
    "decode_auth",
    "encode_header",
    "get_config_header",
    "get_credential_store",
    "load_config",
    "parse_auth",
    "resolve_authconfig",
    "resolve_index_name",
    "resolve_repository_name",
    "split_repo_name",
]

TOKEN_USERNAME = "<token>"  # noqa: S105 - a name, no secret

#: Seconds for which the answer of a credential helper is used again.
HELPER_CACHE_SECONDS = 10.0

log = Log(__name__)


# ------------------------------------------------------------------- names


def resolve_repository_name(repo_name: str) -> tuple[str, str]:
    """Split an image's repository into registry and name.

    ``"busybox"`` gives ``("docker.io", "busybox")``. A scheme in front, or a
    registry that begins or ends with a hyphen, raises
    :py:class:`dockline.errors.InvalidRepository`.
    """
    if "://" in repo_name:
        raise errors.InvalidRepository(
            f"Repository name cannot contain a scheme ({repo_name})"
        )
    registry, name = split_repo_name(repo_name)
    if registry[0] == "-" or registry[-1] == "-":
        raise errors.InvalidRepository(
            f"Invalid index name ({registry}). Cannot begin or end with a hyphen."
        )
    return resolve_index_name(registry), name


def resolve_index_name(index_name: str) -> str:
    """Reduce a registry's URL to its host; the public index to ``docker.io``."""
    host = convert_to_hostname(index_name)
    return INDEX_NAME if host == f"index.{INDEX_NAME}" else host


def split_repo_name(repo_name: str) -> tuple[str, str]:
    """Split at the first slash when what precedes it looks like a host."""
    first, slash, rest = repo_name.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first):
        return first, rest
    return INDEX_NAME, repo_name


def convert_to_hostname(url: str) -> str:
    """Strip scheme and path from a registry's URL."""
    return url.replace("http://", "").replace("https://", "").partition("/")[0]


# ------------------------------------------------------------------ headers


def get_config_header(client: Any, registry: Optional[str]) -> Optional[bytes]:
    """Give the ``X-Registry-Auth`` value for ``registry``; None to go anonymous.

    Reads the user's configuration when ``client`` has no credentials yet.
    """
    if not client._auth_configs or client._auth_configs.is_empty:
        log.debug("No credentials in memory: reading the configuration file")
        client._auth_configs = load_config(credstore_env=client.credstore_env)
    found = resolve_authconfig(
        client._auth_configs, registry, credstore_env=client.credstore_env
    )
    if not found:
        log.debug("No credentials for %r", registry)
        return None
    return encode_header(found)


def encode_header(auth: Any) -> bytes:
    """Encode credentials (or a map of them) for a request header."""
    return base64.urlsafe_b64encode(json.dumps(auth).encode("ascii"))


# ------------------------------------------------------------ configuration


def get_credential_store(
    authconfig: dict[str, Any], registry: Optional[str]
) -> Optional[str]:
    """Name the credential helper that serves ``registry``, if one does."""
    if not isinstance(authconfig, AuthConfig):
        authconfig = AuthConfig(authconfig)
    return authconfig.get_credential_store(registry)


def resolve_authconfig(
    authconfig: dict[str, Any],
    registry: Optional[str] = None,
    credstore_env: Optional[Mapping[str, str]] = None,
) -> Optional[dict[str, Any]]:
    """Find the credentials for ``registry`` in ``authconfig``; None if none."""
    if not isinstance(authconfig, AuthConfig):
        authconfig = AuthConfig(authconfig, credstore_env)
    return authconfig.resolve_authconfig(registry)


def parse_auth(
    entries: Mapping[str, Any], raise_on_error: bool = False
) -> dict[str, dict[str, Any]]:
    """Decode an ``auths`` section: see :py:meth:`AuthConfig.parse_auth`."""
    return AuthConfig.parse_auth(entries, raise_on_error)


def load_config(
    config_path: Optional[str] = None,
    config_dict: Optional[dict[str, Any]] = None,
    credstore_env: Optional[Mapping[str, str]] = None,
) -> AuthConfig:
    """Load credentials: see :py:meth:`AuthConfig.load_config`."""
    return AuthConfig.load_config(config_path, config_dict, credstore_env)


class AuthConfig(dict[str, Any]):
    """Credentials of a configuration file: ``auths, credsStore, credHelpers``.

    Args:
        dct: These three keys, each optional; ``auths`` in decoded form.
        credstore_env: Variables to set for credential helpers.
    """

    def __init__(
        self,
        dct: Mapping[str, Any],
        credstore_env: Optional[Mapping[str, str]] = None,
    ) -> None:
        super().__init__()
        self.update(dct)
        self.setdefault("auths", {})
        self._credstore_env = credstore_env
        self._stores: dict[str, credentials.Store] = {}
        self._environment_auths: dict[str, dict[str, Any]] = {}
        self._answers: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({masked(self)!r})"

    @classmethod
    def parse_auth(
        cls, entries: Mapping[str, Any], raise_on_error: bool = False
    ) -> dict[str, dict[str, Any]]:
        """Decode an ``auths`` section.

        Args:
            entries: Registry names with their entries.
            raise_on_error: Raise InvalidConfigFile for an entry that is no
                mapping, instead of taking the whole for something else and
                returning an empty dict.

        Returns each registry's user name and password, its identity token, or
        an empty dict when a credential store holds them.
        """
        return decode_entries(entries, raise_on_error)

    @classmethod
    def load_config(
        cls,
        config_path: Optional[str],
        config_dict: Optional[dict[str, Any]],
        credstore_env: Optional[Mapping[str, str]] = None,
    ) -> AuthConfig:
        """Load the credentials of a configuration.

        Args:
            config_path: File to read; by default the one
                :py:func:`dockline.utils.config.find_config_file` finds.
            config_dict: A configuration already read. Its sections about
                credentials are taken out of it.
            credstore_env: Variables to set for credential helpers.

        Raises:
            dockline.errors.InvalidConfigFile: an ``auths`` entry, or
                ``DOCKER_AUTH_CONFIG``, is malformed.
        """
        loaded = cls._load(config_path, config_dict, credstore_env)
        loaded._environment_auths = environment_auths()
        return loaded

    @classmethod
    def _load(
        cls,
        config_path: Optional[str],
        config_dict: Optional[dict[str, Any]],
        credstore_env: Optional[Mapping[str, str]],
    ) -> AuthConfig:
        if config_dict:
            return cls(cls._sections(config_dict), credstore_env)
        path = config.find_config_file(config_path)
        if path is None:
            return cls({}, credstore_env)
        try:
            with open(path, encoding="utf-8") as file:
                read: dict[str, Any] = json.load(file)
        except (OSError, ValueError) as error:
            log.debug("Cannot read %s as JSON: %s", path, error)
            return cls(load_legacy(path), credstore_env)
        return cls(cls._sections(read), credstore_env)

    @classmethod
    def _sections(cls, config_dict: dict[str, Any]) -> dict[str, Any]:
        """Take the sections about credentials out of ``config_dict``, decoded."""
        sections: dict[str, Any] = {}
        if config_dict.get("auths"):
            sections["auths"] = cls.parse_auth(
                config_dict.pop("auths"), raise_on_error=True
            )
        for key in ("credsStore", "credHelpers"):
            if config_dict.get(key):
                sections[key] = config_dict.pop(key)
        if not sections:
            # Very old files are one "auths" section and nothing else.
            sections = {"auths": cls.parse_auth(config_dict)}
        return sections

    @property
    def auths(self) -> dict[str, dict[str, Any]]:
        """Credentials by registry."""
        return self.get("auths", {})  # type: ignore[no-any-return]

    @property
    def creds_store(self) -> Optional[str]:
        """Name of the default credential store."""
        return self.get("credsStore", None)

    @property
    def cred_helpers(self) -> dict[str, str]:
        """Names of credential helpers by registry."""
        return self.get("credHelpers", {})  # type: ignore[no-any-return]

    @property
    def is_empty(self) -> bool:
        """Whether no source of credentials is configured."""
        return not (
            self.auths
            or self.creds_store
            or self.cred_helpers
            or self._environment_auths
        )

    def resolve_authconfig(
        self, registry: Optional[str] = None
    ) -> Optional[dict[str, Any]]:
        """Find the credentials for ``registry`` (``docker.io`` by default).

        Entries stored under a full URL match by their host. None when there
        are none. A helper that fails raises
        :py:class:`dockline.errors.DockerException`.
        """
        host = resolve_index_name(registry) if registry else INDEX_NAME
        found = _entry_for(self._environment_auths, host)
        if found is not None:
            return found
        if self.creds_store or self.cred_helpers:
            store_name = self.get_credential_store(registry)
            if store_name is not None:
                found = self._resolve_authconfig_credstore(registry, store_name)
                if found is not None:
                    return found
        return _entry_for(self.auths, host)

    def _resolve_authconfig_credstore(
        self, registry: Optional[str], credstore_name: str
    ) -> Optional[dict[str, Any]]:
        server = _store_key(registry)
        now = time.monotonic()
        kept = self._answers.get((credstore_name, server))
        if kept is not None and now < kept[0]:
            return dict(kept[1])
        store = self._get_store_instance(credstore_name)
        try:
            data = store.get(server)
        except credentials.CredentialsNotFound:
            log.debug("Credential store %r has nothing for %r", credstore_name, server)
            return None
        except credentials.StoreError as error:
            raise errors.DockerException(
                f"Credentials store error: {error!r}"
            ) from error
        result: dict[str, Any] = {"ServerAddress": server}
        if data["Username"] == TOKEN_USERNAME:
            result["IdentityToken"] = data["Secret"]
        else:
            result["Username"] = data["Username"]
            result["Password"] = data["Secret"]
        self._answers[credstore_name, server] = (now + HELPER_CACHE_SECONDS, result)
        return dict(result)

    def _get_store_instance(self, name: str) -> credentials.Store:
        if name not in self._stores:
            self._stores[name] = credentials.Store(
                name, environment=self._credstore_env
            )
        return self._stores[name]

    def get_credential_store(self, registry: Optional[str]) -> Optional[str]:
        """Name the credential helper that serves ``registry``, if one does."""
        return self.cred_helpers.get(_store_key(registry)) or self.creds_store

    def get_all_credentials(self) -> dict[str, Optional[dict[str, Any]]]:
        """Collect the credentials of every registry known to any source.

        Used for builds, which may pull from several registries.
        """
        result: dict[str, Optional[dict[str, Any]]] = dict(self.auths)
        if self.creds_store:
            listed = self._get_store_instance(self.creds_store).list()
            for server in listed:
                self._add_from_store(result, server, self.creds_store)
        for registry, store_name in self.cred_helpers.items():
            self._add_from_store(result, registry, store_name)
        result.update(self._environment_auths)
        return result

    def _add_from_store(
        self,
        result: dict[str, Optional[dict[str, Any]]],
        server: str,
        store_name: str,
    ) -> None:
        found = self._resolve_authconfig_credstore(server, store_name)
        result[server] = result[convert_to_hostname(server)] = found

    def add_auth(self, reg: str, data: dict[str, Any]) -> None:
        """Remember the credentials ``data`` for the registry ``reg``."""
        self["auths"][reg] = data


def _store_key(registry: Optional[str]) -> str:
    """Spell ``registry`` as stores do: the public index by its full URL."""
    return INDEX_URL if not registry or registry == INDEX_NAME else registry


def _entry_for(
    auths: Mapping[str, dict[str, Any]], host: str
) -> Optional[dict[str, Any]]:
    if host in auths:
        return auths[host]
    for key, entry in auths.items():
        if resolve_index_name(key) == host:
            return entry
    return None
