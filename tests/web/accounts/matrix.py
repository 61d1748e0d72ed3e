"""Every page × every role × own and foreign objects: how the pages and their samples are found and played.

A page with arguments needs samples: an app keeps them in `tests/web/<app>/samples.py` as `SAMPLES`, one line each,
and they are found by themselves:

    SAMPLES = [
        Sample("rounds:round", lambda w, p: {"pk": a_round(w.places["a"]).pk}, seen_by=OF_COUNTY_A),
        Sample("rounds:round", lambda w, p: {"pk": a_round(w.places["b"]).pk}, seen_by=SEES_ALL),
    ]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from jiqun.web.accounts.models import Role, User
from jiqun.web.common.access import roles_of_view
from tests.web.world import World

VISITOR = "visitor"
EVERYBODY = frozenset({VISITOR, *Role.values})
"""The object is public."""
SEES_ALL = frozenset({"city", "auditor", "operator"})
OF_COUNTY_A = SEES_ALL | {"county"}
"""Something of county a (the `county` person's own) that belongs to no firm."""
OF_A1 = OF_COUNTY_A | {"enterprise"}
"""Something of firm a1 (the `enterprise` person's own)."""
OF_LAB = SEES_ALL | {"provider"}
"""Something of the laboratory in county b (the `provider` person's own)."""
LIMITED = frozenset({"county", "enterprise", "provider"})
"""Roles for which something is foreign."""
BOOKKEEPING = ("django_session", "usersessions_", "axes_")
"""Tables that a request may write whatever it asks for."""
WEB_TESTS = Path(__file__).resolve().parent.parent

Make = Callable[[World, dict[str, User]], dict[str, Any]]


@dataclass(frozen=True)
class Sample:
    """The arguments of one object's pages (`make` may create it), and the roles for which it exists."""

    pages: str | tuple[str, ...]
    make: Make
    seen_by: frozenset[str]

    @property
    def names(self) -> tuple[str, ...]:
        """The pages as a tuple."""
        return (self.pages,) if isinstance(self.pages, str) else self.pages


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Our own pages by name; those of the libraries have rules of their own, and the API is played by its own tests."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "ninja":
                yield from _views(pattern.url_patterns, f"{pattern.app_name}:" if pattern.app_name else prefix)
        elif pattern.name and (prefix or pattern.name == "health"):
            yield prefix + pattern.name, pattern


VIEWS = dict(_views(get_resolver().url_patterns))
WITH_OBJECT = sorted(name for name, pattern in VIEWS.items() if pattern.pattern.converters)
WITHOUT_OBJECT = sorted(VIEWS.keys() - set(WITH_OBJECT))


def _samples() -> Iterator[Sample]:
    for path in sorted(WEB_TESTS.rglob("samples.py")):
        parts = path.relative_to(WEB_TESTS.parent.parent).with_suffix("").parts
        yield from import_module(".".join(parts)).SAMPLES


SAMPLES = tuple(_samples())


def samples_of(name: str) -> list[Sample]:
    """The samples of a page."""
    return [sample for sample in SAMPLES if name in sample.names]


def roles_of(name: str) -> frozenset[str]:
    """Who may open the page, visitors too."""
    roles = roles_of_view(VIEWS[name].callback)
    return EVERYBODY if roles is None else frozenset(roles)


def client_of(role: str, people: dict[str, User], **options: Any) -> Client:
    """A client signed in as the role."""
    client = Client(**options)
    if role != VISITOR:
        client.force_login(people[role], backend="jiqun.web.accounts.backend.AccountBackend")
    return client


@dataclass(frozen=True)
class Played:
    """One request: what came back, and which tables it wrote."""

    answer: HttpResponse
    wrote: tuple[str, ...]

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.answer.status_code

    @property
    def to_sign_in(self) -> bool:
        """Whether the answer sends to the sign-in page."""
        return self.status == 302 and self.answer["Location"].startswith(reverse("account_login"))


def play(client: Client, method: str, address: str) -> Played:
    """Make a request and take back all that it did."""
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        answer = getattr(client, method)(address)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return Played(answer, tuple(_written(query["sql"]) for query in queries if _is_write(query["sql"])))


def _is_write(sql: str) -> bool:
    return sql.startswith(("INSERT", "UPDATE", "DELETE")) and not _written(sql).startswith(BOOKKEEPING)


def _written(sql: str) -> str:
    return sql.split('"')[1]
