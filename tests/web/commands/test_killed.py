"""SIGKILL in the middle of `snapshot`, `evaluate` and `load`: nothing half-written, and the same command works again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from tests.web.killing import HERE, ON_POSIX, PACK, ROOT, environment
from tests.web.registry.facts_folder import write_facts

PATIENCE = 240
"""Seconds that a loaded machine may take for what takes a few."""
pytestmark = ON_POSIX


def _killed(home: Path, deadly: str, *arguments: str | Path) -> None:
    """Run a command until it calls the deadly function, then SIGKILL."""
    command = [sys.executable, "-m", "tests.web.commands.scene", deadly, *map(str, arguments)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        end = threading.Timer(PATIENCE, process.kill)
        end.start()
        assert process.stdout is not None and process.stderr is not None
        reached = any(line.strip() == HERE for line in process.stdout)
        end.cancel()
        process.kill()
        said = process.stderr.read()
    assert (reached, process.returncode) == (True, -9), said


def _done(home: Path, *arguments: str | Path) -> None:
    """Run a command to its end."""
    command = [sys.executable, "-m", "jiqun.cli", *map(str, arguments)]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode == 0, ended.stderr


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_killed_snapshot_and_a_killed_evaluation_leave_what_was_there(tmp_path: Path) -> None:
    facts, places = write_facts(tmp_path / "facts"), tmp_path / "made"
    make = ("snapshot", facts, "--pack", PACK, "--out", places / "snap")
    _killed(tmp_path, "jiqun.snapshot.build:write_manifest", *make)
    [draft] = places.iterdir()  # nothing at the place of the snapshot, only a draft with another name
    assert draft.name.startswith(".snap.") and draft.suffix == ".part"
    _done(tmp_path, *make)
    assert [p.name for p in places.iterdir()] == ["snap"]

    judge = ("evaluate", places / "snap", "--pack", PACK, "--as-of", "2026-09-30", "--out", places / "results")
    _done(tmp_path, *judge)
    before = _files(places / "results")
    _killed(tmp_path, "jiqun.programme.evaluate:write_history", *judge)
    assert _files(places / "results") == before
    assert len([p for p in places.iterdir() if p.name.startswith(".results.")]) == 1
    _done(tmp_path, *judge)
    assert _files(places / "results") == before
    assert sorted(p.name for p in places.iterdir()) == ["results", "snap"]


def test_a_killed_load_leaves_the_registry_as_it_was(tmp_path: Path) -> None:
    def firms() -> tuple[object, ...]:
        with closing(sqlite3.connect(tmp_path / "jiqun.sqlite3", timeout=20)) as database:
            [sound] = database.execute("PRAGMA integrity_check").fetchall()
            names = database.execute("SELECT uscc, name FROM registry_party ORDER BY uscc").fetchall()
            return sound, names

    _done(tmp_path, "load", write_facts(tmp_path / "first"))
    before = firms()
    changed = write_facts(tmp_path / "second")
    party = changed / "party.csv"
    text = party.read_text(encoding="utf-8")
    head, first, *rest = text.splitlines()
    party.write_text(
        "\n".join([head, first.replace(first.split(",")[1], "改过的名称"), *rest]) + "\n", encoding="utf-8"
    )
    _killed(tmp_path, "jiqun.web.registry.bulk.load:_record", "load", changed)
    assert firms() == before
    _done(tmp_path, "load", changed)
    after = firms()
    assert after[0] == ("ok",) and after != before
    assert "改过的名称" in str(after)
