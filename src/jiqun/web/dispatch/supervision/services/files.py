"""Evidence that comes with a report or a reply: how much, how large, of what kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from jiqun.base.errors import Problems
from jiqun.web.dispatch.supervision.models import Attachment, Report, Step

MOST_FILES = 5
MOST_BYTES = 10 * 1024 * 1024
KINDS = (
    ".pdf", ".doc", ".docx", ".wps", ".xls", ".xlsx", ".et", ".ppt", ".pptx", ".ofd", ".txt", ".csv", ".jpg", ".jpeg",
    ".png",
)  # fmt: skip


def check_files(files: Sequence[UploadedFile[Any]], problems: Problems) -> None:
    """Every fault of the files."""
    if len(files) > MOST_FILES:
        problems.add(f"附件最多 {MOST_FILES} 个", found=f"{len(files)} 个", mend="请合并或分次提交")
    for file in files:
        name = file.name or ""
        if PurePath(name).suffix.lower() not in KINDS:
            problems.add("不接受这种附件", found=name, mend=f"可用：{' '.join(KINDS)}")
        if (file.size or 0) > MOST_BYTES:
            problems.add(f"附件不能超过 {MOST_BYTES // 1024 // 1024} MB", found=name, mend="请压缩后再传")
        elif not file.size:
            problems.add("附件是空的", found=name)


def keep_files(files: Sequence[UploadedFile[Any]], *, report: Report | None = None, step: Step | None = None) -> None:
    """Store checked files with what they belong to."""
    for file in files:
        name = PurePath(file.name or "附件").name[-120:]
        Attachment.objects.create(report=report, step=step, name=name, size=file.size or 0, file=file)
