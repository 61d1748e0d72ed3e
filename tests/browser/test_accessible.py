"""Every page of the navigation fits its window and passes the rules of WCAG 2.1 A and AA that a machine can check."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.chromium import WIDTHS, executable, overflow
from tests.browser.demo import Site
from tests.browser.steps import DESK, signed_in

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: see `make test`")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
BEYOND = {
    "city": (
        "/targets/leaders-new/", "/board/shares/leaders-new/", "/registry/lists/enterprises/", "/tasks/t01/", "/rounds/new/",
        "/registry/lists/设备更新/new/", "/registry/waiting/?kind=figures", "/intake/prepare/?what=parties",
        "/accounts/2fa/", "/notices/new/",
    ),
    "enterprise": (),
}  # fmt: skip
"""Pages that the navigation does not name."""


def _paths(page: Page) -> list[str]:
    found = page.eval_on_selector_all("nav a[href^='/']", "all => all.map(one => one.getAttribute('href'))")
    return sorted({path for path in found if not re.search(r"\.(json|ics)$", path)})


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("role", BEYOND)
def test_pages_fit_and_can_be_used_by_all(site: Site, running: Browser, role: str, width: int) -> None:
    watched, axe, found = signed_in(site, running, role, width), Axe(), []
    page = watched.page
    for path in (*_paths(page), *BEYOND[role]):
        page.goto(site.base + path)
        page.wait_for_load_state("networkidle")
        assert (path, overflow(page)) == (path, 0)
        if width == DESK:
            violations = axe.run(page, options=RULES).response["violations"]
            found += [f"{path} {v['id']}: {node['html'][:160]}" for v in violations for node in v["nodes"]]
    assert found == []
    assert watched.faults == []
