"""The system's Chromium under Playwright: how it is found and started."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDTHS = {1440: 900, 390: 844}
"""The widths that every page is looked at, with the height of the window."""
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def executable() -> str | None:
    """The browser's path: JIQUN_CHROMIUM, else the first of the usual names; None where there is none."""
    named = os.environ.get("JIQUN_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """A running browser."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        try:
            yield started
        finally:
            started.close()


@dataclass
class Watched:
    """A page, and everything that went wrong in it."""

    page: Page
    faults: list[str] = field(default_factory=list)


def open_page(browser: Browser, width: int) -> Watched:
    """A new page of this width whose console errors, script errors and failed requests are kept."""
    context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]}, locale="zh-CN")
    watched = Watched(context.new_page())
    note = watched.faults.append
    watched.page.on("console", lambda m: note(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
    watched.page.on("pageerror", lambda error: note(f"script: {error.stack or error} at {watched.page.url}"))
    watched.page.on("response", lambda r: note(f"{r.status}: {r.url}") if r.status >= 400 else None)
    return watched


def sign_in(page: Page, base: str, username: str, password: str) -> None:
    """Sign in through the sign-in page."""
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
