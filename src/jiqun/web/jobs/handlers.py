"""Kinds of jobs: a handler is found by its kind, as apps declare them in their `jobs.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar


class JobCancelled(Exception):
    """Somebody cancelled the job; raised by `progress`, so that a handler's transactions roll back."""


class JobHandle(Protocol):
    """What a handler knows of its job."""

    @property
    def pk(self) -> int:
        """The job's number."""
        ...

    @property
    def actor_id(self) -> int | None:
        """Who asked for it."""
        ...

    def progress(self, done: int, total: int | None = None, words: str = "") -> None:
        """Say how far it is; cheap, call it often. Raises `JobCancelled` where the job was cancelled."""
        ...


Handler = Callable[..., dict[str, Any]]
H = TypeVar("H", bound=Handler)
_HANDLERS: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[H], H]:
    """Declare `def run(job: JobHandle, *, …params) -> dict` as the work of a kind, named `<app>.<verb>`.

    It must be idempotent: a killed worker's job is run again from its start. Of the dictionary that it returns, `url`
    becomes the link to the result and `words` the last line of progress; all of it must be JSON.
    """

    def declare(function: H) -> H:
        if _HANDLERS.get(kind, function) is not function:
            raise ValueError(f"two handlers for jobs of kind {kind!r}")
        _HANDLERS[kind] = function
        return function

    return declare


def handler_of(kind: str) -> Handler:
    """The handler of a kind; LookupError where no app declares it."""
    try:
        return _HANDLERS[kind]
    except KeyError:
        raise LookupError(f"no handler for jobs of kind {kind!r}; known: {', '.join(sorted(_HANDLERS))}") from None
