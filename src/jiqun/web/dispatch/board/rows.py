"""The lines of the board: each target with its course so far and its forecast, all from what was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from jiqun.programme.pack import Pack, PackKey
from jiqun.programme.targets import number
from jiqun.web.dispatch.overview import target_rows
from jiqun.web.dispatch.shapes import TargetRow
from jiqun.web.dispatch.words import KINDS, show_value
from jiqun.web.dispatch.written import Ahead, Forecast, Past, forecasts, history
from jiqun.web.portal.formats import show_share
from jiqun.web.registry.models import Publication

OUTLOOK_CLASSES = {"已达标": "met", "预计达标": "ok", "有风险": "warn", "难以达标": "bad"}
OUTLOOKS = tuple(OUTLOOK_CLASSES)
NO_FORECAST = "无预测"


@dataclass(frozen=True)
class BoardRow:
    """One target on the board."""

    row: TargetRow
    kind: str
    kind_name: str
    task: str | None
    due: date
    spark: Spark | None
    forecast: Forecast | None
    expected: str | None
    """The forecast in words: 22.6家（17–29家）."""

    @property
    def outlook(self) -> str:
        """The forecast's word, or that there is none."""
        return (self.forecast.outlook if self.forecast else None) or NO_FORECAST

    @property
    def chance(self) -> str | None:
        """How likely the goal is reached."""
        return show_chance(self.forecast.probability) if self.forecast else None


@dataclass(frozen=True)
class Spark:
    """A small line: points of an SVG 100 wide and 24 high; `ahead` continues it to the due date."""

    line: str
    ahead: str
    band: str
    goal: float
    text: str


def show_chance(probability: float | None) -> str | None:
    """A probability without false exactness."""
    if probability is None:
        return None
    if probability >= 0.995:
        return ">99%"
    return "<1%" if probability < 0.005 else f"{probability * 100:.0f}%"


def board_rows(pack: Pack, publication: Publication) -> tuple[BoardRow, ...]:
    """Every target in the order of the pack; made once a process, for results never change."""
    return _rows(_Cited(publication.results, PackKey(pack), publication))


@dataclass(frozen=True)
class _Cited:
    """What the lines are made of."""

    results: Path
    pack: PackKey
    publication: Publication = field(compare=False)


@lru_cache(maxsize=4)
def _rows(cited: _Cited) -> tuple[BoardRow, ...]:
    return tuple(_made(cited.pack.pack, cited.publication))


def _made(pack: Pack, publication: Publication) -> Iterator[BoardRow]:
    past, ahead = history(publication), forecasts(publication)
    for row in target_rows(pack, publication):
        target, found = pack.targets[row.id], ahead.get(row.id)
        task = pack.tasks[target.task] if target.task else None
        due = found.end.on if found and found.end else target.due
        yield BoardRow(
            row, target.kind, KINDS[target.kind], f"{task.number}. {task.title}" if task else None, due,
            spark_of(past.get(row.id, ()), found, number(target.goal)), found, expected_text(found, target.unit),
        )  # fmt: skip


def expected_text(found: Forecast | None, unit: str) -> str | None:
    """What is expected on the due date, with its interval."""
    if found is None or found.end is None:
        return None
    low, mean, high = (show_value(_round(v, unit), unit) for v in (found.end.low, found.end.mean, found.end.high))
    return f"{mean}（{low}～{high}）"


def _round(value: float, unit: str) -> float:
    return value if unit == "%" else float(round(value, 1))


def tested_text(found: Forecast, unit: str) -> str:
    """How the model did on earlier days."""
    if not found.trials or found.mae is None or found.covered is None:
        return "历史较短，不能回测"
    mae = f"{found.mae * 100:.1f} 个百分点" if unit == "%" else show_value(round(found.mae, 1), unit)
    mape = f"，平均绝对百分误差 {show_share(found.mape)}" if found.mape is not None else ""
    ahead = f"{found.steps} {'年' if found.model == 'drift-yearly' else '个季度'}"
    return (
        f"滚动回测 {found.trials} 次（提前 {ahead}）：平均绝对误差 {mae}{mape}；"
        f"{show_share(found.level)} 区间实际覆盖 {show_share(found.covered)}"
    )


MODELS = {
    "counts": "过度离散泊松模型：按各季新增数推算，结果不低于已完成数（Menssen 和 Schaarschmidt，2022）",
    "drift": "带漂移的随机游走：按平均每季变化推算（Hyndman 和 Athanasopoulos，2021，5.2 节）",
    "drift-yearly": "带漂移的随机游走：按平均每年变化推算（Hyndman 和 Athanasopoulos，2021，5.2 节）",
    "seasonal": "季节模型：阻尼趋势加法季节指数平滑 ETS(A,Ad,A)（Hyndman 等，2008）",
}


def spark_of(past: Sequence[Past], found: Forecast | None, goal: float) -> Spark | None:
    """The line of the values so far, the forecast after them, and the goal's height; None with fewer than two."""
    known = [(p.on, p.actual) for p in past if p.actual is not None]
    if len(known) < 2:
        return None
    path: tuple[Ahead, ...] = found.path if found else ()
    days = [on for on, _ in known] + [a.on for a in path]
    values = [v for _, v in known] + [goal] + [v for a in path for v in (a.low, a.high)]
    draw = _Frame(days[0], days[-1], min(values), max(values))
    last = known[-1]
    return Spark(
        " ".join(draw(*point) for point in known),
        " ".join([draw(*last), *(draw(a.on, a.mean) for a in path)]) if path else "",
        " ".join([draw(*last), *(draw(a.on, a.high) for a in path), *(draw(a.on, a.low) for a in reversed(path))])
        if path
        else "",
        draw.height(goal),
        f"{known[0][0]} 至 {last[0]}，共 {len(known)} 个值" + (f"，预测到 {path[-1].on}" if path else ""),
    )


@dataclass(frozen=True)
class _Frame:
    first: date
    last: date
    least: float
    most: float

    def __call__(self, on: date, value: float) -> str:
        span = (self.last - self.first).days or 1
        return f"{(on - self.first).days / span * 100:.1f},{self.height(value)}"

    def height(self, value: float) -> float:
        span = self.most - self.least
        return round(22 - (value - self.least) / span * 20, 1) if span else 12.0
