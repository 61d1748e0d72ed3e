"""Signing in and out, lockout, closed sign-up, second factor, headers."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from jiqun.web.accounts.models import User
from tests.web.world import PASSWORD

LOGIN = "/accounts/login/"


def _try(client: Client, username: str, password: str) -> int:
    return client.post(LOGIN, {"login": username, "password": password}).status_code


def test_right_password_signs_in_and_logout_ends_it(client: Client, people: dict[str, User]) -> None:
    assert _try(client, "city", PASSWORD) == 302
    assert client.session["_auth_user_id"] == str(people["city"].pk)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_the_page_is_chinese_and_says_what_is_wrong(client: Client, people: dict[str, User]) -> None:
    page = client.post(LOGIN, {"login": "city", "password": "wrong"})
    assert page.status_code == 200
    assert "您提供的用户名或密码不正确" in page.content.decode()


def test_five_failures_lock_the_account_here_but_not_others(client: Client, people: dict[str, User]) -> None:
    assert [_try(client, "city", "wrong") for _ in range(4)] == [200] * 4
    locked = client.post(LOGIN, {"login": "city", "password": "wrong"})
    assert locked.status_code == 429
    assert "已暂停 15 分钟" in locked.content.decode()
    assert _try(client, "city", PASSWORD) == _try(client, "CITY", PASSWORD) == 429
    assert "_auth_user_id" not in client.session
    assert _try(client, "county", PASSWORD) == 302


def test_nobody_signs_up(client: Client, db: None) -> None:
    client.post("/accounts/signup/", {"username": "new", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.filter(username="new").exists()


def test_a_stopped_account_does_not_sign_in(client: Client, people: dict[str, User]) -> None:
    User.objects.filter(username="county").update(is_active=False)
    _try(client, "county", PASSWORD)
    assert "_auth_user_id" not in client.session


def test_a_second_factor_is_asked_for_where_it_is_set(client: Client, people: dict[str, User]) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(people["city"], secret)
    assert _try(client, "city", PASSWORD) == 302
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "_auth_user_id" not in client.session
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert client.session["_auth_user_id"] == str(people["city"].pk)
    assert Authenticator.objects.get().type == "totp"


def test_a_password_is_changed_under_the_policy(client: Client, people: dict[str, User]) -> None:
    _try(client, "city", PASSWORD)
    address = reverse("account_change_password")
    weak = client.post(address, {"oldpassword": PASSWORD, "password1": "alllowercase", "password2": "alllowercase"})
    assert "密码应至少包含小写字母、大写字母、数字、其他符号中的三种。" in weak.content.decode()
    better = "Another-Horse-8"
    client.post(address, {"oldpassword": PASSWORD, "password1": better, "password2": better})
    people["city"].refresh_from_db()
    assert people["city"].check_password(better)


def test_the_sessions_of_a_person_are_listed(client: Client, people: dict[str, User]) -> None:
    _try(client, "city", PASSWORD)
    assert client.get(reverse("usersessions_list")).status_code == 200


def test_every_page_carries_the_security_headers(client: Client, db: None) -> None:
    headers = client.get(LOGIN).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
    assert (policy["object-src"], policy["frame-ancestors"], policy["base-uri"]) == ("'none'",) * 3
