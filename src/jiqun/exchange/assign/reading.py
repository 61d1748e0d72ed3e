"""Assignment problems from YAML or JSON, with the two sides and the pairs in the file or in CSV files beside it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from jiqun.base.errors import InputError, Place, Problems, did_you_mean
from jiqun.exchange.assign.faults import AssignError
from jiqun.exchange.assign.problem import (
    SCALE,
    Agent,
    Conflict,
    Fairness,
    Pairs,
    Problem,
    Quota,
    Recusal,
    Task,
    Words,
    unfit,
)
from jiqun.exchange.files import document_of
from jiqun.programme.diagnose import problems_of
from jiqun.programme.models.base import Part

Weight = int | Literal["never"]


class Side(Part):
    """One agent or task in a file."""

    id: str = Field(description="编号")
    name: str = Field(default="", description="名称")
    fields: tuple[str, ...] = Field(default=(), description="领域")
    qualifications: tuple[str, ...] = Field(default=(), description="资质")
    min: int = Field(default=0, description="至少几个")
    max: int = Field(default=1, description="至多几个")
    weight: Weight = Field(default=1, description="放弃其条件的代价；never 不可放弃")


class AgentPart(Side):
    """An agent in a file."""

    lead_max: int = Field(default=0, description="至多牵头几个")


class TaskPart(Side):
    """A task in a file."""

    lead: bool = Field(default=False, description="须有一个牵头")
    group: str = Field(default="", description="分组")


class PairPart(Part):
    """A pair in a file; scores in points."""

    agent: str = Field(description="派方编号")
    task: str = Field(description="受方编号")
    score: int | Decimal = Field(description="分值")
    lead: int | Decimal = Field(default=0, description="牵头加分")


class QuotaPart(Part):
    """A quota in a file."""

    name: str = Field(description="名称")
    min: int = Field(default=0, description="至少")
    max: int | None = Field(default=None, description="至多")
    field: str = Field(default="", description="领域")
    group: str = Field(default="", description="受方分组")
    each: bool = Field(default=False, description="每个受方分别计算")
    weight: Weight = 1


class ConflictPart(Part):
    """A conflict in a file."""

    first: str = Field(description="编号")
    second: str = Field(description="编号")
    tasks: bool = Field(default=False, description="两个受方之间")
    reason: str = ""
    weight: Weight = 1


class RecusalPart(Part):
    """A recusal in a file."""

    agent: str = Field(description="派方编号")
    task: str = Field(description="受方编号")
    reason: str = ""


class FairnessPart(Part):
    """Fairness in a file, in points."""

    spread: int | Decimal = Field(default=0, description="忙闲每差一个扣几分")
    floor: int = Field(default=0, description="得分最低者的分再计几遍")


class WordsPart(Part):
    """Words in a file."""

    agent: str = "团队"
    task: str = "集群"


class ProblemPart(Part):
    """A file; lists may be names of CSV files."""

    agents: tuple[AgentPart, ...] | str = Field(description="派方：列表或 CSV 文件")
    tasks: tuple[TaskPart, ...] | str = Field(description="受方：列表或 CSV 文件")
    pairs: tuple[PairPart, ...] | str | None = Field(default=None, description="配对：列表或 CSV 文件")
    quotas: tuple[QuotaPart, ...] = ()
    conflicts: tuple[ConflictPart, ...] = ()
    recusals: tuple[RecusalPart, ...] = ()
    fairness: FairnessPart = FairnessPart()
    words: WordsPart = WordsPart()


COLUMNS = {
    "编号": "id", "名称": "name", "领域": "fields", "资质": "qualifications", "至少": "min", "至多": "max",
    "放弃代价": "weight", "至多牵头": "lead_max", "牵头": "lead", "分组": "group", "派方": "agent", "受方": "task",
    "分值": "score", "牵头加分": "lead",
}  # fmt: skip
"""The Chinese heads of CSV columns; the English names are taken too."""
_LISTS = {"fields", "qualifications"}
_WHOLE = {"min", "max", "lead_max"}
_YES = {"是": True, "否": False, "true": True, "false": False, "1": True, "0": False}


def load_problem(path: Path) -> Problem:
    """The problem of a file; raises `AssignError` with every fault of the files, then of the problem.

    Where agents or tasks cannot all be read, pairs and quotas are not judged: they might name the very ones that are lost.
    """
    found = Problems()
    document = document_of(path, found)
    if document is None:
        raise AssignError(found)
    value = document.value
    if not isinstance(value, dict):
        found.add("须写成 agents、tasks、pairs 等键", Place(path.name))
        raise AssignError(found)
    tables: dict[str, list[Any]] = {}
    lost = 0
    for key, model in (("agents", AgentPart), ("tasks", TaskPart), ("pairs", PairPart)):
        if isinstance(value.get(key), str):
            tables[key] = _table(path.parent / value[key], model, found)
            value = {**value, key: []}
        lost = len(found) if key != "pairs" else lost
    try:
        part = ProblemPart.model_validate(value)
    except ValidationError as error:
        found.extend(problems_of(error, document, ProblemPart))
        raise AssignError(found) from None
    if lost:
        raise AssignError(found)
    return _problem(part, tables, found, path.name)


def _table(path: Path, model: type[Part], found: Problems) -> list[Any]:
    """The rows of a CSV file as parts; every faulty cell is noted."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            heads = {h: COLUMNS.get(h.strip(), h.strip()) for h in reader.fieldnames or ()}
            rows = list(enumerate(reader, start=2))
    except OSError:
        found.add("文件不存在或不能读取", Place(path.name))
        return []
    except UnicodeDecodeError:
        found.add("文件不是 UTF-8 编码", Place(path.name), mend="请另存为 CSV UTF-8")
        return []
    known = set(model.model_fields)
    for head, name in heads.items():
        if name not in known:
            chinese = [c for c, n in COLUMNS.items() if n in known]
            found.add(f"不认识的列“{head}”", Place(path.name, row=1), mend=did_you_mean(head, chinese))
    needed = [n for n, info in model.model_fields.items() if info.is_required() and n not in heads.values()]
    for name in needed:
        title = next(c for c, n in COLUMNS.items() if n == name)
        found.add(f"缺少列“{title}”", Place(path.name, row=1))
    if needed:
        return []
    made = (_row(path.name, number, row, heads, model, found) for number, row in rows)
    return [part for part in made if part is not None]


def _row(
    file: str, number: int, row: Mapping[str, Any], heads: Mapping[str, str], model: type[Part], found: Problems
) -> Part | None:
    cells: dict[str, Any] = {}
    before = len(found)
    if row.get(None):  # type: ignore[call-overload]
        found.add("单元格比列多", Place(file, row=number))
    for head, name in heads.items():
        text = (row[head] or "").strip()
        place = Place(file, row=number, field=head)
        if name not in model.model_fields or (not text and not model.model_fields[name].is_required()):
            continue
        try:
            cells[name] = _cell(name, text, model)
        except ValueError as error:
            found.add(str(error), place, found=text)
    return None if len(found) > before else model(**cells)


def _cell(name: str, text: str, model: type[Part]) -> Any:
    if not text:
        raise ValueError("不能为空")
    if name in _LISTS:
        return tuple(t.strip() for t in text.replace("；", ";").replace("、", ";").split(";") if t.strip())
    if name in _WHOLE or (name == "weight" and text != "never"):
        try:
            return int(text)
        except ValueError:
            raise ValueError("须为整数") from None
    if name == "lead" and model is TaskPart:
        if text.lower() not in _YES:
            raise ValueError("须为 是 或 否")
        return _YES[text.lower()]
    if name in ("score", "lead"):
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise ValueError("须为数") from None
        if not number.is_finite():
            raise ValueError("须为数")
        return number
    return text


def _problem(part: ProblemPart, tables: Mapping[str, list[Any]], found: Problems, file: str) -> Problem:
    sides: dict[str, Any] = {"agents": part.agents, "tasks": part.tasks, **tables}
    agents = tuple(_side(Agent, a) for a in sides["agents"])
    tasks = tuple(_side(Task, t) for t in sides["tasks"])
    listed = tables.get("pairs", part.pairs)
    words = Words(part.words.agent, part.words.task)
    pairs = _shared_fields(agents, tasks) if listed is None else _pairs(listed, agents, tasks, words, found, file)
    rest: dict[str, Any] = {
        "quotas": tuple(Quota(**_record(q)) for q in part.quotas),
        "conflicts": tuple(Conflict(**_record(c)) for c in part.conflicts),
        "recusals": tuple(Recusal(**_record(r)) for r in part.recusals),
        "fairness": Fairness(_units(part.fairness.spread, Place(file, field="spread"), found), part.fairness.floor),
    }
    try:
        problem = Problem(agents, tasks, pairs, words=words, **rest)
    except InputError as error:
        found.extend(error.problems)
    if len(found):
        raise AssignError(found)
    return problem


def _record(part: Part) -> dict[str, Any]:
    made = {name: getattr(part, name) for name in type(part).model_fields}
    if made.get("weight") == "never":
        made["weight"] = None
    return made


def _side(kind: Any, part: Part) -> Any:
    made = _record(part)
    return kind(**{k: frozenset(v) if k in _LISTS else v for k, v in made.items()})


def _units(points: int | Decimal, place: Place, found: Problems) -> int:
    """Points as whole units; more than four decimals would be lost and are refused."""
    units = Decimal(points) * SCALE
    if units != units.to_integral_value():
        found.add("至多四位小数", place, found=points)
        return 0
    return int(units)


def _pairs(
    listed: Any, agents: tuple[Agent, ...], tasks: tuple[Task, ...], words: Words, found: Problems, file: str
) -> Pairs:
    agent_at = {x.id: i for i, x in enumerate(agents)}
    task_at = {x.id: i for i, x in enumerate(tasks)}
    rows = []
    for pair in listed:
        place = Place(file, field=f"配对 {pair.agent}—{pair.task}")
        sides = ((pair.agent, agent_at, words.agent), (pair.task, task_at, words.task))
        lost = [(name, known, word) for name, known, word in sides if name not in known]
        for name, known, word in lost:
            found.add(f"没有{word} {name}", place, mend=did_you_mean(name, known))
        score, lead = (_units(v, place, found) for v in (pair.score, pair.lead))
        if not lost:
            rows.append((agent_at[pair.agent], task_at[pair.task], score, lead))
    return Pairs.of(rows)


def _shared_fields(agents: tuple[Agent, ...], tasks: tuple[Task, ...]) -> Pairs:
    """Where no pairs are listed: every fit pair, a point for each field in common, and one for being fit."""
    return Pairs.of([
        (a, t, SCALE * (1 + len(agent.fields & task.fields)), 0)
        for a, agent in enumerate(agents)
        for t, task in enumerate(tasks)
        if not unfit(agent, task)
    ])  # fmt: skip
