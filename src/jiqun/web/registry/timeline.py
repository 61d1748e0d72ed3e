"""Everything dated about a party in one list, the latest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.timezone import localdate

from jiqun.web.accounts.scope import Scope
from jiqun.web.common.models import AuditRecord
from jiqun.web.common.pack import current_pack
from jiqun.web.registry.lists.declared import all_lists
from jiqun.web.registry.models import Party
from jiqun.web.registry.models.review import Outcome

TIMELINE_KINDS = {
    "founded": "成立", "title": "认定", "review": "复核", "entry": "台账", "name": "更名", "figure": "填报", "change": "变更",
}  # fmt: skip
MANY = 200
"""Of each kind, the latest so many."""
TEXT = 40


@dataclass(frozen=True)
class Event:
    """One dated line; `on` is text where only a period is known."""

    on: str
    kind: str
    text: str
    detail: str = ""
    mark: str = ""

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return TIMELINE_KINDS[self.kind]


def timeline_of(scope: Scope, party: Party, kind: str = "") -> list[Event]:
    """The events of a party within the reader's scope, of one kind or all."""
    sources = {
        "founded": _founded, "title": _titles, "review": _reviews, "entry": _entries, "name": _names,
        "figure": _figures, "change": _changes,
    }  # fmt: skip
    wanted = [sources[kind]] if kind in sources else list(sources.values())
    events = [event for source in wanted for event in source(scope, party)]
    return sorted(events, key=lambda event: event.on, reverse=True)


def _founded(scope: Scope, party: Party) -> Iterator[Event]:
    if party.founded_on:
        yield Event(_day(party.founded_on), "founded", "成立")


def _titles(scope: Scope, party: Party) -> Iterator[Event]:
    for row in scope.recognitions().filter(party=party)[:MANY]:
        until = f"有效期至 {row.valid_until}" if row.valid_until else ""
        yield Event(_day(row.awarded_on), "title", f"获得“{row.title}”", until, "ok")


def _reviews(scope: Scope, party: Party) -> Iterator[Event]:
    marks = {Outcome.PASSED: "ok", Outcome.FAILED: "bad", Outcome.MEND: "warn"}
    for row in scope.reviews().filter(party=party)[:MANY]:
        yield Event(_day(row.reviewed_on), "review", f"“{row.title}”复核{row.outcome}", "", marks[Outcome(row.outcome)])


def _entries(scope: Scope, party: Party) -> Iterator[Event]:
    lists = all_lists(current_pack())
    for row in scope.entries().filter(party=party).order_by("-on")[:MANY]:
        spec = lists.get(row.register)
        fields = [c for c in spec.columns if c.path.startswith("data__")] if spec else []
        detail = "；".join(f"{c.label} {_short(text)}" for c in fields[:4] if (text := c.text(row)))
        yield Event(_day(row.on), "entry", spec.title if spec else row.register, detail)


def _names(scope: Scope, party: Party) -> Iterator[Event]:
    newer = party.name
    for row in party.former_names.all():
        if row.until_on:
            yield Event(_day(row.until_on), "name", f"由“{row.name}”更名为“{newer}”", "", "warn")
        newer = row.name


def _figures(scope: Scope, party: Party) -> Iterator[Event]:
    counts = scope.observations().filter(party=party).order_by("period").values_list("period").annotate(Count("pk"))
    for period, count in counts:
        yield Event(period, "figure", f"{period} 年度指标" if len(period) == 4 else f"{period} 指标", f"{count} 项")


def _changes(scope: Scope, party: Party) -> Iterator[Event]:
    rows = AuditRecord.objects.filter(object_type="registry.party", object_id=str(party.pk)).select_related("actor")
    for row in rows[:MANY]:
        keys = "、".join(_labels(party, row.after or {}))
        yield Event(
            _day(localdate(row.at)), "change", row.action, f"{row.actor or '系统'}{'：' + keys if keys else ''}"
        )


def _labels(party: Party, after: dict[str, Any]) -> list[str]:
    names = {f.attname: str(f.verbose_name) for f in party._meta.concrete_fields}
    return [names[key] for key in after if key in names and key != "id"]


def _short(text: str) -> str:
    return text if len(text) <= TEXT else text[:TEXT] + "…"


def _day(day: date) -> str:
    return day.isoformat()
