"""What all resources share: a model is one object, a collection finds them.

Models hold what the engine said last in ``attrs`` and never guess; everything
goes through ``client.api``, which may be replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Generic, Optional, TypeVar, cast

if TYPE_CHECKING:
    from ..client import AsyncDockerClient


class Model:
    """One object on the engine.

    Args:
        attrs: What the engine said about it.
        client: The client it was found with.
        collection: The collection it was found in.
    """

    #: Key of ``attrs`` that holds the object's id.
    id_attribute = "Id"

    client: AsyncDockerClient
    collection: Any
    attrs: dict[str, Any]

    def __init__(
        self,
        attrs: Optional[dict[str, Any]] = None,
        client: Optional[AsyncDockerClient] = None,
        collection: Optional[Collection[Any]] = None,
    ) -> None:
        self.client = cast("AsyncDockerClient", client)
        self.collection = collection
        self.attrs = {} if attrs is None else attrs

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: {self.short_id}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.__class__) and self.id == other.id

    def __hash__(self) -> int:
        return hash(f"{self.__class__.__name__}:{self.id}")

    @property
    def id(self) -> str:
        """Id of the object; None when ``attrs`` does not tell."""
        return cast(str, self.attrs.get(self.id_attribute))

    @property
    def short_id(self) -> str:
        """The first 12 characters of the id."""
        return self.id[:12]

    async def reload(self) -> None:
        """Ask the engine again and replace ``attrs``.

        Raises:
            dockline.errors.NotFound: the object is gone.
            dockline.errors.APIError: the engine refuses.
        """
        fresh = await self.collection.get(self.id)
        self.attrs = fresh.attrs


ModelType = TypeVar("ModelType", bound=Model)


class Collection(Generic[ModelType]):
    """All objects of one kind on the engine.

    Args:
        client: The client to ask with.
    """

    #: Class of the objects; set by subclasses.
    model: Optional[type[ModelType]] = None

    client: AsyncDockerClient

    def __init__(self, client: Optional[AsyncDockerClient] = None) -> None:
        self.client = cast("AsyncDockerClient", client)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        """Tell callers of docker-py 1.x where the method went."""
        raise TypeError(
            f"'{self.__class__.__name__}' object is not callable. "
            "You might be trying to use the old (pre-2.0) API - "
            "use docker.APIClient if so."
        )

    if TYPE_CHECKING:
        # Each collection has its own arguments for these.
        list: Callable[..., Any]
        get: Callable[..., Any]
        create: Callable[..., Any]
    else:

        async def list(self):  # noqa: ANN201
            """List the objects; defined by each collection."""
            raise NotImplementedError

        async def get(self, key):  # noqa: ANN001, ANN201
            """Get one object; defined by each collection."""
            raise NotImplementedError

        async def create(self, attrs=None):  # noqa: ANN001, ANN201
            """Create an object; defined by each collection."""
            raise NotImplementedError

    def prepare_model(self, attrs: Any) -> ModelType:
        """Make a model of what the engine said, or adopt one that exists.

        Anything but a dict or a model raises ``Exception``.
        """
        if isinstance(attrs, Model):
            attrs.client = self.client
            attrs.collection = self
            return cast(ModelType, attrs)
        model = cast("type[ModelType]", self.model)
        if isinstance(attrs, dict):
            return model(attrs=attrs, client=self.client, collection=self)
        raise Exception(  # noqa: TRY002 - the class programs know
            f"Can't create {model.__name__} from {attrs}"
        )
