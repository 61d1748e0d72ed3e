"""Steps that several journeys take."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import WIDTHS, Watched, open_page, sign_in
from tests.browser.demo import Site

DESK, PHONE = WIDTHS


def signed_in(site: Site, running: Browser, role: str, width: int = DESK) -> Watched:
    """A page of the demonstration account of a role."""
    watched = open_page(running, width)
    sign_in(watched.page, site.base, f"demo-{role}", site.passwords[f"demo-{role}"])
    return watched


def saved(page: Page) -> None:
    """The grid has kept what was typed."""
    expect(page.locator("#save-state")).to_have_class(re.compile("ok"))


def download(page: Page, link: str, path: Path) -> Path:
    """The file behind a link, kept at `path`."""
    with page.expect_download() as started:
        page.get_by_role("link", name=link).click()
    started.value.save_as(path)
    return path


def place_of(sheet: Any, text: str) -> tuple[int, int]:
    """Row and column of the first cell that begins with the text."""
    return next((c.row, c.column) for row in sheet for c in row if c.value and str(c.value).startswith(text))


def resend(page: Page, book: Any, path: Path, rows: int) -> None:
    """Send the corrected workbook, see what it changes, and have it written."""
    book.save(path)
    page.get_by_role("link", name="返回填报表").click()
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_role("heading", name="变化明细")).to_be_visible()
    page.get_by_role("button", name="确认写入").click()
    expect(page.get_by_text(f"已写入 {rows} 个数据")).to_be_visible()
