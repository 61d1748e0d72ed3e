"""From the shapes of the desk to what templates, charts and downloads want: filters, sorting, plain numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from jiqun.programme.pack import Pack
from jiqun.web.common.disclosure import HIDDEN
from jiqun.web.dispatch.overview import areas
from jiqun.web.dispatch.shapes import (
    Filter,
    Group,
    Metric,
    Overview,
    Record,
    StateChip,
    TargetPage,
    TargetRow,
)

SORTS = (("plan", "按方案顺序"), ("state", "按状态，滞后在前"), ("gap", "按时序偏差"), ("progress", "按进度，低的在前"))


def target_list(page: Overview, wanted: Filter) -> dict[str, Any]:
    """The filtered and sorted list with its tools."""
    rows = [row for group in page.groups for row in group.rows]
    shown = [row for row in rows if wanted.admits(row)]
    return {
        "filter": wanted,
        "chips": [_chip(s.state, s.count, wanted) for s in page.states],
        "action_choices": [("goals" if g.number is None else str(g.number), g.title) for g in page.groups],
        "sort_choices": SORTS,
        "shown": len(shown),
        "groups": _grouped(page.groups, wanted) if wanted.sort == "plan" else _flat(shown, wanted.sort),
    }


def _chip(state: str, count: int, wanted: Filter) -> StateChip:
    active = state in wanted.states
    states = wanted.states - {state} if active else wanted.states | {state}
    pairs = [("state", s) for s in sorted(states)]
    pairs += [("action", wanted.action)] if wanted.action else []
    pairs += [("sort", wanted.sort)] if wanted.sort != "plan" else []
    return StateChip(state, count, active, f"?{urlencode(pairs)}" if pairs else "")


def _grouped(groups: Iterable[Group], wanted: Filter) -> list[Group]:
    kept = (Group(g.number, g.title, tuple(r for r in g.rows if wanted.admits(r))) for g in groups)
    return [group for group in kept if group.rows]


def _flat(rows: Sequence[TargetRow], sort: str) -> list[Group]:
    keys: dict[str, Any] = {
        "state": lambda r: (r.severity, r.order),
        "gap": lambda r: (r.lead_over_pace is None, r.lead_over_pace, r.order),
        "progress": lambda r: (r.progress is None, r.progress, r.order),
    }
    return [Group(None, "", tuple(sorted(rows, key=keys[sort])))] if rows else []


def map_data(page: Overview) -> dict[str, Any]:
    """What the script of the map reads."""
    return {
        "areas": [vars(area) for area in page.areas],
        "metrics": [{**vars(metric), "values": dict(metric.values)} for metric in page.metrics],
    }


def county_map(pack: Pack, page: TargetPage) -> dict[str, Any] | None:
    """What the map of one target reads: its value in each county; None where it means nothing for a single one."""
    if page.yes_or_no or not page.shares or not pack.programme.map:
        return None
    values = {share.place: share.value for share in page.shares}
    hidden = tuple(share.place for share in page.shares if share.text == HIDDEN)
    metric = Metric("target", page.share_label, page.row.title, page.share_unit, page.digits, values, hidden)
    return {"areas": [vars(area) for area in areas(pack)], "metrics": [{**vars(metric), "values": values}]}


def chart_data(page: TargetPage, as_of: date) -> dict[str, Any]:
    """What the charts of a target read."""
    return {
        "plan": [{"on": m.on.isoformat(), "value": m.value} for m in page.plan],
        "point": {"on": page.point.on.isoformat(), "value": page.point.value} if page.point else None,
        "unit": page.chart_unit,
        "digits": page.digits,
        "asOf": as_of.isoformat(),
        "shares": [{"name": s.name, "value": s.value} for s in page.shares],
        "shareUnit": page.share_unit,
        "label": page.share_label,
    }


def export_table(
    records: tuple[str, Iterable[Record]], part: str, as_of: date
) -> tuple[str, list[str], Iterable[Sequence[object]]]:
    """File name, heading and lines of a download."""
    title, rows = records
    if part == "open":
        header = ["名称", "编号", "县（市、区）", "集群", "缺少的资料"]
        lines = ([r.name, r.subject, r.county, r.cluster, "；".join(r.missing)] for r in rows)
        return f"{title}_待定_{as_of}", header, lines
    title = f"{title}_未计入" if part == "base" else title
    header = ["名称", "编号", "县（市、区）", "集群", "日期", "数值"]
    return f"{title}_{as_of}", header, ([r.name, r.subject, r.county, r.cluster, r.on, r.value] for r in rows)
