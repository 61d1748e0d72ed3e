"""A county finds that a firm stands twice in its registry, compares the two and makes them one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from jiqun.base.codes import uscc_check_digit
from tests.browser.chromium import executable
from tests.browser.demo import Site
from tests.browser.steps import signed_in

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: see `make test`")
FIRST = "91990100MA9999999"


def test_a_firm_that_stands_twice_becomes_one(site: Site, running: Browser) -> None:
    county = signed_in(site, running, "county")
    page, code = county.page, FIRST + uscc_check_digit(FIRST)
    page.goto(f"{site.base}/registry/lists/enterprises/")
    page.locator(".registry-table .lead-cell a").first.click()
    name, kept = page.locator("h1").inner_text(), page.url.rstrip("/").rpartition("/")[2]
    county_name = page.locator("dt:has-text('县（市、区）') + dd").first.inner_text()
    page.goto(f"{site.base}/registry/lists/enterprises/new/")
    page.get_by_label("名称").fill(name.replace("有限公司", "有限责任公司"))
    page.get_by_label("统一社会信用代码").fill(code)
    page.locator("[name=county]").select_option(label=county_name)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    page.goto(f"{site.base}/registry/duplicates/")
    page.get_by_label("县（市、区）").select_option(label=county_name)
    page.locator("tr", has_text=code).get_by_role("link", name="比较").click()
    if page.locator("th:has-text('保留')").inner_text() != f"保留：{name}":
        page.get_by_role("link", name="左右互换").click()
    for choice in page.locator("fieldset.choice").all():
        choice.locator("input[value=kept]").check()
    page.get_by_role("button", name="合并").click()
    expect(page).to_have_url(f"{site.base}/registry/parties/{kept}/")
    page.goto(f"{site.base}/registry/parties/{code}/")
    expect(page).to_have_url(f"{site.base}/registry/parties/{kept}/")
    expect(page.get_by_text("有限责任公司").first).to_be_visible()
    assert county.faults == []
