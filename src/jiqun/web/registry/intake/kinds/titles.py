"""Recognitions and reviews of titles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from jiqun.base.errors import Problem
from jiqun.rules.vocabulary import SUBJECT_NAMES, Title
from jiqun.web.accounts.models import Role
from jiqun.web.accounts.scope import Scope
from jiqun.web.registry.bulk.among import among
from jiqun.web.registry.intake.kinds.base import KEEP, Identity, Kind, Known, Record, Report
from jiqun.web.registry.intake.kinds.subjects import KEY_COLUMNS, resolve, subject_columns
from jiqun.web.registry.models import Recognition, Review
from jiqun.web.registry.models.review import Outcome
from jiqun.workbook import Column, Sheet, SheetReading


class _Titles(Kind):
    """What recognitions and reviews share: a subject, a title, a day and one thing more."""

    group = "称号"
    roles = frozenset({Role.CITY, Role.OPERATOR})
    word: str
    day: Column
    day_column: str
    more: Column
    more_column: str
    query: str

    def __init__(self, subject: str, titles: Sequence[Title]) -> None:
        self.subject = subject
        self.key = f"{self.query}/{subject}"
        self.title = f"{SUBJECT_NAMES[subject]}称号{self.word}"
        self.columns = (f"{subject}_id", "title", self.day_column, self.more_column)
        self.fixed = frozenset(self.columns[:3])
        self._titles = {alias: t.name for t in titles for alias in (t.name, *t.aliases)}

    def sheet(self, scope: Scope, *, rows: Sequence[Mapping[str, Any]] = (), reading: bool = False) -> Sheet:
        """The subject, the title, the day and the rest."""
        names = self._titles if reading else {name: name for name in self._titles.values()}
        title = Column("称号", "choice", required=True, choices=names, aliases=("称号名称", "认定称号", "荣誉称号"))
        subjects = subject_columns(self.subject, scope, everything=reading)
        return Sheet(self.title, (*subjects, title, self.day, self.more), rows, (self.note,), id=self.key)

    def known_rows(self, scope: Scope, *, figures: bool, most: int) -> list[dict[str, Any]] | None:
        """What is recorded, where asked."""
        if not figures:
            return []
        code = "uscc" if self.subject == "party" else "code"
        names = [f"{self.subject}__{code}", f"{self.subject}__name", *self.columns[1:]]
        query = (
            getattr(scope, self.query)()
            .filter(**{f"{self.subject}__isnull": False})
            .order_by(f"-{self.day_column}", "id")
        )
        found = list(query.values_list(*names)[: most + 1])
        labels = (KEY_COLUMNS[self.subject], "名称", "称号", self.day.name, self.more.name)
        return [dict(zip(labels, row, strict=True)) for row in found] if len(found) <= most else None

    def each(self, reading: SheetReading, scope: Scope, report: Report) -> Iterator[Record]:
        """A record a row."""
        subjects = resolve(self.subject, reading, scope, report)
        titles, days = (reading.columns.get(n, [None] * len(reading)) for n in ("称号", self.day.name))
        more = reading.columns.get(self.more.name, [None] * len(reading))
        for index, subject in enumerate(subjects):
            if subject is None or titles[index] is None or days[index] is None or index in reading.wrong:
                continue
            if fault := self.fault(days[index], more[index]):
                report(Problem(fault, reading.cell(index, self.more.name), str(more[index]), "请核对两个日期"))
                continue
            value = more[index]
            stored = KEEP if value is None else value if isinstance(value, str) else value.isoformat()
            identity = (subject.pk, titles[index], days[index].isoformat())
            yield Record(index, identity, f"{subject.name} · {titles[index]}", (*identity, stored))

    def fault(self, day: Any, more: Any) -> str | None:
        """What is wrong between the two."""
        return None

    def existing(self, identities: Collection[Identity]) -> dict[Identity, Known]:
        """By subject, title and day."""
        found: dict[Identity, Known] = {}
        subjects = among(identity[0] for identity in identities)
        rows = self.model._default_manager.filter(**{f"{self.subject}__in": subjects})
        for pk, subject, title, day, more in rows.values_list("pk", *self.columns):
            last = more.isoformat() if hasattr(more, "isoformat") else more
            found[subject, title, day.isoformat()] = Known(pk, (subject, title, day.isoformat(), last))
        return found


class Recognitions(_Titles):
    """Awards."""

    model = Recognition
    word, query = "认定", "recognitions"
    day = Column("认定日期", "date", required=True, aliases=("认定时间", "获得日期", "公布日期"))
    day_column, more_column = "awarded_on", "valid_until"
    more = Column("有效期至", "date", aliases=("有效期", "有效截止日期", "到期日期"), note="不定期的留空")
    note = "以主体、称号和认定日期识别；已有的认定只更新有效期。"
    defaults: Mapping[str, Any] = {"valid_until": None}

    def fault(self, day: Any, more: Any) -> str | None:
        """The last day is not before the first."""
        return "有效期至早于认定日期" if more is not None and more < day else None


class Reviews(_Titles):
    """Checks whether a title is kept."""

    model = Review
    word, query = "复核", "reviews"
    day = Column("复核日期", "date", required=True, aliases=("复核时间",))
    day_column, more_column = "reviewed_on", "outcome"
    more = Column("结果", "choice", required=True, choices=tuple(Outcome.values), aliases=("复核结果", "结论"))
    note = "以主体、称号和复核日期识别；已有的复核只更新结果。"
