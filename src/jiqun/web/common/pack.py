"""The pack that this site runs."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from jiqun.programme.pack import Pack


def pack_folder() -> Path:
    """The pack's folder; ImproperlyConfigured where none is set."""
    if settings.PACK is None:
        raise ImproperlyConfigured("未指定方案包：请设置环境变量 JIQUN_PACK 为方案包所在的文件夹")
    return Path(settings.PACK)


def current_pack() -> Pack:
    """The pack, read once a process."""
    return _load(pack_folder())


@lru_cache(maxsize=4)
def _load(folder: Path) -> Pack:
    from jiqun.programme.load import load_pack

    return load_pack(folder)
