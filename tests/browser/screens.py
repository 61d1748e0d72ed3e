"""Take the screenshots of docs/screenshots, of a demonstration made for it or of a running site.

uv run python tests/browser/screens.py
uv run python tests/browser/screens.py http://127.0.0.1:8000 --password …
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # so that it may be run as a script

from tests.browser.chromium import WIDTHS, browser, open_page, overflow, sign_in  # noqa: E402
from tests.browser.demo import Site, running_demo  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
FIRMS = 3000
TALLEST = 2400
"""Longer pages are cut: the rest of a list tells nothing new."""


def main() -> None:
    """Read the arguments and take every picture; exit code 1 where a page had a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", nargs="?", help="address of a running site (default: a demonstration is made)")
    parser.add_argument("--password", help="password of the demonstration accounts of that site")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--target", default="leaders-new", help="id of the target to open")
    parser.add_argument("--firm", default=None, help="code of the firm to open (default: one with many titles)")
    options = parser.parse_args()
    if options.base:
        accounts = {f"demo-{role}": options.password for role in ("city", "county")}
        faults = take_all(Site(options.base.rstrip("/"), accounts, Path()), options)
    else:
        with tempfile.TemporaryDirectory() as home, running_demo(Path(home), FIRMS) as site:
            faults = take_all(site, options)
    print("\n".join(faults) or "no faults")
    raise SystemExit(1 if faults else 0)


def take_all(site: Site, options: argparse.Namespace) -> list[str]:
    """Every picture at every width; returns what went wrong."""
    options.out.mkdir(parents=True, exist_ok=True)
    with browser() as running:
        return [fault for width in WIDTHS for fault in _take(running, width, site, options)]


def _take(running: Browser, width: int, site: Site, options: argparse.Namespace) -> list[str]:
    """Pages of visitors, then those of the city, one firm among them, then what a county fills in."""
    faults: list[str] = []
    visitor, city = open_page(running, width), open_page(running, width)
    county = open_page(running, width)
    for watched, role in ((city, "demo-city"), (county, "demo-county")):
        sign_in(watched.page, site.base, role, site.passwords[role])
    pages = [
        (visitor, "home", "/"), (visitor, "sign-in", "/accounts/login/"), (visitor, "policies", "/policies/"),
        (visitor, "clusters", "/clusters/"), (city, "overview", "/overview/"),
        (city, "target", f"/targets/{options.target}/"), (city, "firms", "/firms/"),
        (city, "firm", f"/firms/{options.firm or _busy_firm(city.page, site.base)}/"),
        (city, "board", "/board/"), (city, "coverage", "/board/coverage/"), (city, "tasks", "/tasks/"),
        (city, "calendar", "/calendar/"), (city, "registry", "/registry/lists/enterprises/"),
        (city, "waiting", "/registry/waiting/?kind=figures"), (city, "review", f"{_round(city.page, site.base)}review/"),
        (county, "filling", _filling(county.page, site.base)),
    ]  # fmt: skip
    for who, name, path in pages:
        faults += take(who.page, f"{site.base}{path}", options.out / f"{name}-{width}.png", width)
    return faults + [f"{width}: {fault}" for who in (visitor, city, county) for fault in who.faults]


def _busy_firm(page: Page, base: str) -> str:
    """The code of a leading firm: one with much to show."""
    page.goto(f"{base}/targets/leaders-new/")
    return page.locator("#records-counted a[href^='/firms/']").last.get_attribute("href").strip("/").split("/")[-1]


def _round(page: Page, base: str) -> str:
    """The path of the demonstration's reporting round."""
    page.goto(f"{base}/rounds/")
    return page.locator("td.lead-cell a").last.get_attribute("href")


def _filling(page: Page, base: str) -> str:
    """The path of what the county has to fill in."""
    page.goto(f"{base}/rounds/")
    return page.locator(".task-list a").last.get_attribute("href")


def take(page: Page, address: str, path: Path, width: int) -> list[str]:
    """A picture of a page, cut where it is very long; what went wrong with its width."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)  # the charts draw in the next frames
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    wide = overflow(page)
    return [f"{width}: {address} is {wide} px too wide"] if wide > 0 else []


if __name__ == "__main__":
    main()
