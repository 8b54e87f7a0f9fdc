"""The answers of the asynchronous client."""

from .response import AsyncRawBody, AsyncResponse

__all__ = ["AsyncRawBody", "AsyncResponse"]
