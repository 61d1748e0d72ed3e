"""What the environment says: defaults, refusals, the key, the database."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from jiqun.web.config.database import database
from jiqun.web.config.environment import Environment, secret_key


def test_flags_numbers_and_lists_are_read() -> None:
    environment = Environment({"A": " Yes ", "B": "0", "C": "15", "D": "a, b,,c ", "E": " "})
    assert (environment.flag("A", False), environment.flag("B", True), environment.flag("E", True)) == (
        True,
        False,
        True,
    )
    assert (environment.number("C", 1), environment.number("E", 1)) == (15, 1)
    assert environment.items("D") == ["a", "b", "c"] and environment.items("E", "x") == ["x"]


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda e: e.flag("X", True), "环境变量 X 应为 1 或 0，现为“maybe”"),
        (lambda e: e.number("X", 1), "环境变量 X 应为整数，现为“maybe”"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(read: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(Environment({"X": "maybe"}))  # type: ignore[operator]


def test_the_only_pack_is_found_and_of_two_none_is_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Environment({}).pack is None
    for name in ("a", "b"):
        (tmp_path / "programmes" / name).mkdir(parents=True)
        (tmp_path / "programmes" / name / "programme.yaml").touch()
        expected = tmp_path / "programmes" / "a" if name == "a" else None
        assert Environment({}).pack == expected
    assert Environment({"JIQUN_PACK": "programmes/b"}).pack == tmp_path / "programmes" / "b"


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    environment = Environment({"JIQUN_HOME": str(tmp_path / "home")})
    key = secret_key(environment)
    path = tmp_path / "home" / "secret-key"
    assert len(key) >= 80 and secret_key(environment) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret-key"]
    assert secret_key(Environment({"JIQUN_HOME": str(tmp_path / "home"), "JIQUN_SECRET_KEY": "given"})) == "given"
    assert secret_key(Environment({"JIQUN_HOME": str(tmp_path / "other")})) != key


def test_sqlite_is_the_default_and_takes_its_lock_at_once(tmp_path: Path) -> None:
    found = database("", tmp_path)
    assert found["ENGINE"] == "django.db.backends.sqlite3" and found["NAME"] == str(tmp_path / "jiqun.sqlite3")
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "PRAGMA journal_mode=WAL" in found["OPTIONS"]["init_command"]
    assert database("sqlite:////data/x.sqlite3", tmp_path)["NAME"] == "/data/x.sqlite3"
    assert database("sqlite:///x.sqlite3", tmp_path)["NAME"] == "x.sqlite3"


def test_postgresql_is_read_with_escapes_and_options(tmp_path: Path) -> None:
    found = database("postgresql://ji%40qun:p%2Fw@db.example:5433/city?sslmode=require", tmp_path)
    assert {k: found[k] for k in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "ENGINE": "django.db.backends.postgresql", "NAME": "city", "USER": "ji@qun", "PASSWORD": "p/w",
        "HOST": "db.example", "PORT": "5433",
        "OPTIONS": {"sslmode": "require", "options": "-c jit=off -c max_parallel_workers_per_gather=0 "
                    "-c random_page_cost=1.1 -c work_mem=32MB"},
    }  # fmt: skip
    own = database("postgresql://u@/city?options=-c%20work_mem%3D8MB", tmp_path)["OPTIONS"]["options"]
    assert own.endswith("-c work_mem=32MB -c work_mem=8MB")
    assert database("postgres://u@/city?host=%2Frun%2Fpg", tmp_path)["HOST"] == "/run/pg"


def test_another_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL 应以 sqlite:/// 或 postgresql:// 开头，现为“mysql”"):
        database("mysql://x/y", tmp_path)
