"""The demonstration as a person plays it: `jiqun demo` from nothing, then the pages in a browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import WIDTHS, browser, executable, open_page, overflow, sign_in

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: see `make test`")


@dataclass(frozen=True)
class Site:
    """A running demonstration: its address and the password of each demonstration account."""

    base: str
    passwords: dict[str, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`jiqun demo` with a few firms, until it answers."""
    home = tmp_path_factory.mktemp("demo")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jiqun.cli", "demo", "--firms", "300", "--home", str(home), "--port", str(port)]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JIQUN_", "DJANGO_", "DATABASE_"))}
    log = home / "demo.log"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=inherited)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(base, process, log)
        passwords = dict(re.findall(r"(demo-\w+)\s*[│|]\s*(\w+)", log.read_text(encoding="utf-8")))
        yield Site(base, passwords)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 300
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"jiqun demo ended with {process.returncode}:\n{log.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"jiqun demo did not answer:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def running() -> Iterator[Browser]:
    """One browser for all journeys."""
    with browser() as started:
        yield started


@pytest.mark.parametrize("width", WIDTHS)
def test_city_opens_a_target_down_to_its_records(site: Site, running: Browser, width: int) -> None:
    watched = open_page(running, width)
    page = watched.page
    sign_in(page, site.base, "demo-city", site.passwords["demo-city"])
    page.goto(f"{site.base}/overview/")
    expect(page.get_by_text("演示数据").first).to_be_visible()
    expect(page.get_by_role("heading", name="总览", exact=True)).to_be_visible()
    links = page.locator("a[href^='/targets/']")
    assert len({links.nth(i).get_attribute("href") for i in range(links.count())}) == 30
    assert overflow(page) <= 0
    page.goto(f"{site.base}/targets/hnte-new/")
    expect(page.get_by_role("heading", name="新培育高新技术企业")).to_be_visible()
    expect(page.get_by_text('认定("高新技术企业"').first).to_be_visible()
    assert page.locator("a[href^='/firms/0113']").count() > 0
    assert overflow(page) <= 0
    assert watched.faults == []


@pytest.mark.parametrize("width", WIDTHS)
def test_firm_sees_what_it_can_get_and_what_it_lacks(site: Site, running: Browser, width: int) -> None:
    watched = open_page(running, width)
    page = watched.page
    sign_in(page, site.base, "demo-enterprise", site.passwords["demo-enterprise"])
    page.goto(f"{site.base}/firms/own/")
    for text in ("现在可以得到", "还差一步", "待补充资料", "历年指标"):
        expect(page.get_by_text(text).first).to_be_visible()
    assert overflow(page) <= 0
    assert watched.faults == []


def test_firm_pages_are_closed_to_visitors(site: Site, running: Browser) -> None:
    page = open_page(running, 1440).page
    page.goto(f"{site.base}/firms/")
    expect(page).to_have_url(re.compile(r"/accounts/login/"))
