"""What people do with uploads."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.core.files.base import File
from django.db import transaction

from jiqun.base.errors import InputError, Place, Problem
from jiqun.web import jobs
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.registry.intake import files
from jiqun.web.registry.intake.kinds import Kind
from jiqun.web.registry.intake.models import WORKING, Upload, UploadState
from jiqun.workbook.guard import SUFFIXES


def receive(*, actor: User, kind: Kind, file: File[bytes]) -> Upload:
    """Keep a workbook and start its check; InputError where it cannot be one."""
    name = Path(file.name or "").name[-200:]
    if Path(name).suffix.lower() not in SUFFIXES:
        problem = Problem("不支持这种文件", Place(name), mend="请上传 .xlsx、.xls、.xlsb、.ods 或 .csv 文件")
        raise InputError([problem], "文件没有接收")
    if actor.organisation is None:
        raise ValueError("only a member of an organisation may bring data")
    folder, sha256, size = files.store(file)
    with transaction.atomic():
        upload = Upload.objects.create(
            what=kind.key, title=kind.title, actor=actor, organisation=actor.organisation, name=name, size=size,
            sha256=sha256, folder=folder,
        )  # fmt: skip
        audit.record(actor=actor, action="上传数据文件", instance=upload, after={"size": size, "sha256": sha256})
        _start(upload, actor, "intake.check", f"核对 {name}")
    return upload


@transaction.atomic
def confirm(*, actor: User, upload: Upload) -> Upload:
    """Have a checked workbook loaded; InputError where it is not waiting for that."""
    fresh = _waiting(upload, UploadState.READY)
    fresh.state = UploadState.LOADING
    fresh.save(update_fields=["state"])
    audit.record(actor=actor, action="确认导入", instance=fresh, after=fresh.counts)
    _start(fresh, actor, "intake.load", f"导入 {fresh.name}")
    return fresh


@transaction.atomic
def drop(*, actor: User, upload: Upload) -> Upload:
    """Give an upload up; nothing of it was written."""
    fresh = _waiting(upload, UploadState.READY, UploadState.WRONG)
    fresh.state = UploadState.DROPPED
    fresh.save(update_fields=["state"])
    audit.record(actor=actor, action="放弃导入", instance=fresh)
    return fresh


@transaction.atomic
def resume(*, actor: User, upload: Upload) -> Upload:
    """After its job ended without an outcome: check again; a load that did not happen waits for a new confirmation."""
    fresh = _waiting(upload, UploadState.CHECKING, UploadState.LOADING)
    fresh.state = UploadState.CHECKING
    fresh.save(update_fields=["state"])
    audit.record(actor=actor, action="重新核对", instance=fresh)
    _start(fresh, actor, "intake.check", f"核对 {fresh.name}")
    return fresh


def clean_up(*, now: datetime) -> int:
    """Remove the files of old uploads; returns how many uploads were cleaned."""
    old = Upload.objects.filter(files_removed=False, created_at__lt=now - files.KEEP).exclude(state__in=WORKING)
    count = 0
    for upload in old[:500]:
        files.remove(upload)
        count += Upload.objects.filter(pk=upload.pk).update(files_removed=True)
    return count


def _waiting(upload: Upload, *states: UploadState) -> Upload:
    fresh = Upload.objects.select_for_update().get(pk=upload.pk)
    if fresh.state not in states:
        now = UploadState(fresh.state).label
        raise InputError([Problem(f"这份文件的状态已是“{now}”", mend="请刷新页面")], "操作没有进行")
    if fresh.files_removed:
        raise InputError([Problem("这份文件已过保存期", mend="请重新上传")], "操作没有进行")
    return fresh


def _start(upload: Upload, actor: User, kind: str, title: str) -> None:
    job = jobs.start(kind=kind, actor=actor, title=title[:120], params={"upload": upload.pk})
    upload.job = job.pk
    upload.save(update_fields=["job"])
