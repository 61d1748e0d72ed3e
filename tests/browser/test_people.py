"""A person is invited, opens the account, sets up the second factor, and signs in with it."""

from __future__ import annotations

import base64
import hmac
import secrets
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import executable, open_page, sign_in
from tests.browser.demo import Site
from tests.browser.steps import DESK, signed_in

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: see `make test`")
PASSWORD = "Right-Horse-7-Battery"


def _invited(site: Site, page: Page) -> str:
    """The link for a person of the demonstration's county."""
    page.goto(f"{site.base}/people/invitations/new/")
    page.get_by_label("姓名").fill("张三")
    page.get_by_label("角色").select_option(label="县级")
    page.get_by_role("combobox", name="机构").fill("县级主管")
    page.locator("#id_organisation-ts-dropdown .option").first.click()
    page.get_by_role("button", name="生成邀请").click()
    return page.locator("textarea").input_value()


def _code(secret: str, moment: float) -> str:
    """What an authenticator shows (RFC 6238: HMAC-SHA-1, six digits, 30 seconds)."""
    mac = hmac.digest(base64.b32decode(secret), int(moment // 30).to_bytes(8, "big"), "sha1")
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def test_from_the_invitation_to_the_second_factor(site: Site, running: Browser) -> None:
    city, person = signed_in(site, running, "city"), open_page(running, DESK)
    link, page, name = _invited(site, city.page), person.page, f"zhang-{secrets.token_hex(3)}"
    page.goto(link)
    page.get_by_label("登录名").fill(name)
    page.get_by_label("姓名").fill("张三")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_label("再输一次").fill(PASSWORD)
    page.get_by_role("button", name="开通账号").click()
    expect(page.get_by_text("账号已建立，请登录。")).to_be_visible()
    page.goto(link)
    expect(page.get_by_text("这个邀请链接已经失效")).to_be_visible()
    sign_in(page, site.base, name, PASSWORD)
    expect(page.get_by_text("您的账号须先设置两步验证，才能继续使用。")).to_be_visible()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="确认").click()
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("[name=code]").fill(_code(secret, time.time()))
    page.get_by_role("button", name="激活").click()
    expect(page.get_by_role("heading", name="恢复代码")).to_be_visible()
    page.goto(f"{site.base}/")
    expect(page).to_have_url(f"{site.base}/overview/")
    again = open_page(running, DESK)
    sign_in(again.page, site.base, name, PASSWORD)
    expect(again.page.get_by_role("heading", name="双因素身份认证")).to_be_visible()
    again.page.locator("[name=code]").fill(_code(secret, time.time() + 30))  # one code opens one session
    again.page.get_by_role("button", name="登录").last.click()
    expect(again.page).to_have_url(f"{site.base}/overview/")
    assert [fault for fault in (*city.faults, *person.faults, *again.faults) if "404" not in fault] == []
