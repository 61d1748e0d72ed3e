"""A NUL in an address or a form is refused with a sentence, never an error of the database."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client

from jiqun.web.accounts.models import User

SENTENCE = "请求里有不能识别的字符"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/policies/?q=a%00b", "/clusters/?%00=1", "/targets/a%00/"])
def test_an_address_with_a_null_is_refused(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert SENTENCE in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("field", [{"login": "a\0"}, {"\0": "a"}])
def test_a_form_with_a_null_is_refused(client: Client, field: dict[str, str]) -> None:
    answer = client.post("/accounts/login/", urlencode(field), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert SENTENCE in answer.content.decode()


@pytest.mark.django_db
def test_programs_are_answered_as_described(client: Client, people: dict[str, User]) -> None:
    answer = client.get("/api/v1/parties?county=%00")
    assert (answer.status_code, answer.json()) == (422, {"detail": "请求里有空字符（%00），请去掉后重试"})


@pytest.mark.django_db
def test_a_percent_sign_before_noughts_is_text(client: Client) -> None:
    assert client.get("/clusters/?q=%2500").status_code == 200
