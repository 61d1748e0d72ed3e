"""The whole suite: which database the web tests use, and settings that leave nothing behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_started: list[object] = []
_folders: list[str] = []
_MISSING = "PostgreSQL's server programs (initdb, postgres) are not installed; looked in /usr/lib/postgresql and PATH"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database=postgresql` runs the web tests on a PostgreSQL that the suite starts itself."""
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite", help="database of the web tests")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Set the environment, then have Django's settings read; workers of xdist inherit the environment."""
    if not hasattr(config, "workerinput"):
        _set_environment(config)
    from django.conf import settings

    assert os.environ["JIQUN_SECRET_KEY"] == settings.SECRET_KEY  # read now, so that pytest-django sets Django up


def _set_environment(config: pytest.Config) -> None:
    home = tempfile.mkdtemp(prefix="jiqun-test-")
    _folders.append(home)
    (Path(home) / "static").mkdir()
    os.environ.update(JIQUN_HOME=home, JIQUN_DEBUG="1", JIQUN_SECRET_KEY="for tests only")
    os.environ.setdefault("JIQUN_PACK", str(ROOT / "tests" / "web" / "pack"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "jiqun.web.config.testing"
    os.environ["DATABASE_URL"] = ""
    if config.getoption("--database") == "postgresql":
        from jiqun.web.config.private_postgresql import PrivatePostgresql, binaries

        if binaries() is not None:
            server = PrivatePostgresql.start()
            _started.append(server)
            os.environ["DATABASE_URL"] = server.url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started, remove what was made."""
    while _started:
        _started.pop().stop()  # type: ignore[attr-defined]
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def pytest_report_header(config: pytest.Config) -> str:
    """Say which database is used, or why it is not."""
    wanted = config.getoption("--database")
    if wanted == "postgresql" and not os.environ["DATABASE_URL"]:
        return f"database: SKIPPED, {_MISSING}"
    return f"database: {wanted}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where PostgreSQL was asked for and is missing, the web tests are skipped with the reason."""
    if config.getoption("--database") == "postgresql" and not os.environ["DATABASE_URL"]:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=_MISSING))
