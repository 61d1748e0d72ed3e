"""Saving a split of a target."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.dispatch.board.models import Decomposition, TargetShare
from jiqun.web.dispatch.board.splitting import Frame, Values, factor_of, faults_of
from jiqun.web.registry.models import Cluster, Place


def save_shares(
    *,
    actor: User,
    frame: Frame,
    county: Place | None,
    values: Values,
    locked: frozenset[tuple[str, int]],
    seen: int,
    final: bool,
    note: str = "",
) -> Decomposition:
    """Save the table as the next version; InputError where it is faulty or a later version than `seen` is there.

    The values are in the shown unit. A final version must be complete and add up; versions are never changed.
    """
    problems = [Problem(text) for text in faults_of(frame, values, final=final)]
    if problems:
        raise InputError(problems, "没有定稿" if final else "没有保存")
    try:
        with transaction.atomic():
            return _next_version(actor, frame, county, values, locked, seen, final, note)
    except IntegrityError as error:
        raise InputError([_overtaken(seen + 1)], "没有保存") from error


def _next_version(
    actor: User,
    frame: Frame,
    county: Place | None,
    values: Values,
    locked: frozenset[tuple[str, int]],
    seen: int,
    final: bool,
    note: str,
) -> Decomposition:
    before = Decomposition.objects.filter(target=frame.target.id, county=county).order_by("-version").first()
    if (before.version if before else 0) != seen:
        raise InputError([_overtaken(before.version if before else 0)], "没有保存")
    made = Decomposition.objects.create(
        target=frame.target.id, county=county, version=seen + 1, is_final=final, note=note[:300], created_by=actor
    )
    TargetShare.objects.bulk_create(_shares(made, frame, values, locked))
    shown = {f"{row.name} {year}": str(values.get((row.key, year))) for row in frame.rows for year in frame.years}
    audit.record(
        actor=actor,
        action="目标分解定稿" if final else "保存目标分解",
        instance=made,
        before=_state(before, frame) if before else None,
        after=shown,
        note=note[:300],
    )
    return made


def _state(version: Decomposition, frame: Frame) -> dict[str, Any]:
    """The values of a version in the shown unit, as the audit keeps them."""
    names, factor = {row.key: row.name for row in frame.rows}, factor_of(frame.target.unit)
    return {
        f"{names.get(key, key)} {share.year}": None if share.value is None else str((share.value / factor).normalize())
        for share in version.shares.select_related("place", "cluster")
        for key in [key_of(share)]
    }


def key_of(share: TargetShare) -> str:
    """The key of the row that a share belongs to."""
    return share.cluster.code if share.cluster is not None else share.place.code if share.place is not None else ""


def _shares(made: Decomposition, frame: Frame, values: Values, locked: frozenset[tuple[str, int]]) -> list[TargetShare]:
    kinds = {row.key: row.kind for row in frame.rows}
    places = Place.objects.in_bulk([k for k, kind in kinds.items() if kind == "place"], field_name="code")
    clusters = Cluster.objects.in_bulk([k for k, kind in kinds.items() if kind == "cluster"], field_name="code")
    factor = factor_of(frame.target.unit)
    return [
        TargetShare(
            decomposition=made,
            place=places.get(row.key) if row.kind == "place" else None,
            cluster=clusters.get(row.key) if row.kind == "cluster" else None,
            year=year,
            value=None if value is None else value * factor,
            locked=(row.key, year) in locked,
        )
        for row in frame.rows
        for year in frame.years
        for value in [values.get((row.key, year))]
    ]


def _overtaken(version: int) -> Problem:
    return Problem(f"别人刚刚保存了第 {version} 版", mend="请重新打开页面，看过新版本后再改")
