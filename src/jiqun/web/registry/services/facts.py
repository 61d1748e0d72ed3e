"""What may be done to the registry as a whole; each act is atomic and audited."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connections, transaction

from jiqun.base.errors import InputError, Problem
from jiqun.base.folders import work_folder
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
SNAPSHOT, RESULTS = "snapshot", "results"
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

    with work_folder(_home()) as made:
        snapshot = made / SNAPSHOT
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
    with work_folder(_home()) as made:
        progress("导出数据", 0.0)
        (export_apart if database.vendor == "sqlite" else export_facts)(database=database, out=made / "facts")
        manifest = build(
            made / "facts",
            made / SNAPSHOT,
            pack.vocabulary,
            _mark(pack),
            progress=lambda s, share: progress(s, 0.3 + 0.4 * share),
        )
        evaluate(made / SNAPSHOT, pack, as_of, made / RESULTS, progress=lambda stage: progress(stage, 0.8))
        publication = _publish(
            actor=actor,
            publication=Publication(
                as_of=as_of,
                pack_id=pack.programme.id,
                pack_version=pack.programme.version,
                snapshot_id=manifest["id"],
                snapshot_folder=_snapshot_folder(made / SNAPSHOT, manifest["id"]),
                results_folder=f"{RESULTS}/{as_of}-{manifest['id'][:12]}-{secrets.token_hex(4)}",
                is_current=current,
                is_demo=manifest["demo"] is not None,
                note=note,
            ),
            made=made,
        )
    progress("完成", 1.0)
    return publication


def _publish(*, actor: User | None, publication: Publication, made: Path) -> Publication:
    """Write the publication, and put the folders that it cites in their places; what is not published is thrown away."""
    try:
        with transaction.atomic():
            if publication.is_current:
                Publication.objects.filter(is_current=True).update(is_current=False)
            publication.save(force_insert=True)
            action = "发布" if publication.is_current else "试算"
            audit.record(actor=actor, action=action, instance=publication, after=audit.state_of(publication))
            _put(made / SNAPSHOT, publication.snapshot)
            _put(made / RESULTS, publication.results)
    except IntegrityError as error:
        problem = Problem("另一次发布刚刚完成", mend="请刷新页面，确认后再发布")
        raise InputError([problem], "未发布") from error
    return publication


def _put(made: Path, place: Path) -> None:
    if not place.exists():  # the same snapshot is kept once
        place.parent.mkdir(parents=True, exist_ok=True)
        made.rename(place)


def _snapshot_folder(made: Path, id_: str) -> str:
    """Where a snapshot is, or will be, among the others, below the data folder."""
    for name in (id_[:16], f"{id_[:16]}-{secrets.token_hex(4)}"):
        place = _home() / "snapshots" / name / "manifest.json"
        if not place.parent.exists() or place.read_bytes() == (made / "manifest.json").read_bytes():
            return f"snapshots/{name}"
    raise FileExistsError(id_)


def _mark(pack: Pack) -> PackMark:
    return PackMark(pack.programme.id, pack.programme.version)


def _home() -> Path:
    return Path(settings.HOME)
