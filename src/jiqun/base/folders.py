"""Folders that appear whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from jiqun.base.errors import InputError, Place, Problem

ABANDONED = 24 * 60 * 60
"""Seconds after which a draft that nobody has touched is what a killed run left."""


@contextmanager
def draft_folder(out: Path) -> Iterator[Path]:
    """A draft beside `out` that takes its place when all went well, whatever was there, and vanishes otherwise."""
    out.parent.mkdir(parents=True, exist_ok=True)
    _sweep(out)
    draft = out.parent / f".{out.name}.{os.getpid()}.part"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
        _put_in_place(draft, out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def whole_folder(out: Path, marks: tuple[str, ...]) -> Iterator[Path]:
    """A draft folder of results; an existing `out` with all `marks` (names of files) in it is replaced.

    A folder with anything else is refused with InputError before any work is done.
    """
    if out.exists() and not (out.is_dir() and (_all_in(out, marks) or not any(out.iterdir()))):
        mend = "请换一个不存在的文件夹，或空文件夹"
        raise InputError([Problem("这里已有别的文件，不能写入结果", Place(str(out)), mend=mend)], "结果无法写出")
    with draft_folder(out) as draft:
        yield draft


def _all_in(folder: Path, marks: tuple[str, ...]) -> bool:
    return all((folder / mark).is_file() for mark in marks)


def _sweep(out: Path) -> None:
    """Remove what killed runs left beside `out`; what changed within a day may belong to a run that still works."""
    for left in out.parent.glob(f".{escape(out.name)}.*"):
        if left.is_dir() and re.fullmatch(r"\.\d+\.(part|old)", left.name.removeprefix(f".{out.name}")):
            newest = max(path.stat().st_mtime for path in (left, *left.rglob("*")))
            if time.time() - newest > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)


def _put_in_place(draft: Path, out: Path) -> None:
    """Swap by renames, so that `out` is the old or the new folder, never half of one."""
    if not out.exists():
        draft.rename(out)
        return
    old = draft.with_suffix(".old")
    out.rename(old)
    draft.rename(out)
    shutil.rmtree(old)
