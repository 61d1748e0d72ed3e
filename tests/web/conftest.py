"""Fixtures of the web tests.

Models are imported inside the fixtures: pytest reads this file before the settings are known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.web.accounts.models import User
    from tests.web.world import World


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """SQLite empties tables by DELETE, which append-only tables refuse: between tests they are opened and shut again."""
    from django.db import connection

    from jiqun.web.common.append_only import guards, openings

    if connection.vendor != "sqlite":
        return
    tables, empty = ("common_auditrecord", "trail_readrecord"), connection.ops.sql_flush

    def emptying(style: object, asked: list[str], **options: object) -> list[str]:
        own = [table for table in tables if table in asked]
        opened = [line for table in own for line in openings("sqlite", table)]
        shut = [line for table in own for line in guards("sqlite", table)]
        return [*opened, *empty(style, asked, **options), *shut]

    connection.ops.sql_flush = emptying  # type: ignore[method-assign]


@pytest.fixture
def world(db: None) -> World:
    """The small made-up city of `world.py`."""
    from tests.web.world import make_world

    return make_world()


@pytest.fixture
def people(world: World) -> dict[str, User]:
    """One person of every role, by role."""
    from tests.web.world import make_people

    return make_people(world)


@pytest.fixture
def sign_in(client: Client, people: dict[str, User]) -> Callable[[str], Client]:
    """Sign the client in as a role; `visitor` signs nobody in."""

    def signed(role: str) -> Client:
        client.logout()
        if role != "visitor":
            client.force_login(people[role], backend="jiqun.web.accounts.backend.AccountBackend")
        return client

    return signed
