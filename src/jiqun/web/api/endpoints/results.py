"""The published evaluation: targets, decisions about a firm or cluster."""

from __future__ import annotations

from typing import Annotated, Any

import duckdb
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Router
from ninja.errors import HttpError

from jiqun.programme.evaluate import DECISIONS
from jiqun.programme.targets import TARGETS, read_targets
from jiqun.web.accounts.scope import Scope
from jiqun.web.api.access import reader
from jiqun.web.api.models import Permission
from jiqun.web.api.schemas import DecisionOut, PublicationOut, TargetOut, answers
from jiqun.web.common.pack import current_pack
from jiqun.web.common.trail.services import record_read
from jiqun.web.registry.models import Publication
from jiqun.web.registry.queries import current_publication

router = Router(tags=["结果"])


@router.get("/publication", response=answers(PublicationOut), summary="当前发布")
def publication(request: HttpRequest) -> dict[str, Any]:
    """The current publication: its day, snapshot and pack."""
    reader(request, Permission.RESULTS)
    found = _published()
    return {
        "id": found.pk, "as_of": found.as_of, "snapshot": found.snapshot_id, "pack_version": found.pack_version,
        "published_at": found.created_at, "demonstration": found.is_demo,
    }  # fmt: skip


@router.get("/targets", response=answers(list[TargetOut]), summary="目标")
def targets(request: HttpRequest) -> list[dict[str, Any]]:
    """Every target as published."""
    reader(request, Permission.RESULTS)
    declared = current_pack().targets
    return [
        {
            "id": t.target, "title": declared[t.target].title, "unit": declared[t.target].unit, "goal": t.goal,
            "actual": t.actual, "pace": t.pace, "state": t.state, "baseline": t.baseline,
            "undetermined": t.undetermined, "as_of": t.as_of,
        }
        for t in read_targets(_published().results / TARGETS).values()
        if t.target in declared
    ]  # fmt: skip


@router.get("/parties/{uscc}/decisions", response=answers(list[DecisionOut]), summary="一家企业的判定")
def party_decisions(request: HttpRequest, uscc: Annotated[str, Path(max_length=18)]) -> list[dict[str, Any]]:
    """What every benefit and rung says of a firm; 404 outside the scope."""
    party = get_object_or_404(reader(request, Permission.RESULTS).parties(), uscc=uscc.upper())
    token: Any = getattr(request, "auth", None)
    request.user = token.owner
    record_read(request, party, "接口：判定")
    return _decisions("party", party.uscc)


@router.get("/clusters/{id}/decisions", response=answers(list[DecisionOut]), summary="一个集群的判定")
def cluster_decisions(request: HttpRequest, id: Annotated[str, Path(max_length=40)]) -> list[dict[str, Any]]:
    """What every rule says of a cluster; 404 outside the scope."""
    scope: Scope = reader(request, Permission.RESULTS)
    return _decisions("cluster", get_object_or_404(scope.own_clusters(), code=id).code)


def _published() -> Publication:
    found = current_publication()
    if found is None:
        raise HttpError(404, "还没有发布数据")
    return found


def _decisions(kind: str, subject: str) -> list[dict[str, Any]]:
    pack, path = current_pack(), _published().results / DECISIONS
    columns = "rule, outcome, CAST(amount AS VARCHAR), payee_kind, payee, missing"
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT {columns} FROM read_parquet(?) WHERE subject_kind = ? AND subject = ? ORDER BY rule",
            [str(path), kind, subject],
        ).fetchall()
    titles = {b.id: b.title for b in pack.every_benefit} | {r.id: r.title for r in pack.rungs.values()}
    keys = ("rule", "outcome", "amount", "payee_kind", "payee", "missing")
    return [{**dict(zip(keys, row, strict=True)), "title": titles.get(row[0], row[0])} for row in rows]
