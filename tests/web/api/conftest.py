"""A program's client: GET with the token of a role."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.web.accounts.models import User

Get = Callable[..., Any]


@pytest.fixture
def get(client: Client, people: dict[str, User]) -> Get:
    """GET /api/v1… with a token of a role that may read everything, or what is said."""
    from jiqun.web.api.models import Permission
    from jiqun.web.api.services import create_token

    tokens: dict[tuple[str, tuple[str, ...]], str] = {}

    def ask(role: str, path: str, permissions: tuple[str, ...] = tuple(Permission.values), **query: Any) -> Any:
        key = role, permissions
        if key not in tokens:
            tokens[key] = create_token(owner=people[role], name="测试", permissions=permissions, days=1)[1]
        return client.get(f"/api/v1{path}", query, headers={"Authorization": f"Bearer {tokens[key]}"})

    return ask
