"""Folders that appear whole or not at all, and what killed processes leave of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jiqun.base.folders import draft_folder, whole_folder, work_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL and locks are of POSIX")
SCENE = """
import sys, time
from pathlib import Path
from jiqun.base import folders

out, at = Path(sys.argv[1]), sys.argv[2]

def wait(*_):
    print("here", flush=True)
    time.sleep(600)

if at == "work":
    with folders.work_folder(out) as folder:
        (folder / "made").write_text("half")
        wait()
if at == "swap":
    folders.Path.rename = lambda path, to, real=folders.Path.rename: wait() if path.name == "draft" else real(path, to)
with folders.draft_folder(out) as draft:
    (draft / "new").write_text("whole")
    if at == "draft":
        wait()
"""


def _running(out: Path, at: str) -> subprocess.Popen[str]:
    """A process that makes a folder and has come to this point."""
    process = subprocess.Popen([sys.executable, "-c", SCENE, str(out), at], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "here\n"
    return process


def _killed(out: Path, at: str) -> None:
    with _running(out, at) as process:
        process.kill()


def _files(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in folder.iterdir()}


def _old(out: Path) -> Path:
    out.mkdir()
    (out / "was").write_text("old")
    return out


def _names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_draft_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    out = _old(tmp_path / "out")
    with draft_folder(out) as draft:
        (draft / "new").write_text("whole")
        assert _files(out) == {"was": "old"}
    assert (_files(out), _names(tmp_path)) == ({"new": "whole"}, ["out"])
    assert out.stat().st_mode & 0o777 == 0o777 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_draft_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    out = _old(tmp_path / "out")
    with pytest.raises(FileNotFoundError), draft_folder(out) as draft:
        (draft / "missing" / "new").write_text("half")
    assert (_files(out), _names(tmp_path)) == ({"was": "old"}, ["out"])


def test_a_swap_that_fails_in_its_middle_is_undone(tmp_path: Path) -> None:
    out = _old(tmp_path / "out")
    with pytest.raises(FileNotFoundError), draft_folder(out) as draft:
        draft.rmdir()
    assert (_files(out), _names(tmp_path)) == ({"was": "old"}, ["out"])


def test_a_killed_draft_is_removed_by_the_next_run(tmp_path: Path) -> None:
    out = _old(tmp_path / "out")
    _killed(out, "draft")
    assert len(_names(tmp_path)) == 2 and _files(out) == {"was": "old"}
    with whole_folder(out, ("was",)) as draft:
        (draft / "new").write_text("whole")
    assert (_files(out), _names(tmp_path)) == ({"new": "whole"}, ["out"])


def test_a_run_killed_in_the_middle_of_the_swap_keeps_what_was_there(tmp_path: Path) -> None:
    out = _old(tmp_path / "out")
    _killed(out, "swap")
    assert not out.exists()
    with pytest.raises(FileNotFoundError), draft_folder(out) as draft:
        (draft / "missing" / "new").write_text("half")
    assert (_files(out), _names(tmp_path)) == ({"was": "old"}, ["out"])


@pytest.mark.parametrize("at", ["work", "draft"])
def test_what_a_living_process_works_on_is_left_alone(tmp_path: Path, at: str) -> None:
    out = tmp_path / "out"
    with _running(out, at) as process:
        before = sorted(str(p) for p in tmp_path.rglob("*"))
        assert any(line.endswith(("/made", "/new")) for line in before)
        with draft_folder(out) if at == "draft" else work_folder(out):
            assert set(before) <= {str(p) for p in tmp_path.rglob("*")}
        process.kill()


def test_a_killed_process_s_work_folder_is_removed_by_the_next(tmp_path: Path) -> None:
    home = tmp_path / "home"
    _killed(home, "work")
    [left] = home.iterdir()
    assert (left / "made").read_text() == "half"
    with work_folder(home) as folder:
        assert list(home.iterdir()) == [folder] and folder != left
    assert list(home.iterdir()) == []


def test_only_what_such_a_run_left_is_removed(tmp_path: Path) -> None:
    """Neither the drafts of another place whose name begins alike, nor folders of people."""
    own, other = tmp_path / "snap", tmp_path / "snap.v2"
    _killed(other, "draft")
    (tmp_path / ".snap.mine").mkdir()
    (tmp_path / ".snap.mine.part").mkdir()
    before = _names(tmp_path)
    with draft_folder(own):
        pass
    assert _names(tmp_path) == sorted([*before, "snap"])
