"""A reporting round from its opening to its approval, as the city and a county play it."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from jiqun.base.periods import Period
from tests.browser.chromium import WIDTHS, executable, overflow
from tests.browser.demo import Site
from tests.browser.steps import PHONE, download, place_of, resend, saved, signed_in

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: see `make test`")
MONTH = "2026-10"
"""The last one that the demonstration knows, whatever day it is."""
TITLE = "浏览器测试月报"
UNLOCKED = "企业更正了报表"
REASON = "请与统计部门核对从业人员"


def _cell(page: Page, row: int, column: int) -> Locator:
    return page.locator("#grid tbody tr").nth(row).locator("td").nth(column)


def _city_opens(site: Site, page: Page) -> str:
    page.goto(f"{site.base}/rounds/new/")
    page.get_by_label("任务名称").fill(TITLE)
    page.get_by_label("期间").select_option(MONTH)
    expect(page.locator(".card-side", has_text=Period.parse(MONTH).chinese)).to_be_visible()
    for name in ("月度营业收入", "月末从业人员"):
        page.locator(f"input[name=ask][value='indicator:{name}']").check()
    page.get_by_label("填报期限（工作日）").fill("6")
    expect(page.locator("#deadline")).to_contain_text("截止")
    page.get_by_role("button", name="保存草稿，预览下发范围").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    page.get_by_role("button", name="下发任务").click()
    expect(page.get_by_text("已下发，截止日期")).to_be_visible()
    return page.url


def _known_values(page: Page) -> list[str]:
    """What was approved before of the first column: the county reports it again."""
    values = []
    for row in range(page.locator("#grid tbody tr").count()):
        _cell(page, row, 0).click()
        panel = page.locator("#cell-panel")
        expect(panel.locator(".panel-head .small-note")).to_contain_text(
            page.locator("#grid tbody th").nth(row).inner_text()
        )
        values.append(panel.locator("dt:has-text('此前审核值') + dd").inner_text().strip())
    return values


def _by_keyboard(page: Page, values: list[str]) -> None:
    """A figure that falls is marked at once; then the column is typed as in Excel."""
    _cell(page, 0, 0).click()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    saved(page)
    expect(_cell(page, 0, 0)).to_have_class(re.compile("has-error"))
    _cell(page, 0, 0).click()
    for value in values:
        page.keyboard.type(value)
        page.keyboard.press("Enter")
    saved(page)
    expect(_cell(page, 0, 0)).not_to_have_class(re.compile("has-error"))
    expect(_cell(page, 0, 0).locator(".v")).to_have_text(values[0])


def _by_excel(page: Page, folder: Path) -> None:
    """The template filled with a fault comes back marked; corrected, it is shown and then written."""
    path = download(page, "Excel 模板", folder / "月报.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["填报表"]
    top, column = place_of(sheet, "月末从业人员")
    rows = [r for r in range(top + 1, sheet.max_row + 1) if sheet.cell(r, 1).value]
    for row in rows:
        sheet.cell(row, column).value = 150
    sheet.cell(rows[0], column).value = "约一百"
    book.save(path)
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("没有写入任何数据")).to_be_visible()
    book = openpyxl.load_workbook(download(page, "下载标注副本", path))
    wrong = book["填报表"].cell(rows[0], column)
    assert wrong.comment is not None
    wrong.value, wrong.comment = 150, None
    resend(page, book, path, len(rows))


def _city_reviews(page: Page, address: str, county: str) -> None:
    """One figure goes back with a reason, the others pass."""
    page.goto(f"{address}review/")
    page.get_by_label("按单位筛选").select_option(label=county)
    first = page.locator("tr", has_text="月末从业人员").first
    first.locator("input[name=cell]").check()
    page.get_by_label("退回理由").fill(REASON)
    page.get_by_role("button", name="退回所选").click()
    expect(page.get_by_text("已退回 1 个数据")).to_be_visible()
    page.locator("#pick-all").check()
    page.get_by_role("button", name="通过所选").click()
    expect(page.get_by_role("status").filter(has_text="已通过")).to_be_visible()


def _county_mends(site: Site, page: Page) -> None:
    page.goto(f"{site.base}/rounds/")
    page.locator(".task-list li", has_text=TITLE).get_by_role("link", name="修改").click()
    cell = page.locator("#grid td.is-returned")
    cell.click()
    expect(page.locator("#cell-panel")).to_contain_text(REASON)
    page.keyboard.type("160")
    page.keyboard.press("Tab")
    saved(page)
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("已提交 1 个数据")).to_be_visible()


def _city_unlocks(page: Page, unit: str) -> None:
    """One approved figure is opened again, alone."""
    page.locator("tr", has_text=unit).get_by_role("link").first.click()
    _cell(page, 0, 0).click()
    panel = page.locator("#cell-panel")
    panel.get_by_text("解锁这一个数据").click()
    panel.get_by_label("解锁理由").fill(UNLOCKED)
    panel.get_by_role("button", name="解锁").click()
    expect(page.get_by_text("已解锁")).to_be_visible()
    expect(page.locator("#grid td.is-unlocked")).to_have_count(1)


def _county_answers(site: Site, page: Page) -> None:
    """The county reads why, and says something about it."""
    page.goto(f"{site.base}/rounds/")
    page.locator(".task-list li", has_text=TITLE).get_by_role("link").first.click()
    page.locator("#grid td.is-unlocked").click()
    panel = page.locator("#cell-panel")
    expect(panel).to_contain_text(UNLOCKED)
    panel.get_by_label("批注").fill("已与企业核对，数不变")
    panel.get_by_role("button", name="发送").click()
    expect(panel).to_contain_text("批注：已与企业核对，数不变")


def test_a_round_from_opening_to_approval(site: Site, running: Browser, tmp_path: Path) -> None:
    city, county = signed_in(site, running, "city"), signed_in(site, running, "county")
    address = _city_opens(site, city.page)
    page = county.page
    page.goto(f"{site.base}/overview/")
    page.locator(".task-list li", has_text=TITLE).get_by_role("link", name="填报").click()
    unit = page.locator(".fill-head b").first.inner_text()
    values = _known_values(page)
    _by_keyboard(page, values)
    _by_excel(page, tmp_path)
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text(f"已提交 {2 * len(values)} 个数据")).to_be_visible()
    _city_reviews(city.page, address, unit)
    _county_mends(site, page)
    city.page.goto(f"{address}review/")
    city.page.locator("#pick-all").check()
    city.page.get_by_role("button", name="通过所选").click()
    expect(city.page.get_by_role("status").filter(has_text="已通过 1 个数据")).to_be_visible()
    city.page.goto(address)
    expect(city.page.locator("tr", has_text=unit).locator(".unit-approved")).to_be_visible()
    _city_unlocks(city.page, unit)
    _county_answers(site, page)
    assert [f for f in (*city.faults, *county.faults) if "422" not in f] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_a_round_fits(site: Site, running: Browser, width: int) -> None:
    watched = signed_in(site, running, "city", width)
    page = watched.page
    page.goto(f"{site.base}/rounds/")
    address = page.locator("td.lead-cell a").last.get_attribute("href")
    for path in ("/rounds/", "/rounds/new/", address, f"{address}review/"):
        page.goto(f"{site.base}{path}")
        page.wait_for_load_state("networkidle")
        assert overflow(page) <= 0, path
    assert watched.faults == []


def test_a_county_fills_on_a_phone(site: Site, running: Browser) -> None:
    watched = signed_in(site, running, "county", PHONE)
    page = watched.page
    page.goto(f"{site.base}/rounds/")
    page.locator(".task-list li a").last.click()
    cell = page.locator("#grid td:not([data-locked])").first
    box = cell.bounding_box()
    assert box is not None
    cell.click(position={"x": box["width"] * 0.75, "y": box["height"] / 2})
    page.keyboard.type("1900000")
    page.keyboard.press("Enter")
    saved(page)
    cell = page.locator("#grid td").first
    cell.click(position={"x": 20, "y": 15})
    expect(page.locator("#cell-panel.is-open")).to_contain_text("流转记录")
    assert overflow(page) <= 0
    assert watched.faults == []
