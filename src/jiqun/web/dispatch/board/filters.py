"""What the reader of the board asked for: filters, sorting, and the board as a table for downloads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from jiqun.programme.pack import Pack
from jiqun.web.common.disclosure import HIDDEN
from jiqun.web.dispatch.board.rows import MODELS, NO_FORECAST, OUTLOOKS, BoardRow, tested_text
from jiqun.web.dispatch.disclosed import hidden_places
from jiqun.web.dispatch.measures import county_values
from jiqun.web.dispatch.words import KINDS, show_value
from jiqun.web.portal.formats import STATES
from jiqun.web.registry.models import Publication

SORTS = {
    "plan": "按方案顺序", "state": "按状态，滞后在前", "gap": "按时序偏差", "progress": "按进度，低的在前",
    "chance": "按达标概率，低的在前", "due": "按到期日",
}  # fmt: skip
NONE_WRITTEN = "待补充"


@dataclass(frozen=True)
class Wanted:
    """The filters of the address; what is unknown there is left out."""

    state: str = ""
    outlook: str = ""
    kind: str = ""
    task: str = ""
    lead: str = ""
    county: str = ""
    sort: str = "plan"

    @classmethod
    def of(cls, query: QueryDict, pack: Pack) -> Wanted:
        """From the address."""
        county, task = query.get("county", ""), query.get("task", "")
        return cls(
            _one_of(query.get("state", ""), STATES),
            _one_of(query.get("outlook", ""), (*OUTLOOKS, NO_FORECAST)),
            _one_of(query.get("kind", ""), KINDS),
            task if task == "goals" or task in pack.tasks else "",
            query.get("lead", "")[:80],
            county if county in pack.place_by_code else "",
            _one_of(query.get("sort", ""), SORTS) or "plan",
        )

    @property
    def query(self) -> str:
        """As an address, with its question mark; empty where nothing is asked."""
        pairs = [(k, v) for k, v in vars(self).items() if v and (k, v) != ("sort", "plan")]
        return f"?{urlencode(pairs)}" if pairs else ""

    def admits(self, row: BoardRow, task: str | None) -> bool:
        """Whether a line is shown (the county is no filter of lines but says whose value stands beside them)."""
        return (
            self.state in ("", row.row.state)
            and self.outlook in ("", row.outlook)
            and self.kind in ("", row.kind)
            and self.task in ("", task or "goals")
            and self.lead in ("", row.row.lead or NONE_WRITTEN)
        )


def _one_of(value: str, allowed: Iterable[str]) -> str:
    return value if value in allowed else ""


@dataclass(frozen=True)
class Lines:
    """The targets of one task, or all of them where they are sorted otherwise."""

    title: str
    rows: tuple[BoardRow, ...]


def shown(pack: Pack, rows: Sequence[BoardRow], wanted: Wanted) -> list[Lines]:
    """The lines that were asked for, by task or in one sorted list."""
    kept = [row for row in rows if wanted.admits(row, pack.targets[row.row.id].task)]
    if wanted.sort != "plan":
        return [Lines("", tuple(sorted(kept, key=_sort_key(wanted.sort))))] if kept else []
    groups: dict[str, list[BoardRow]] = {}
    for row in kept:
        groups.setdefault(row.task or "发展目标", []).append(row)
    return [Lines(title, tuple(group)) for title, group in groups.items()]


def _sort_key(sort: str) -> Any:
    def key(row: BoardRow) -> tuple[Any, ...]:
        chance = row.forecast.probability if row.forecast else None
        values = {
            "state": row.row.severity, "gap": row.row.lead_over_pace, "progress": row.row.progress, "chance": chance,
            "due": row.due.toordinal(),
        }  # fmt: skip
        return values[sort] is None, values[sort] or 0, row.row.order

    return key


def leads(rows: Iterable[BoardRow]) -> list[str]:
    """Every department that leads a target; 待补充 where the plan names none."""
    return sorted({row.row.lead or NONE_WRITTEN for row in rows})


def county_column(pack: Pack, publication: Publication, code: str, own: Collection[str] | None) -> dict[str, str]:
    """The value of one county in words by target id; those that mean nothing for a county are left out.

    Of a county that is not among the reader's `own` places (None: sees all), small cells are hidden.
    """
    foreign = own is not None and code not in own
    found = {}
    for target in pack.targets.values():
        values = county_values(publication, target.measure)
        if values is not None:
            hides = foreign and code in hidden_places(pack, publication, target.measure, own)
            found[target.id] = HIDDEN if hides else show_value(values.get(code), target.unit) or ""
    return found


HEADER = (
    "目标", "任务", "条款", "类型", "单位", "目标值", "当前值", "起点到目标的进度", "时序应达进度", "状态", "牵头单位",
    "到期日", "预测（区间）", "达标概率", "展望", "预测方法", "回测", "待定个数",
)  # fmt: skip


def table(groups: Iterable[Lines]) -> Iterator[Sequence[object]]:
    """The lines of a download, under HEADER."""
    for group in groups:
        for each in group.rows:
            row, found = each.row, each.forecast
            how = MODELS[found.model] if found and found.model else (found.reason if found else None)
            yield (
                row.title, each.task or "发展目标", row.clause, each.kind_name, row.unit, row.goal, row.actual,
                row.progress, row.pace, row.state, row.lead, each.due, each.expected, each.chance, each.outlook, how,
                tested_text(found, row.unit) if found and found.model else None, row.undetermined or None,
            )  # fmt: skip
