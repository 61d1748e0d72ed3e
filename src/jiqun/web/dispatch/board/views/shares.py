"""Splitting a target over counties, and a county's share over its clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from jiqun.base.errors import InputError
from jiqun.programme.models import Target
from jiqun.programme.pack import Pack
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import BUREAUS, Role
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import page, role_of
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.board import shares as found
from jiqun.web.dispatch.board.entry import PROPOSALS, Entered, entered
from jiqun.web.dispatch.board.models import Decomposition
from jiqun.web.dispatch.board.services import save_shares
from jiqun.web.dispatch.board.splitting import Frame, Values, difference, plain, proposal, rebalanced
from jiqun.web.registry.models import Place, Publication
from jiqun.web.registry.queries import publication_of

CITY_EDITORS = frozenset({Role.CITY, Role.OPERATOR})


@dataclass(frozen=True)
class Subject:
    """What is split: a target over the counties, or over the clusters of one."""

    target: Target
    county: Place | None
    frame: Frame | None
    may_edit: bool


@require_http_methods(["GET", "HEAD", "POST"])
@page(BUREAUS)
def city(request: HttpRequest, target_id: str) -> HttpResponseBase:
    """The city's goal over the counties: everybody of the bureaus reads it, the city writes it."""
    pack, publication, target = _known(request, target_id)
    frame = found.city_frame(pack, publication, target) if found.decomposable(publication, target) else None
    return _answer(request, Subject(target, None, frame, role_of(request.user) in CITY_EDITORS))


@require_http_methods(["GET", "HEAD", "POST"])
@page(BUREAUS)
def county(request: HttpRequest, target_id: str, code: str) -> HttpResponseBase:
    """A county's share over its clusters: the county's own people write it, the city reads it."""
    pack, publication, target = _known(request, target_id)
    place = get_object_or_404(scope_for(request.user).own_places().exclude(kind="city"), code=code)
    frame = found.county_frame(pack, publication, target, place) if found.decomposable(publication, target) else None
    return _answer(request, Subject(target, place, frame, role_of(request.user) in {*CITY_EDITORS, Role.COUNTY}))


def _known(request: HttpRequest, target_id: str) -> tuple[Pack, Publication, Target]:
    publication, pack = publication_of(request), current_pack()
    if publication is None or target_id not in pack.targets:
        raise Http404(f"no target {target_id}")
    return pack, publication, pack.targets[target_id]


def _answer(request: HttpRequest, subject: Subject) -> HttpResponseBase:
    if request.method != "POST":
        return _page(request, subject, *_stored(subject, request.GET.get("version", "")))
    if not subject.may_edit:
        raise PermissionDenied("全市分解由市级填写；县级可把本县份额分到集群。")
    if subject.frame is None:
        raise Http404("nothing to split")
    form, act = entered(subject.frame, request.POST), request.POST.get("act", "save")
    if act in PROPOSALS:
        kept = proposal(subject.frame, PROPOSALS[act])
        return _page(request, subject, kept, frozenset(), said="已按建议填入，尚未保存")
    if form.faults:
        return _page(request, subject, form.values, form.locked, faults=form.faults, form=form, kept=form.originals)
    if act == "rebalance":
        return _rebalanced(request, subject, form)
    return _saved(request, subject, form, final=act == "final")


def _rebalanced(request: HttpRequest, subject: Subject, form: Entered) -> HttpResponse:
    assert subject.frame is not None
    fixed = form.locked | form.changed
    values, faults = rebalanced(subject.frame, form.values, fixed)
    said = "改动过和固定的单元格保持不变，其余已重新平衡，尚未保存" if fixed else "没有改动或固定的单元格，无须平衡"
    return _page(request, subject, values, fixed, faults=tuple(faults), form=form, said="" if faults else said)


def _saved(request: HttpRequest, subject: Subject, form: Entered, *, final: bool) -> HttpResponseBase:
    assert subject.frame is not None
    try:
        made = save_shares(
            actor=cast(User, request.user), frame=subject.frame, county=subject.county, values=form.values,
            locked=form.locked, seen=form.seen, final=final, note=form.note,
        )  # fmt: skip
    except InputError as error:
        faults = tuple(f"{p.message}{f'。{p.mend}' if p.mend else ''}" for p in error.problems)
        return _page(request, subject, form.values, form.locked, faults=faults, form=form, kept=form.originals)
    messages.success(request, f"已保存第 {made.version} 版{'，并定稿' if final else '（草稿）'}")
    return redirect(request.path)


def _stored(subject: Subject, asked: str) -> tuple[Values, frozenset[tuple[str, int]]]:
    every = found.versions(subject.target, subject.county)
    version = every.filter(version=int(asked)).first() if asked.isdigit() and len(asked) < 9 else every.first()
    return found.values_of(version, subject.target) if version else ({}, frozenset())


def _page(
    request: HttpRequest,
    subject: Subject,
    values: Values,
    locked: frozenset[tuple[str, int]],
    *,
    faults: tuple[str, ...] = (),
    form: Entered | None = None,
    said: str = "",
    kept: Mapping[tuple[str, int], str] | None = None,
) -> HttpResponse:
    versions = list(found.versions(subject.target, subject.county))
    frame = subject.frame
    context: dict[str, Any] = {
        "subject": subject,
        "target": subject.target,
        "frame_": frame,
        "lines": _lines(frame, values, locked, kept or {}) if frame else (),
        "totals": _totals(frame, values) if frame else (),
        "versions": versions,
        "seen": form.seen if form else _seen(versions),
        "note": form.note if form else "",
        "faults": faults,
        "said": said,
        "counties": _counties(request, subject),
    }
    return render(request, "board/shares.html", context, status=422 if faults else 200)


def _seen(versions: list[Decomposition]) -> int:
    return versions[0].version if versions else 0


def _lines(
    frame: Frame, values: Values, locked: frozenset[tuple[str, int]], kept: Mapping[tuple[str, int], str]
) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "cells": [
                {
                    "name": f"{row.key}-{year}",
                    "year": year,
                    "value": plain(values.get((row.key, year))),
                    "original": kept.get((row.key, year), plain(values.get((row.key, year)))),
                    "locked": (row.key, year) in locked,
                }
                for year in frame.years
            ],
        }
        for row in frame.rows
    ]


def _totals(frame: Frame, values: Values) -> list[dict[str, Any]]:
    found_ = []
    for year in frame.years:
        off = difference(frame, values, year)
        found_.append(
            {
                "year": year,
                "total": plain(frame.totals[year]),
                "sum": None if off is None else plain(off + (frame.totals[year] or 0)),
                "off": None if not off else f"{'多' if off > 0 else '少'} {plain(abs(off))}",
                "checked": off is not None,
            }
        )
    return found_


def _counties(request: HttpRequest, subject: Subject) -> list[tuple[str, str]]:
    """The counties whose own splits the reader may open."""
    if subject.county is not None:
        return []
    counted = [row.key for row in subject.frame.rows] if subject.frame else []
    own = scope_for(request.user).own_places().filter(code__in=counted).order_by("code")
    return list(own.values_list("code", "name"))
