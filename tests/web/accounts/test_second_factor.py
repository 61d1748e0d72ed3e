"""The policy on second factors: who must set one up, and when."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from jiqun.web.accounts.models import User
from tests.web.accounts.matrix import client_of

PAGE = "portal:clusters"


@pytest.mark.parametrize("role", ["city", "county", "auditor", "operator"])
def test_bureaus_are_led_to_the_set_up_until_they_have_one(role: str, people: dict[str, User], settings: Any) -> None:
    settings.REQUIRE_MFA = "all"
    client = client_of(role, people)
    answer = client.get(reverse(PAGE))
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_activate_totp"))
    TOTP.activate(people[role], "JBSWY3DPEHPK3PXP")
    assert client.get(reverse(PAGE)).status_code == 200


@pytest.mark.parametrize("role", ["enterprise", "provider", "visitor"])
def test_firms_and_visitors_are_not(role: str, people: dict[str, User], settings: Any) -> None:
    settings.REQUIRE_MFA = "all"
    assert client_of(role, people).get(reverse(PAGE)).status_code == 200


def test_demonstration_accounts_need_one_only_where_the_site_says_so(people: dict[str, User], settings: Any) -> None:
    User.objects.filter(username="city").update(is_demo=True)
    for policy, status in (("real", 200), ("all", 302), ("nobody", 200)):
        settings.REQUIRE_MFA = policy
        assert client_of("city", people).get(reverse(PAGE)).status_code == status
    settings.REQUIRE_MFA = "real"
    assert client_of("county", people).get(reverse(PAGE)).status_code == 302


def test_who_takes_it_away_is_led_to_the_set_up_again(people: dict[str, User], settings: Any) -> None:
    settings.REQUIRE_MFA = "all"
    client: Client = client_of("city", people)
    TOTP.activate(people["city"], "JBSWY3DPEHPK3PXP")
    assert client.get(reverse(PAGE)).status_code == 200
    session = client.session
    assert session["has_second_factor"] is True
    from allauth.mfa.models import Authenticator
    from allauth.mfa.signals import authenticator_removed

    request = client.get(reverse(PAGE)).wsgi_request
    Authenticator.objects.all().delete()
    authenticator_removed.send(sender=Authenticator, request=request, user=people["city"], authenticator=None)
    request.session.save()
    assert client.get(reverse(PAGE)).status_code == 302


def test_signing_out_stays_possible(people: dict[str, User], settings: Any) -> None:
    settings.REQUIRE_MFA = "all"
    client = client_of("city", people)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session
