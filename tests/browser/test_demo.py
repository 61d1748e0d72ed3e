"""The demonstration as people use it: each desk in a real browser, at the width of a desk and of a phone.

Everything that a page complains of (console, failed requests, the content security policy) is a fault.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import WIDTHS, executable, open_page, overflow
from tests.browser.demo import Site
from tests.browser.steps import DESK, PHONE, signed_in

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: see `make test`")


def _rows(page: Page) -> list[str]:
    return page.locator(".target-table .name-cell a").all_inner_texts()


@pytest.mark.parametrize("width", WIDTHS)
def test_city_opens_a_target_down_to_its_records(site: Site, running: Browser, width: int) -> None:
    watched = signed_in(site, running, "city", width)
    page = watched.page
    page.goto(f"{site.base}/overview/")
    expect(page.get_by_text("演示数据").first).to_be_visible()
    expect(page.get_by_role("heading", name="总览", exact=True)).to_be_visible()
    assert len(_rows(page)) == 30
    assert overflow(page) <= 0
    page.get_by_role("link", name="新培育高新技术企业").last.click()
    expect(page.get_by_role("heading", name="新培育高新技术企业")).to_be_visible()
    expect(page.get_by_text('认定("高新技术企业"').first).to_be_visible()
    assert overflow(page) <= 0
    page.locator("a[href^='/firms/']").last.click()
    expect(page.get_by_role("heading", name="现在可以得到")).to_be_visible()
    assert watched.faults == []


@pytest.mark.parametrize("width", WIDTHS)
def test_firm_sees_what_it_can_get_and_what_it_lacks(site: Site, running: Browser, width: int) -> None:
    watched = signed_in(site, running, "enterprise", width)
    page = watched.page
    page.goto(f"{site.base}/")
    expect(page).to_have_url(re.compile(r"/firms/\w{18}/$"))
    for text in ("现在可以得到", "还差一步", "待补充资料", "历年指标"):
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.locator("#figure-chart canvas")).to_be_visible()
    assert overflow(page) <= 0
    assert watched.faults == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_and_nothing_fails(site: Site, running: Browser, width: int) -> None:
    watched = signed_in(site, running, "city", width)
    page = watched.page
    for path in ("/firms/", "/clusters/", "/policies/", "/accounts/2fa/", "/accounts/password/change/"):
        page.goto(f"{site.base}{path}")
        page.wait_for_load_state("networkidle")
        assert (path, overflow(page)) == (path, 0)
    assert watched.faults == []


def test_targets_are_filtered_and_sorted_in_place(site: Site, running: Browser) -> None:
    watched = signed_in(site, running, "city", DESK)
    page = watched.page
    page.goto(f"{site.base}/overview/")
    page.evaluate("window.stayed = true")
    late = int(page.locator(".target-tools .chip", has_text=re.compile(r"^\s*滞后")).locator("b").inner_text())
    page.locator(".target-tools .chip", has_text=re.compile(r"^\s*滞后")).click()
    expect(page.locator(".target-table .name-cell")).to_have_count(late)
    expect(page).to_have_url(re.compile(r"state=%E6%BB%9E%E5%90%8E"))
    assert set(page.locator(".target-table .state-cell").all_inner_texts()) == {"滞后"}
    page.get_by_role("link", name="全部显示").click()
    expect(page.locator(".target-table .name-cell")).to_have_count(30)
    expect(page).to_have_url(f"{site.base}/overview/")  # htmx has settled: the new part listens
    page.get_by_label("排序").select_option("progress")
    expect(page.locator(".target-table .group")).to_have_count(0)
    expect(page).to_have_url(re.compile("sort=progress"))
    shown = [float(t[:-1]) for t in page.locator(".target-table .pct").all_inner_texts() if t.endswith("%")]
    assert shown == sorted(shown)
    page.get_by_label("按行动筛选").select_option("4")
    expect(page.locator(".target-table .name-cell")).not_to_have_count(30)
    assert page.evaluate("window.stayed"), "the page was loaded anew"
    page.go_back()
    expect(page.get_by_role("heading", name="总览", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("sort=progress$"))
    assert watched.faults == []


def test_the_map_changes_its_figure(site: Site, running: Browser) -> None:
    watched = signed_in(site, running, "city", DESK)
    page = watched.page
    page.goto(f"{site.base}/overview/")
    expect(page.locator("#map[data-ready] canvas")).to_be_visible()
    first = page.locator("#map-list").inner_text()
    page.get_by_label("地图指标").select_option(index=1)
    expect(page.locator("#map-list")).not_to_have_text(first)
    page.mouse.move(*_middle(page, "#map"))
    expect(page.locator(".tip")).to_be_visible()
    assert watched.faults == []


def _middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_records_are_filtered_in_place_and_exported(site: Site, running: Browser) -> None:
    watched = signed_in(site, running, "city", DESK)
    page = watched.page
    page.goto(f"{site.base}/targets/coverage-shared/")
    section = page.locator("#records-counted")
    names = section.locator("tbody tr .lead-cell a").all_inner_texts()
    assert names
    section.get_by_placeholder("名称").fill(names[0])
    section.get_by_role("button", name="筛选").click()
    expect(section.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 CSV").first.click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "名称,编号,县（市、区）,集群,日期,数值"
    assert len(text.splitlines()) == len(names) + 1
    assert watched.faults == []


def test_a_firm_is_found_by_name_and_by_code(site: Site, running: Browser) -> None:
    watched = signed_in(site, running, "city", DESK)
    page = watched.page
    page.goto(f"{site.base}/firms/")
    name = page.locator("tbody .lead-cell a").first.inner_text()
    code = page.locator("tbody .lead-cell .small-note").first.inner_text()
    page.locator("#firm-search").fill(name)
    page.locator("#firm-search").press("Enter")
    expect(page.get_by_role("main").get_by_role("link", name=name).first).to_be_visible()
    page.locator("#firm-search").fill(code)
    page.locator("#firm-search").press("Enter")
    expect(page).to_have_url(re.compile(f"/{code}/$"))
    page.goto(f"{site.base}/firms/")
    page.get_by_label("县（市、区）").select_option(index=1)
    expect(page).to_have_url(re.compile("county="))
    assert watched.faults == []


def test_the_phone_has_a_menu(site: Site, running: Browser) -> None:
    watched = signed_in(site, running, "city", PHONE)
    page = watched.page
    page.get_by_role("button", name="打开菜单").click()
    page.locator("#menu").get_by_role("link", name="企业").click()
    expect(page).to_have_url(f"{site.base}/firms/")
    page.get_by_role("button", name="打开菜单").click()
    page.locator("#menu").get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(f"{site.base}/")
    assert watched.faults == []


def test_a_rule_unfolds_to_its_figures_and_clause(site: Site, running: Browser) -> None:
    watched = signed_in(site, running, "enterprise", DESK)
    page = watched.page
    card = page.locator("#rule-rung-hnte")
    if not card.is_visible():
        card.locator("xpath=ancestor::details[1]/summary").click()
    if card.get_attribute("open") is None:
        card.locator("> summary").click()
    expect(card.get_by_text("《高新技术企业认定管理办法")).to_be_visible()
    card.get_by_text("规则与数据").first.click()
    expect(card.locator(".rule-text").first).to_be_visible()
    assert watched.faults == []


def test_strangers_stay_outside(site: Site, running: Browser) -> None:
    watched = open_page(running, DESK)
    page = watched.page
    page.goto(f"{site.base}/firms/")
    expect(page).to_have_url(re.compile(r"/accounts/login/"))
    page.fill("input[name=login]", "demo-city")
    page.fill("input[name=password]", "wrong")
    page.click("main button[type=submit]")
    expect(page.locator("main [role=alert]")).to_be_visible()
    page.goto(f"{site.base}/")
    expect(page.get_by_role("link", name="支持政策目录")).to_be_visible()
    assert watched.faults == []
    firm = signed_in(site, running, "enterprise", DESK)
    firm.page.goto(f"{site.base}/overview/")
    expect(firm.page.get_by_text("您的账号无权查看这一页")).to_be_visible()
    firm.page.goto(f"{site.base}/nothing/")
    expect(firm.page.get_by_text("没有找到这一页")).to_be_visible()
    assert [f.split(":")[0] for f in firm.faults if not f.startswith("error")] == ["403", "404"]
