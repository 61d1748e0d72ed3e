"""Folders of results that appear whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jiqun.base.errors import InputError, Place, Problem


@contextmanager
def whole_folder(out: Path, marks: tuple[str, ...]) -> Iterator[Path]:
    """A draft folder that becomes `out` when all went well, and vanishes otherwise.

    An existing folder with all `marks` (names of files) in it is replaced; a folder with anything else is refused with
    InputError before any work is done.
    """
    if out.exists() and not (out.is_dir() and (_all_in(out, marks) or not any(out.iterdir()))):
        mend = "请换一个不存在的文件夹，或空文件夹"
        raise InputError([Problem("这里已有别的文件，不能写入结果", Place(str(out)), mend=mend)], "结果无法写出")
    draft = out.with_name(f".{out.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        if out.exists():
            shutil.rmtree(out)
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _all_in(folder: Path, marks: tuple[str, ...]) -> bool:
    return all((folder / mark).is_file() for mark in marks)
