"""Reading splits: the table to fill, the versions there are, and what each county should have by now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet

from jiqun.programme.models import Target
from jiqun.programme.pace import Course
from jiqun.programme.pack import Pack
from jiqun.programme.targets import course_of
from jiqun.web.dispatch.board.models import Decomposition
from jiqun.web.dispatch.board.services import key_of
from jiqun.web.dispatch.board.splitting import (
    ADDITIVE,
    Frame,
    Row,
    Values,
    city_totals,
    factor_of,
    weights_of,
    years_of,
)
from jiqun.web.dispatch.measures import county_values
from jiqun.web.dispatch.results import target_results
from jiqun.web.dispatch.written import figures
from jiqun.web.registry.models import Cluster, Party, Place, Publication


def decomposable(pack: Pack, publication: Publication, target: Target) -> bool:
    """Whether the target's measure means something for a single county."""
    return target.measure in county_values(pack, publication, (target.measure,))


def city_frame(pack: Pack, publication: Publication, target: Target) -> Frame:
    """The table of counties for the city's goal."""
    result = target_results(publication).get(target.id)
    course = course_of(pack, target, result.baseline if result else None)
    places = [p for p in pack.places if p.kind != "city" and p.counted]
    shares = _share_weights(publication, target)
    firms = dict(Party.objects.filter(kind="enterprise").values_list("county__code").annotate(n=Count("pk")).order_by())
    rows = tuple(Row(p.code, p.name, "place", _weights(p.code, shares, firms)) for p in places)
    return Frame(target, rows, years_of(target), city_totals(target, course), target.kind in ADDITIVE)


def _share_weights(publication: Publication, target: Target) -> Mapping[str, float]:
    """Each county's part at the end of last year; today's where there was nothing then."""
    for day in (date(publication.as_of.year - 1, 12, 31), publication.as_of):
        values = figures(publication, "place", day).get(target.measure, {})
        found = weights_of([(str(code), value) for code, value in values.items()])
        if found:
            return found
    return {}


def county_frame(pack: Pack, publication: Publication, target: Target, county: Place) -> Frame:
    """The table of a county's clusters (and what lies outside them) for its share in the city's latest final split."""
    clusters = list(Cluster.objects.filter(county=county).order_by("code"))
    values = figures(publication, "cluster", publication.as_of).get(target.measure, {})
    shares = weights_of([(str(code), value) for code, value in values.items()])
    inside = Party.objects.filter(kind="enterprise", county=county)
    firms = {
        code or county.code: number
        for code, number in inside.values_list("cluster__code").annotate(n=Count("pk")).order_by()
    }
    rows = [Row(c.code, c.name, "cluster", _weights(c.code, shares, firms)) for c in clusters]
    additive = target.kind in ADDITIVE
    if additive:
        rows.append(Row(county.code, "集群以外", "place", _weights(county.code, {}, firms)))
    return Frame(target, tuple(rows), years_of(target), _county_totals(target, county), additive)


def _weights(key: str, shares: Mapping[str, float], firms: Mapping[str, float]) -> dict[str, float]:
    return {"share": shares.get(key, 0.0), "firms": float(firms.get(key, 0))}


def _county_totals(target: Target, county: Place) -> dict[int, Decimal | None]:
    found: dict[int, Decimal | None] = dict.fromkeys(years_of(target))
    final = latest_final(target)
    if final is not None:
        own = final.shares.filter(place=county).values_list("year", "value")
        factor = factor_of(target.unit)
        found |= {year: None if value is None else value / factor for year, value in own if year in found}
    return found


def versions(target: Target, county: Place | None) -> QuerySet[Decomposition]:
    """All versions of a split, the latest first."""
    return Decomposition.objects.filter(target=target.id, county=county).select_related("created_by")


def latest_final(target: Target) -> Decomposition | None:
    """The city's split that holds."""
    return versions(target, None).filter(is_final=True).first()


def values_of(version: Decomposition, target: Target) -> tuple[Values, frozenset[tuple[str, int]]]:
    """A version's values in the shown unit, and its fixed cells."""
    factor = factor_of(target.unit)
    shares = list(version.shares.select_related("place", "cluster"))
    values: Values = {
        (key_of(s), s.year): None if s.value is None else (s.value / factor).normalize() + 0 for s in shares
    }
    return values, frozenset((key_of(s), s.year) for s in shares if s.locked)


def courses(target: Target) -> dict[str, Course]:
    """What each county should reach, by its code, from the latest final split; empty where there is none."""
    final = latest_final(target)
    if final is None:
        return {}
    goals: dict[str, dict[int, float]] = {}
    for share in final.shares.select_related("place").order_by("year"):
        if share.place is not None and share.value is not None:
            goals.setdefault(share.place.code, {})[share.year] = float(share.value)
    return {code: _course(target, by_year) for code, by_year in goals.items() if target.due.year in by_year}


def _course(target: Target, by_year: Mapping[int, float]) -> Course:
    ends = tuple((date(y, 12, 31), v) for y, v in sorted(by_year.items()) if date(y, 12, 31) < target.due)
    yearly = target.repeats == "year"
    start = 0.0 if target.kind == "new-count" else None
    return Course(
        target.kind, by_year[target.due.year], target.from_, target.due, start, target.comparison, yearly,
        () if yearly else ends,
    )  # fmt: skip
