"""One demonstration for all journeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import browser
from tests.browser.demo import Site, running_demo

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`jiqun demo` with a few firms."""
    with running_demo(tmp_path_factory.mktemp("demo"), firms=300) as started:
        yield started


@pytest.fixture(scope="module")
def running() -> Iterator[Browser]:
    """One browser for each file: while Playwright runs, no other test of the process may use the database."""
    with browser() as started:
        yield started
