"""Files of register entries: kept under random names in the data folder, never under the names people give."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.registry.models import Attachment, Entry

FOLDER = "attachments"


def path_of(attachment: Attachment) -> Path:
    """Where the file lies."""
    return Path(settings.MEDIA_ROOT) / FOLDER / attachment.stored


@transaction.atomic
def attach(*, actor: User, entry: Entry, files: Iterable[UploadedFile[Any]]) -> list[Attachment]:
    """Keep files, already checked by the form, with an entry."""
    kept = []
    for file in files:
        name = Path(str(file.name)).name[-120:]
        attachment = Attachment(
            entry_id=entry.pk, name=name, stored=secrets.token_hex(16) + Path(name).suffix.lower(),
            size=file.size or 0, uploaded_by=actor,
        )  # fmt: skip
        target = path_of(attachment)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        attachment.save(force_insert=True)
        audit.record(actor=actor, action="上传附件", instance=attachment, after=audit.state_of(attachment))
        kept.append(attachment)
    return kept
