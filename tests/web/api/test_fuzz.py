"""schemathesis over the interface: whatever it is asked, it never fails and answers as it describes itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jiqun.web.accounts.models import User
from jiqun.web.api.models import Permission
from jiqun.web.api.services import create_token
from jiqun.web.api.site import api
from tests.web.world import World

SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema())
SCHEMA.app = get_wsgi_application()
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def bearer(world: World, people: dict[str, User]) -> Iterator[dict[str, str]]:
    # A real request closes its connection; here that would end the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    token = create_token(owner=people["city"], name="模糊测试", permissions=Permission.values, days=1)[1]
    yield {"Authorization": f"Bearer {token}"}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_nothing_asked_makes_it_fail(label: str, bearer: dict[str, str]) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=OPERATIONS[label].as_strategy())
    def ask(case: schemathesis.Case) -> None:
        answer = case.call(headers=bearer)
        case.validate_response(answer, checks=CHECKS)

    ask()


def test_every_address_is_asked() -> None:
    assert len(OPERATIONS) == 13
