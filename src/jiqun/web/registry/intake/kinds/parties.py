"""The list of firms and other bodies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.db.models import Max

from jiqun.base.codes import INDUSTRY_CODE
from jiqun.base.errors import Problem
from jiqun.rules.vocabulary import PARTY_KINDS, SIZE_CLASSES
from jiqun.web.accounts.models import Role
from jiqun.web.accounts.scope import Scope
from jiqun.web.registry.bulk.among import among
from jiqun.web.registry.intake.kinds.base import KEEP, Identity, Kind, Known, Records, Report
from jiqun.web.registry.intake.kinds.subjects import (
    PARTY_NAME,
    PLACE_NAMES,
    USCC,
    cluster_choices,
    place_choices,
)
from jiqun.web.registry.models import Cluster, Party, PartyCode, PartyName, Place
from jiqun.web.registry.search.keep import index_parties
from jiqun.workbook import Column, Sheet, SheetReading

_COLUMNS = ("uscc", "name", "kind", "county_id", "cluster_id", "industry", "founded_on", "size_class", "above_size")
_SHEET = ("统一社会信用代码", "名称", "类型", "县（市、区）", "集群", "行业", "成立日期", "企业规模", "规上")

MOST_AT_ONCE = 1_000
"""So many names are made findable within the load; more take seconds, and a job of their own."""


def _given(reading: SheetReading, name: str) -> list[Any]:
    """A column of the workbook, KEEP where it says nothing."""
    column = reading.columns.get(name)
    if column is None:
        return [KEEP] * len(reading)
    if name not in reading.partial:
        return column
    return [KEEP if value is None or value == "" else value for value in column]


def _mapped(column: list[Any], known: dict[Any, Any]) -> list[Any]:
    """Each value by what it is stored as; KEEP where there is nothing."""
    return list(map((known | dict.fromkeys(set(column) - known.keys(), KEEP)).__getitem__, column))


class Parties(Kind):
    """One row a firm: new ones are registered, known ones changed."""

    key = "parties"
    title = "企业名录"
    group = "名录"
    note = "登记新企业和修改已有企业的基本信息，以统一社会信用代码识别；空白格不改动已有内容。"
    roles = frozenset({Role.CITY, Role.COUNTY, Role.OPERATOR})
    model = Party
    columns = _COLUMNS
    fixed = frozenset({"uscc"})
    defaults: Mapping[str, Any] = {
        "kind": "enterprise", "county_id": None, "cluster_id": None, "founded_on": None, "above_size": None,
    }  # fmt: skip

    @cached_property
    def _counties(self) -> dict[str, tuple[int, str]]:
        return {code: (pk, name) for code, pk, name in Place.objects.values_list("code", "pk", "name")}

    @cached_property
    def _clusters(self) -> dict[str, tuple[int, str]]:
        return {code: (pk, name) for code, pk, name in Cluster.objects.values_list("code", "pk", "name")}

    @cached_property
    def _names(self) -> dict[str, dict[int, str]]:
        return {"county_id": dict(self._counties.values()), "cluster_id": dict(self._clusters.values())}

    def sheet(self, scope: Scope, *, rows: Sequence[Mapping[str, Any]] = (), reading: bool = False) -> Sheet:
        """USCC, name and the attributes."""
        kinds = {name: code for code, name in PARTY_KINDS.items()}
        return Sheet(
            self.title,
            (
                USCC,
                Column("名称", required=True, aliases=PARTY_NAME.aliases, max_length=160, note="营业执照上的全称"),
                Column("类型", "choice", choices=kinds, aliases=("单位类型", "主体类型"), note="新登记的不填按“企业”"),
                Column("县（市、区）", "choice", choices=place_choices(scope, everything=reading), aliases=PLACE_NAMES),
                Column("集群", "choice", choices=cluster_choices(scope, everything=reading or scope.sees_all), aliases=("所属集群", "集群名称", "所在集群")),
                Column("行业", "code", aliases=("行业代码", "国民经济行业代码", "所属行业"), note="GB/T 4754 代码，如 C3311 或 3311"),
                Column("成立日期", "date", aliases=("成立时间", "注册日期", "注册时间")),
                Column("企业规模", "choice", choices=SIZE_CLASSES, aliases=("规模", "规模类型", "企业类型（大中小微）")),
                Column("规上", "bool", aliases=("是否规上", "规模以上", "是否规模以上", "规上企业"), note="是否规模以上工业企业"),
            ),
            rows, (self.note,), id=self.key,
        )  # fmt: skip

    def known_rows(self, scope: Scope, *, figures: bool, most: int) -> list[dict[str, Any]] | None:
        """All parties in scope with their attributes."""
        query = scope.parties().order_by("county_id", "uscc")
        columns = ("uscc", "name", "kind", "county__code", "cluster__code", *_COLUMNS[5:])
        found = list(query.values_list(*columns)[: most + 1])
        return [dict(zip(_SHEET, row, strict=True)) for row in found] if len(found) <= most else None

    def records(self, reading: SheetReading, scope: Scope, report: Report) -> Records:
        """Columns → table values, whole columns at a time."""
        given = [_given(reading, name) for name in _SHEET]
        given[3] = _mapped(given[3], {code: pk for code, (pk, _) in self._counties.items()})
        given[4] = _mapped(given[4], {code: pk for code, (pk, _) in self._clusters.items()})
        given[5] = self._industries(reading, given[5], report)
        given[6] = _mapped(given[6], {day: day.isoformat() for day in set(given[6]) if day is not KEEP})
        codes, dropped = given[0], set(reading.wrong)
        if KEEP in codes:
            dropped.update(index for index, code in enumerate(codes) if code is KEEP)
        merged = self._merged(codes)
        for index in [i for i, code in enumerate(codes) if code in merged and i not in dropped] if merged else ():
            place, kept = reading.cell(index, "统一社会信用代码"), merged[codes[index]]
            report(Problem("这个代码已并入另一主体", place, codes[index], f"请改用“{kept[1]}”现在的代码 {kept[0]}"))
            dropped.add(index)
        if not scope.sees_all:
            own, mine = set(scope.place_ids), self._mine(codes, scope)
            dropped.update(
                index
                for index in range(len(codes))
                if index not in dropped
                and not self._allowed(reading, index, codes[index], given[3][index], own, mine, report)
            )
        found = Records(range(len(codes)), list(zip(codes, strict=True)), given[1], given, [None] * len(codes))
        return found.without(dropped)

    def _merged(self, codes: list[Any]) -> dict[str, tuple[str, str]]:
        """Codes of the file that were merged into another party: its code and name."""
        found = PartyCode.objects.values_list("uscc", "party__uscc", "party__name")
        if PartyCode.objects.count() > len(codes):
            found = found.filter(uscc__in=among(code for code in codes if code is not KEEP))
        return {code: (kept, name) for code, kept, name in found}

    def _industries(self, reading: SheetReading, cells: list[Any], report: Report) -> list[Any]:
        wrong = {cell for cell in set(cells) if cell is not KEEP and INDUSTRY_CODE.match(cell) is None}
        for index in [index for index, cell in enumerate(cells) if cell in wrong] if wrong else ():
            mend = "请填 GB/T 4754 代码，如 C3311 或 3311"
            report(Problem("行业代码不合规", reading.cell(index, "行业"), cells[index], mend))
        return cells

    def _mine(self, codes: list[Any], scope: Scope) -> dict[str, bool]:
        """Registered codes of the file: whether the person may change them."""
        wanted = among(code for code in codes if code is not KEEP)
        registered = Party.objects.filter(uscc__in=wanted).values_list("uscc", flat=True)
        own = scope.parties().filter(uscc__in=wanted).values_list("uscc", flat=True)
        return dict.fromkeys(registered, False) | dict.fromkeys(own, True)

    def _allowed(
        self,
        reading: SheetReading,
        index: int,
        uscc: str,
        county: Any,
        own: set[int],
        mine: dict[str, bool],
        report: Report,
    ) -> bool:
        if mine.get(uscc) is False:
            report(
                Problem(
                    "这家企业已由其他县（市、区）登记",
                    reading.cell(index, "统一社会信用代码"),
                    uscc,
                    "如已迁入本县，请联系市级调整属地",
                )
            )
        elif county is KEEP and uscc not in mine:
            report(
                Problem("新登记的企业要写县（市、区）", reading.cell(index, "县（市、区）"), None, "请从下拉列表中选")
            )
        elif county is not KEEP and county not in own:
            name = self._names["county_id"].get(county)
            report(
                Problem("只能登记本县（市、区）的企业", reading.cell(index, "县（市、区）"), name, "请删去外县企业的行")
            )
        else:
            return True
        return False

    def existing(self, identities: Collection[Identity]) -> dict[Identity, Known]:
        """By code; all that are stored, where these are not more."""
        found: dict[Identity, Known] = {}
        parties = Party.objects.order_by()
        if (parties.aggregate(last=Max("pk"))["last"] or 0) > len(identities):
            parties = parties.filter(uscc__in=among(map(itemgetter(0), identities)))
        for pk, *values in parties.values_list("pk", *_COLUMNS):
            values[6] = values[6].isoformat() if values[6] else None
            found[values[0],] = Known(pk, tuple(values))
        return found

    def show(self, column: str, value: Any) -> str:
        """Names for identities and codes."""
        if column in self._names and value is not None:
            return self._names[column].get(value, str(value))
        return PARTY_KINDS.get(value, value) if column == "kind" else super().show(column, value)

    def after(self, codes: Sequence[str], former: Mapping[int, str]) -> bool:
        """Keep former names (the day is unknown) and, where there are few, index the names; whether that was done."""
        PartyName.objects.bulk_create(
            [PartyName(party_id=pk, name=name) for pk, name in former.items()], batch_size=500
        )
        if len(codes) > MOST_AT_ONCE:
            return False
        index_parties(Party.objects.filter(uscc__in=among(codes)).values_list("pk", flat=True))
        return True
