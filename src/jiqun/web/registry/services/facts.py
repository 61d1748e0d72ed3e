"""What may be done to the registry as a whole; each act is atomic and audited."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connections, transaction

from jiqun.base.errors import InputError, Problem
from jiqun.programme.pack import Pack
from jiqun.snapshot.build import PackMark, build
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.registry.bulk.load import Limits, LoadSummary, load_snapshot
from jiqun.web.registry.bulk.session import Database
from jiqun.web.registry.export import export_apart, export_facts
from jiqun.web.registry.models import Publication

Progress = Callable[[str, float], None]
"""Told a stage and the share of the whole that is done before it."""
CHECKING = 0.3
"""The share of a load's time that goes into checking."""


def silent(stage: str, share: float) -> None:
    """Progress that nobody looks at."""


def load_facts(*, folder: Path, pack: Pack, progress: Progress = silent) -> LoadSummary:
    """Check a facts folder and replace the registry by it, all or nothing; InputError lists every fault.

    It closes this process's connections, and so belongs in a command, not in a server (see `bulk`).
    """
    if transaction.get_connection().in_atomic_block:
        raise RuntimeError("load_facts has its own transaction and cannot be part of another")
    database, limits = Database.of_site(), Limits.of_models()

    def loading(stage: str, done: int, total: int) -> None:
        progress(stage, CHECKING + (1 - CHECKING) * 0.9 * (done / total if total else 1.0))

    with _scratch() as scratch:
        snapshot = scratch / "snapshot"
        build(folder, snapshot, pack.vocabulary, _mark(pack), progress=lambda s, share: progress(s, CHECKING * share))
        connections.close_all()
        summary = load_snapshot(
            database=database, snapshot=snapshot, vocabulary=pack.vocabulary, limits=limits, progress=loading
        )
    progress("完成", 1.0)
    return summary


def refresh(
    *, actor: User | None, as_of: date, pack: Pack, note: str = "", current: bool = True, progress: Progress = silent
) -> Publication:
    """Evaluate the registry as it is now and, unless told not to, make that the current publication; others are kept."""
    from jiqun.programme.evaluate import evaluate  # here, because the compiler behind it takes seconds to import

    database = Database.of_site()
    with _scratch() as scratch:
        progress("导出数据", 0.0)
        (export_apart if database.vendor == "sqlite" else export_facts)(database=database, out=scratch / "facts")
        made = scratch / "snapshot"
        manifest = build(
            scratch / "facts",
            made,
            pack.vocabulary,
            _mark(pack),
            progress=lambda s, share: progress(s, 0.3 + 0.4 * share),
        )
        snapshot = _keep(made, manifest)
    results = _home() / "results" / f"{as_of}-{manifest['id'][:12]}-{secrets.token_hex(4)}"
    evaluate(snapshot, pack, as_of, results, progress=lambda stage: progress(stage, 0.8))
    publication = _publish(
        actor=actor,
        publication=Publication(
            as_of=as_of,
            pack_id=pack.programme.id,
            pack_version=pack.programme.version,
            snapshot_id=manifest["id"],
            snapshot_folder=str(snapshot.relative_to(_home())),
            results_folder=str(results.relative_to(_home())),
            is_current=current,
            is_demo=manifest["demo"] is not None,
            note=note,
        ),
    )
    progress("完成", 1.0)
    return publication


def _publish(*, actor: User | None, publication: Publication) -> Publication:
    try:
        with transaction.atomic():
            if publication.is_current:
                Publication.objects.filter(is_current=True).update(is_current=False)
            publication.save(force_insert=True)
            action = "发布" if publication.is_current else "试算"
            audit.record(actor=actor, action=action, instance=publication, after=audit.state_of(publication))
    except IntegrityError as error:
        problem = Problem("另一次发布刚刚完成", mend="请刷新页面，确认后再发布")
        raise InputError([problem], "未发布") from error
    return publication


def _keep(made: Path, manifest: dict[str, Any]) -> Path:
    """Put a new snapshot among the others; the same one is kept once."""
    folder = _home() / "snapshots"
    folder.mkdir(parents=True, exist_ok=True)
    for place in (folder / manifest["id"][:16], folder / f"{manifest['id'][:16]}-{secrets.token_hex(4)}"):
        if not place.exists():
            made.rename(place)
            return place
        if (place / "manifest.json").read_bytes() == (made / "manifest.json").read_bytes():
            return place
    raise FileExistsError(folder)


def _mark(pack: Pack) -> PackMark:
    return PackMark(pack.programme.id, pack.programme.version)


def _home() -> Path:
    return Path(settings.HOME)


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder beside the data, so that what was made there can be moved without a copy."""
    _home().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".work-", dir=_home()) as folder:
        yield Path(folder)
