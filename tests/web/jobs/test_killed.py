"""SIGKILL in the middle of an import, a publish and a check: nothing half-written, and the next worker takes it up."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.web.killing import HERE, ON_POSIX, ROOT, environment

PATIENCE = 60
"""Seconds that a loaded machine may take for what takes a few."""
pytestmark = ON_POSIX
GAVE_UP = "处理过程 3 次意外中断，已停止。请联系管理员查看日志，排除原因后重试。"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the small city, made once."""
    home = tmp_path_factory.mktemp("prepared")
    subprocess.run([*_scene(home, "prepare")], cwd=ROOT, env=environment(home), check=True, timeout=2 * PATIENCE)
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    """The data folder of one test."""
    return Path(shutil.copytree(prepared, tmp_path / "home"))


def _scene(home: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.web.jobs.scene", str(home), *arguments]


@contextmanager
def _running(home: Path, command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that is killed at the end of the block, whatever it does then."""
    with (home / "process.log").open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(home), stdout=subprocess.PIPE, stderr=log, text=True
        )
        with process:
            try:
                yield process
            finally:
                process.kill()


def _kill_at(home: Path, mode: str, deadly: str) -> None:
    """Work at a job until the deadly function is called, then SIGKILL."""
    with _running(home, _scene(home, mode, deadly)) as process:
        assert process.stdout is not None
        end = threading.Timer(PATIENCE, process.kill)
        end.start()
        said = process.stdout.readline() + process.stdout.readline()
        end.cancel()
    assert (said, process.returncode) == (f"\n{HERE}\n", -9), (home / "process.log").read_text(encoding="utf-8")


def _work_until_ended(home: Path) -> None:
    """A worker as it is in production, until no job waits or runs."""
    with _running(home, [sys.executable, "-m", "jiqun.commands.worker", "--home", str(home)]) as process:
        end = time.monotonic() + PATIENCE
        while _rows(home, "SELECT 1 FROM jobs_job WHERE state IN ('waiting', 'running')"):
            assert time.monotonic() < end and process.poll() is None, (home / "process.log").read_text(encoding="utf-8")
            time.sleep(0.2)


def _rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / "jiqun.sqlite3", timeout=20)) as database:
        return database.execute(sql).fetchall()


def _last_job(home: Path) -> tuple[Any, ...]:
    return _rows(home, "SELECT kind, state, attempts, error FROM jobs_job ORDER BY id DESC LIMIT 1")[0]


def _loaded(home: Path) -> tuple[Any, ...]:
    """The upload's state, the new firms, the name of the changed one, and the audit rows of the load."""
    firms = "SELECT name FROM registry_party WHERE name LIKE 'a1%'"
    return (
        _rows(home, "SELECT state FROM intake_upload")[0][0],
        _rows(home, "SELECT count(*) FROM registry_party WHERE name LIKE '新公司%'")[0][0],
        _rows(home, firms)[0][0],
        _rows(home, "SELECT count(*) FROM common_auditrecord WHERE action = '导入数据'")[0][0],
    )


def test_an_import_killed_with_its_rows_written_is_loaded_by_the_next_worker_once(home: Path) -> None:
    _kill_at(home, "import", "jiqun.web.registry.intake.services.loading:_after")
    assert _last_job(home) == ("intake.load", "running", 1, "")
    assert _loaded(home) == ("loading", 0, "a1示例公司", 0)
    _work_until_ended(home)
    assert _last_job(home) == ("intake.load", "done", 2, "")
    assert _loaded(home) == ("loaded", 30, "a1新名公司", 1)
    assert _rows(home, "PRAGMA integrity_check") == [("ok",)]


def test_a_publish_killed_with_its_results_computed_keeps_one_draft(home: Path) -> None:
    kept = "SELECT (SELECT count(*) FROM registry_publication), (SELECT count(*) FROM publishing_release)"
    _kill_at(home, "publish", "jiqun.web.registry.services.facts:_publish")
    assert _last_job(home) == ("publishing.draft", "running", 1, "")
    assert _rows(home, kept) == [(0, 0)]
    assert [(folder / "results").is_dir() for folder in home.glob(".work-*/")] == [True]
    _work_until_ended(home)
    assert _last_job(home) == ("publishing.draft", "done", 2, "")
    assert _rows(home, kept) == [(1, 1)]
    [(results, snapshot, current)] = _rows(
        home, "SELECT results_folder, snapshot_folder, is_current FROM registry_publication"
    )
    assert ((home / results).is_dir(), (home / snapshot / "manifest.json").is_file(), current) == (True, True, 0)
    assert [len(list((home / name).iterdir())) for name in ("snapshots", "results")] == [1, 1]
    assert list(home.glob(".work-*/")) == []


def test_a_check_killed_for_the_third_time_is_given_up_with_a_sentence(home: Path) -> None:
    _kill_at(home, "check", "jiqun.web.registry.intake.services:check")
    assert _last_job(home) == ("intake.check", "running", 3, "")
    _work_until_ended(home)
    assert _last_job(home) == ("intake.check", "failed", 3, GAVE_UP)
    assert _loaded(home) == ("checking", 0, "a1示例公司", 0)
