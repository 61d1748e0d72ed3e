"""Take the screenshots of docs/screenshots from a running site.

    uv run python -m tests.browser.screens http://127.0.0.1:8000 --password …

The site should hold demonstration data with the accounts of `jiqun demo`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.chromium import WIDTHS, browser, open_page, overflow, sign_in

OUT = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


def main() -> None:
    """Read the arguments and take every picture; exit code 1 where a page had a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="address of the running site")
    parser.add_argument("--password", required=True, help="password of the demonstration accounts")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--target", default=None, help="id of the target to open (default: the first alert)")
    parser.add_argument("--firm", default=None, help="USCC of the firm to open (default: the demonstration firm)")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with browser() as running:
        for width in WIDTHS:
            faults += _take(running, width, options)
    print("\n".join(faults) or "no faults")
    raise SystemExit(1 if faults else 0)


def _take(running: Browser, width: int, options: argparse.Namespace) -> list[str]:
    base, out, faults = options.base.rstrip("/"), options.out, []
    visitor = open_page(running, width)
    for name, path in {"home": "/", "sign-in": "/accounts/login/", "policies": "/policies/"}.items():
        faults += _picture(visitor.page, f"{base}{path}", out / f"{name}-{width}.png", width)
    city = open_page(running, width)
    sign_in(city.page, base, "demo-city", options.password)
    faults += _picture(city.page, f"{base}/overview/", out / f"overview-{width}.png", width)
    target = (
        options.target or city.page.get_attribute(".alert-list a, .target-table a", "href").strip("/").split("/")[-1]
    )
    pages = {"target": f"/targets/{target}/", "firms": "/firms/", "clusters": "/clusters/"}
    for name, path in pages.items():
        faults += _picture(city.page, f"{base}{path}", out / f"{name}-{width}.png", width)
    firm = open_page(running, width)
    who = city if options.firm else firm
    if not options.firm:
        sign_in(firm.page, base, "demo-enterprise", options.password)
    path = f"/firms/{options.firm}/" if options.firm else "/firms/own/"
    faults += _picture(who.page, f"{base}{path}", out / f"firm-{width}.png", width)
    return faults + [f"{width}: {fault}" for w in (visitor, city, firm) for fault in w.faults]


def _picture(page: Page, address: str, path: Path, width: int) -> list[str]:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)  # the charts draw in the next frames
    page.screenshot(path=path, full_page=True)
    wide = overflow(page)
    return [f"{width}: {address} is {wide} px too wide"] if wide > 0 else []


if __name__ == "__main__":
    main()
