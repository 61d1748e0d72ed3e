"""Processes to be killed: what they run in, and the trap that tells the test when to kill."""

from __future__ import annotations

import os
import time
from importlib import import_module
from pathlib import Path

import pytest

HERE = "here"
"""What a process prints when it has come to the trap."""
ROOT = Path(__file__).resolve().parents[2]
PACK = Path(__file__).resolve().parent / "pack"
ON_POSIX = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX")


def environment(home: Path) -> dict[str, str]:
    """Variables of a process with a data folder of its own and the small pack."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JIQUN_", "DATABASE_", "DJANGO_"))}
    own = {"JIQUN_HOME": str(home), "JIQUN_PACK": str(PACK), "JIQUN_DEBUG": "1", "JIQUN_SECRET_KEY": "for tests only"}
    return kept | own


def set_trap(deadly: str) -> None:
    """From now on the function `module:name` says `HERE`, on a line of its own, and never ends."""
    name, function = deadly.split(":")
    module = import_module(name)

    def wait(*_: object, **__: object) -> None:
        print(f"\n{HERE}", flush=True)
        time.sleep(600)

    assert callable(getattr(module, function))
    setattr(module, function, wait)
