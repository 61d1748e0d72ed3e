"""Workbooks for the tests, and an upload of one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from jiqun.programme.pack import Pack
from jiqun.web import jobs
from jiqun.web.accounts.models import User
from jiqun.web.accounts.scope import scope_for
from jiqun.web.registry.intake import services
from jiqun.web.registry.intake.kinds import find
from jiqun.web.registry.intake.models import Upload

FIGURES = "figures/firm/party/year/2025"


def workbook(*rows: Sequence[Any], name: str = "表") -> bytes:
    """An .xlsx of these rows."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as made:
        page = made.add_worksheet(name)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return target.getvalue()


def send(pack: Pack, actor: User, key: str, *rows: Sequence[Any], name: str = "上报.xlsx", run: bool = True) -> Upload:
    """Upload rows as a person and have them checked."""
    kind = find(pack, key, role=scope_for(actor).role)
    assert kind is not None
    upload = services.receive(actor=actor, kind=kind, file=SimpleUploadedFile(name, workbook(*rows)))
    if run:
        jobs.run_pending()
        upload.refresh_from_db()
    return upload


def load(actor: User, upload: Upload) -> Upload:
    """Confirm and have it loaded."""
    services.confirm(actor=actor, upload=upload)
    jobs.run_pending()
    upload.refresh_from_db()
    return upload
