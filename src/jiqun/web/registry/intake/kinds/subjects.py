"""Subjects in a sheet: the columns that name them, and finding them within a person's scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiqun.base.errors import Problem
from jiqun.web.accounts.scope import Scope
from jiqun.web.registry.bulk.among import among
from jiqun.web.registry.intake.kinds.base import Report
from jiqun.web.registry.models import Cluster, Party, Place
from jiqun.workbook import Column, SheetReading
from jiqun.workbook.header import plain

USCC = Column(
    "统一社会信用代码", "uscc", required=True, key=True, aliases=("信用代码", "社会信用代码", "统一代码", "统一社会信用代码（18位）"),
    note="按营业执照填写 18 位，单元格设为文本格式",
)  # fmt: skip
PARTY_NAME = Column(
    "名称", aliases=("企业名称", "单位名称", "公司名称", "机构名称", "企业全称", "单位详细名称"), max_length=160,
    note="用于核对，与台账不一致会提示",
)  # fmt: skip
PLACE_NAMES = ("县区", "区县", "县市区", "所属县区", "所属区县", "所属县", "县别", "地区", "属地", "所属县（市、区）")
KEY_COLUMNS = {"party": "统一社会信用代码", "cluster": "集群", "place": "县（市、区）"}
_MODELS: dict[str, Any] = {"party": Party, "cluster": Cluster, "place": Place}


@dataclass(frozen=True)
class Subject:
    """A subject within the person's scope."""

    pk: int
    name: str


def place_choices(scope: Scope, *, everything: bool) -> dict[str, str]:
    """Name → code of the places that a person may fill in for."""
    places = scope.places() if everything else scope.own_places()
    return dict(places.values_list("name", "code"))


def cluster_choices(scope: Scope, *, everything: bool) -> dict[str, str]:
    """Name → code of clusters."""
    clusters = scope.clusters() if everything else scope.own_clusters()
    return dict(clusters.values_list("name", "code"))


def subject_columns(kind: str, scope: Scope, *, everything: bool) -> tuple[Column, ...]:
    """The columns that say whose row it is."""
    if kind == "party":
        return USCC, PARTY_NAME
    if kind == "cluster":
        choices = cluster_choices(scope, everything=everything)
        return (Column("集群", "choice", required=True, key=True, choices=choices, aliases=("集群名称", "产业集群")),)
    choices = place_choices(scope, everything=everything)
    return (Column("县（市、区）", "choice", required=True, key=True, choices=choices, aliases=PLACE_NAMES),)


def in_scope(kind: str, scope: Scope) -> Any:
    """The query of the subjects that a person may write about."""
    return {"party": scope.parties, "cluster": scope.own_clusters, "place": scope.own_places}[kind]()


def template_rows(kind: str, scope: Scope, most: int) -> list[tuple[int, dict[str, Any]]] | None:
    """(id, subject columns) of all subjects in scope; None where there are more than `most`."""
    query = in_scope(kind, scope)
    if kind == "party":
        found = list(query.order_by("county_id", "uscc").values_list("pk", "uscc", "name")[: most + 1])
        rows = [(pk, {"统一社会信用代码": uscc, "名称": name}) for pk, uscc, name in found]
    else:
        found = list(query.order_by("code").values_list("pk", "code")[: most + 1])
        rows = [(pk, {KEY_COLUMNS[kind]: code}) for pk, code in found]
    return rows if len(rows) <= most else None


def resolve(kind: str, reading: SheetReading, scope: Scope, report: Report) -> list[Subject | None]:
    """The subject of each row; what is unknown, foreign or named otherwise is reported."""
    column = KEY_COLUMNS[kind]
    keys = reading.columns.get(column, [None] * len(reading))
    known = _found(kind, {key for key in keys if key is not None}, scope)
    names = reading.columns.get("名称") if kind == "party" else None
    subjects: list[Subject | None] = []
    for index, key in enumerate(keys):
        subject = known.get(key)
        if subject is None:
            if key is not None:
                report(_unknown(kind, reading, index, key, scope))
        elif names and names[index] and plain(names[index]) != plain(subject.name):
            message = f"名称与代码不是同一家：这个代码在台账中是“{subject.name}”"
            mend = "请核对代码；若企业已更名，请先在企业名录中修改名称"
            report(Problem(message, reading.cell(index, "名称"), names[index], mend))
            subject = None
        subjects.append(subject)
    return subjects


def _found(kind: str, keys: set[str], scope: Scope) -> Mapping[str, Subject]:
    field = "uscc" if kind == "party" else "code"
    found: dict[str, Subject] = {}
    for pk, key, name in in_scope(kind, scope).filter(**{f"{field}__in": among(keys)}).values_list("pk", field, "name"):
        found[key] = Subject(pk, name)
    return found


def _unknown(kind: str, reading: SheetReading, index: int, key: str, scope: Scope) -> Problem:
    """Foreign and unknown firms are told alike: what is out of scope does not exist for the asker."""
    cell = reading.cell(index, KEY_COLUMNS[kind])
    if kind == "party":
        name = reading.columns.get("名称", [None] * len(reading))[index]
        who = f"{name}（{key}）" if name else key
        if scope.sees_all:
            return Problem("企业名录中没有这家企业", cell, who, "请核对代码；新企业请先在“企业名录”中导入登记")
        if scope.party_id is not None:
            return Problem("只能填报本单位的数据", cell, who, "请删去其他单位的行")
        return Problem(
            "本县企业名录中没有这家企业", cell, who, "请删去外县企业的行；本县新企业请先在“企业名录”中导入登记"
        )
    name = _MODELS[kind].objects.filter(code=key).values_list("name", flat=True).first()
    return Problem("不在您的管辖范围内", cell, name or key, "请删去这一行")
