"""What the form of a new round offers, and what was chosen in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from jiqun.base.periods import GRAIN_NAMES, Grain, Period
from jiqun.base.workdays import add_working_days, is_published
from jiqun.programme.models import IndicatorFile
from jiqun.programme.pack import Pack
from jiqun.web.dispatch.rounds.columns import default_unit, periods_asked
from jiqun.web.dispatch.rounds.models import Chain, ItemKind
from jiqun.web.dispatch.rounds.models.round import SUBJECT_WORDS
from jiqun.web.dispatch.rounds.services import Asked, Selection
from jiqun.web.dispatch.rounds.services.opening import MOST_DAYS, county_units
from jiqun.web.registry.models import Place

BACK: dict[Grain, int] = {"month": 13, "quarter": 6, "year": 4}
"""How many periods are offered, the present one first."""
WHICH = {
    "cluster": (("all", "全部集群"), ("key", "省级重点集群")),
    "party": (("above-size", "规上企业"), ("title", "持有称号的企业"), ("all", "全部企业")),
    "place": (("all", "全部县（市、区）"),),
}
DAYS = 10
REGISTERS = "台账更新确认"


@dataclass(frozen=True)
class Choice:
    """A line that may be ticked."""

    value: str
    label: str
    note: str
    chosen: bool
    required: bool


@dataclass(frozen=True)
class Wanted:
    """The form as it was filled in; what was left out has its usual value."""

    title: str
    subject_kind: str
    period: Period
    chain: Chain
    which: str
    held: str
    counties: tuple[str, ...]
    days: int
    note: str
    asked: frozenset[str]
    optional: frozenset[str]

    @classmethod
    def of(cls, data: QueryDict) -> Wanted:
        """From the form's data; nonsense becomes the usual."""
        subject_kind = data.get("subject", "cluster")
        subject_kind = subject_kind if subject_kind in SUBJECT_WORDS else "cluster"
        which = data.get("which", "")
        days = data.get("days", "")
        firm = subject_kind == "party" and data.get("chain") == Chain.FIRM
        return cls(
            title=data.get("title", "")[:80],
            subject_kind=subject_kind,
            period=_period(data.get("period", "")),
            chain=Chain.FIRM if firm else Chain.COUNTY,
            which=which if which in dict(WHICH[subject_kind]) else WHICH[subject_kind][0][0],
            held=data.get("held", "")[:80],
            counties=tuple(data.getlist("county")),
            days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else DAYS,
            note=data.get("note", "")[:2000],
            asked=frozenset(data.getlist("ask")),
            optional=frozenset(data.getlist("optional")),
        )

    def items(self) -> list[Asked]:
        """What is asked for, in the order of the pack."""
        found = []
        for value in sorted(self.asked):
            kind, _, name = value.partition(":")
            if kind in ItemKind.values:
                found.append(Asked(name, ItemKind(kind), required=value not in self.optional))
        return found

    def selection(self) -> Selection:
        """Of which subjects."""
        return Selection(self.counties, self.which, self.held if self.which == "title" else "")


def form_context(pack: Pack, wanted: Wanted) -> dict[str, Any]:
    """What the form's template shows."""
    units = set(county_units().values())
    titles = sorted({t.name for t in pack.vocabulary.titles.values() if "party" in t.subjects})
    return {
        "wanted": wanted,
        "subjects": SUBJECT_WORDS.items(),
        "periods": _periods(timezone.localdate()),
        "period": str(wanted.period),
        "chains": Chain.choices if wanted.subject_kind == "party" else [Chain.choices[0]],
        "which": WHICH[wanted.subject_kind],
        "titles": titles,
        "places": Place.objects.filter(pk__in=units).order_by("code"),
        "sets": _sets(pack, wanted),
        "registers_title": REGISTERS,
        "most_days": MOST_DAYS,
        **deadline_context(wanted.days),
    }


def deadline_context(days: int) -> dict[str, Any]:
    """The day on which a round of so many working days would end, opened today."""
    if not 1 <= days <= MOST_DAYS:
        return {"due_on": None}
    due_on = add_working_days(timezone.localdate(), days)
    return {"due_on": due_on, "weekday": "一二三四五六日"[due_on.weekday()], "guessed": not is_published(due_on.year)}


def _sets(pack: Pack, wanted: Wanted) -> list[tuple[str, list[Choice]]]:
    sets: list[tuple[str, list[Choice]]] = []
    for file in pack.parts(IndicatorFile):
        fitting = [
            spec
            for spec in file.indicators
            if wanted.subject_kind in spec.subjects and periods_asked(spec.period, wanted.period)
        ]
        lines = [
            _choice(
                wanted, f"{ItemKind.INDICATOR}:{s.name}", s.name, f"{default_unit(s)}{'，累计' if s.cumulative else ''}"
            )
            for s in fitting
        ]
        if lines:
            sets.append((file.title or "指标", lines))
    registers = [
        _choice(wanted, f"{ItemKind.REGISTER}:{r.name}", r.title, "核对更新") for r in pack.registers
        if r.subject == wanted.subject_kind
    ]  # fmt: skip
    return [*sets, (REGISTERS, registers)] if registers else sets


def _choice(wanted: Wanted, value: str, label: str, note: str) -> Choice:
    return Choice(value, label, note, value in wanted.asked, value not in wanted.optional)


def _periods(today: date) -> list[tuple[str, list[Period]]]:
    found = []
    for grain, count in BACK.items():
        now = Period.containing(today, grain)
        found.append((GRAIN_NAMES[grain], [now.shift(-n) for n in range(count)]))
    return found


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError:
        return Period.last_complete(timezone.localdate(), "month")
