"""Indicators of one set, one kind of subject and one period: a row a subject, a column an indicator."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from jiqun.base.periods import GRAIN_NAMES, Period
from jiqun.programme.models import IndicatorSpec
from jiqun.programme.pack import indicator_of
from jiqun.rules.vocabulary import SUBJECT_NAMES
from jiqun.web.accounts.models import Role
from jiqun.web.accounts.roles import PUBLISHERS
from jiqun.web.accounts.scope import Scope
from jiqun.web.registry.bulk.among import among
from jiqun.web.registry.intake.kinds.base import Change, Identity, Kind, Known, Record, Report
from jiqun.web.registry.intake.kinds.columns import as_text, column_of, from_stored, same_figure, show_figure
from jiqun.web.registry.intake.kinds.subjects import resolve, subject_columns, template_rows
from jiqun.web.registry.models import Observation, RecordState
from jiqun.web.registry.writers import state_written
from jiqun.workbook import Sheet, SheetReading


class Figures(Kind):
    """Figures of a period."""

    group = "指标"
    model = Observation
    note = "空白格表示没有新数据，不改动已有的数。"

    def __init__(
        self, name: str, title: str, subject: str, specs: Sequence[IndicatorSpec], period: Period | None
    ) -> None:
        self.grain = specs[0].period
        self.subject = subject
        self.specs = tuple(specs)
        self.period = period
        self.key = f"figures/{name}/{subject}/{self.grain}" + (f"/{period}" if period else "")
        self.title = f"{title}（{SUBJECT_NAMES[subject]}，{period.chinese if period else GRAIN_NAMES[self.grain]}）"
        firms = {Role.ENTERPRISE, Role.PROVIDER} if subject == "party" else set()
        self.roles = frozenset({Role.CITY, Role.COUNTY, Role.OPERATOR, *firms})
        self.columns = (f"{subject}_id", "indicator", "period", "value")
        self.fixed = frozenset(self.columns[:3])
        self._units = {s.name: s.unit for s in specs}

    def sheet(self, scope: Scope, *, rows: Sequence[Mapping[str, Any]] = (), reading: bool = False) -> Sheet:
        """The subject's columns, then the indicators."""
        columns = [
            column_of(
                indicator_of(s), note="。".join(t.rstrip("。") for t in (s.definition, s.note) if t), aliases=s.aliases
            )
            for s in self.specs
        ]
        period = self.period.chinese if self.period else ""
        note = f"本表填报{period}数据。{'标明累计的指标填年初至期末累计数。' if any(s.cumulative for s in self.specs) else ''}{self.note}"
        subjects = subject_columns(self.subject, scope, everything=reading)
        return Sheet(period or self.title, (*subjects, *columns), rows, (note,), id=self.key)

    def known_rows(self, scope: Scope, *, figures: bool, most: int) -> list[dict[str, Any]] | None:
        """All subjects in scope, with the figures of the period where asked."""
        rows = template_rows(self.subject, scope, most)
        if rows is None or not figures:
            return None if rows is None else [row for _, row in rows]
        by_id = dict(rows)
        columns = {c.name: c for c in self.sheet(scope).columns}
        for subject, name, text in self._stored(by_id).values_list(f"{self.subject}_id", "indicator", "value"):
            by_id[subject][name] = from_stored(text, columns[name], self._units[name])
        return list(by_id.values())

    def each(self, reading: SheetReading, scope: Scope, report: Report) -> Iterator[Record]:
        """A record for each cell with a figure."""
        subjects = resolve(self.subject, reading, scope, report)
        present = [s for s in self.specs if s.name in reading.columns]
        period = str(self.period)
        for index, subject in enumerate(subjects):
            if subject is None:
                continue
            for spec in present:
                value = reading.columns[spec.name][index]
                if value is None:
                    continue
                text = as_text(value, spec.unit)
                identity = (subject.pk, spec.name, period)
                yield Record(index, identity, f"{subject.name} · {spec.name}", (*identity, text), spec.name)

    def existing(self, identities: Collection[Identity]) -> dict[Identity, Known]:
        """The period's figures of these subjects."""
        found: dict[Identity, Known] = {}
        stored = self._stored(identity[0] for identity in identities)
        for pk, state, *values in stored.values_list("pk", "state", *self.columns):
            found[tuple(values[:3])] = Known(pk, tuple(values), state)
        return found

    def merged(self, record: Record, known: Known) -> tuple[Any, ...]:
        """1200 over 1200.00 is no change."""
        old, new = known.values[3], record.values[3]
        return known.values if same_figure(old, new) else record.values

    def refusal(self, known: Known, scope: Scope) -> str | None:
        """What the city approved is changed by the city."""
        if known.state == RecordState.APPROVED and scope.role not in PUBLISHERS:
            return "这个数已经审核，不能直接修改；请联系市级退回或解锁后再报"
        return None

    def extra(self, scope: Scope, source: str) -> dict[str, Any]:
        """The city's figures count at once, others are submitted."""
        return {"state": state_written(scope.role).value, "source": source}

    def label(self, column: str) -> str:
        """The value needs no label beside the indicator's name."""
        return "数值"

    def show(self, column: str, value: Any) -> str:
        """A bare figure."""
        return str(value) if value not in (None, "") else "—"

    def changes(self, old: tuple[Any, ...], new: tuple[Any, ...]) -> list[Change]:
        """The figure with its unit, before and after."""
        if old == new:
            return []
        spec = next((s for s in self.specs if s.name == new[1]), None)
        return [Change("数值", show_figure(spec, old[3]), show_figure(spec, new[3]))]

    def _stored(self, subjects: Iterable[int]) -> Any:
        names = [s.name for s in self.specs]
        return Observation.objects.filter(
            **{f"{self.subject}__in": among(subjects)}, indicator__in=names, period=str(self.period)
        )
