"""The health page and the headers that every page carries."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, connections
from django.test import Client

pytestmark = pytest.mark.django_db


def test_health_answers_with_the_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": True})


def test_health_is_503_when_the_database_is_gone(client: Client) -> None:
    with patch.object(connections["default"], "cursor", side_effect=DatabaseError("gone")):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"status": "error", "database": False})


def test_the_tests_run_on_the_database_that_was_asked_for(request: pytest.FixtureRequest) -> None:
    assert connection.vendor == request.config.getoption("--database")
