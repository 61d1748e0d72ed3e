"""One demonstration and one browser for all journeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import browser
from tests.browser.demo import Site, running_demo


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`jiqun demo` with a few firms."""
    with running_demo(tmp_path_factory.mktemp("demo"), firms=300) as started:
        yield started


@pytest.fixture(scope="session")
def running() -> Iterator[Browser]:
    """One browser."""
    with browser() as started:
        yield started
