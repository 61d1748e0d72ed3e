"""An entry that a county writes outside of rounds: waits, comes back with a reason, is mended, counts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import WIDTHS, executable, overflow
from tests.browser.demo import Site
from tests.browser.steps import signed_in

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: see `make test`")
REASON = "金额与发票不符，请核对"


def _county_enters(site: Site, page: Page) -> str:
    """An entry of one of its firms; gives the firm's name."""
    page.goto(f"{site.base}/registry/lists/enterprises/")
    page.locator(".registry-table .lead-cell a").first.click()
    code = page.url.rstrip("/").rpartition("/")[2]
    name = page.locator("h1").inner_text()
    page.goto(f"{site.base}/registry/lists/设备更新/new/?subject={code}")
    page.get_by_label("日期").fill("2026-09-15")
    page.get_by_label("类别").select_option("生产")
    page.locator("[name=d1_number]").fill("120")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".card-header .st")).to_have_text("已提交")
    return name


def test_an_entry_waits_comes_back_and_counts(site: Site, running: Browser) -> None:
    city, county = (signed_in(site, running, role) for role in ("city", "county"))
    firm = _county_enters(site, county.page)
    page = city.page
    page.goto(f"{site.base}/inbox/")
    page.get_by_text("报来台账记录，请审核").first.click()
    page.locator("tr", has_text=firm).locator(".pick-cell input").check()
    page.get_by_label("退回理由").fill(REASON)
    page.get_by_role("button", name="退回所选").click()
    expect(page.get_by_text("已退回 1 条记录")).to_be_visible()
    county.page.goto(f"{site.base}/registry/waiting/?state=returned")
    row = county.page.locator("tr", has_text=firm)
    expect(row).to_contain_text(REASON)
    row.get_by_role("link").click()
    expect(county.page.get_by_text(f"退回理由：{REASON}")).to_be_visible()
    county.page.get_by_role("link", name="修改").click()
    county.page.locator("[name=d1_number]").fill("100")
    county.page.get_by_role("button", name="保存").click()
    page.goto(f"{site.base}/registry/waiting/")
    page.locator("tr", has_text=firm).get_by_role("link").click()
    page.get_by_role("button", name="审核通过").click()
    expect(page.get_by_text("已通过 1 条记录，下次发布数据时计入")).to_be_visible()
    county.page.reload()
    expect(county.page.locator(".card-header .st")).to_have_text("已审核")
    expect(county.page.get_by_role("link", name=re.compile("^修改$"))).to_have_count(0)
    assert [*city.faults, *county.faults] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("role", ["city", "enterprise"])
def test_what_waits_fits(site: Site, running: Browser, role: str, width: int) -> None:
    watched = signed_in(site, running, role, width)
    for query in ("?kind=figures", "?kind=entries", "?kind=figures&state=returned"):
        watched.page.goto(f"{site.base}/registry/waiting/{query}")
        watched.page.wait_for_load_state("networkidle")
        assert overflow(watched.page) <= 0, query
    assert watched.faults == []
