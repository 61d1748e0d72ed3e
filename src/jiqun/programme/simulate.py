"""What a change of a policy's parameters would do: who gains, who loses, and how much by place, cluster and size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.base.ahead import in_order, processors
from jiqun.base.errors import InputError, Problem, did_you_mean
from jiqun.programme.decisions import DecisionRule, decision_rule
from jiqun.programme.evaluate import answers
from jiqun.programme.models import Parameter
from jiqun.programme.pack import Pack
from jiqun.programme.results import money_of
from jiqun.rules.build import parse_constant
from jiqun.rules.vocabulary import SUBJECT_IDS
from jiqun.snapshot.engines import Batch, Engine

BREAKDOWNS = {"county": "县（市、区）", "cluster": "集群", "size_class": "企业规模"}


@dataclass(frozen=True)
class Change:
    """One parameter of a benefit and its new value as written."""

    benefit: str
    parameter: str
    value: str


@dataclass(frozen=True)
class Line:
    """Money before and after for one part of the whole."""

    name: str
    before: Decimal
    after: Decimal
    gain: int
    lose: int

    @property
    def difference(self) -> Decimal:
        """What the change costs."""
        return self.after - self.before


@dataclass(frozen=True)
class Simulation:
    """The effect of the changes on the benefits they touch."""

    benefits: tuple[Line, ...]
    by: Mapping[str, tuple[Line, ...]]
    """Lines by county, cluster and size class, largest difference first."""
    movers: tuple[dict[str, Any], ...]
    """The subjects whose amount changes most: id, name, rule, before, after."""


def read_changes(pack: Pack, texts: Sequence[str]) -> list[Change]:
    """Read `benefit.<id>.<parameter>=<value>`; InputError naming what is known."""
    problems, changes = [], []
    for text in texts:
        try:
            changes.append(_read_change(pack, text))
        except InputError as error:
            problems += [Problem(f"“{text}”：{p.message}", mend=p.mend, found=p.found) for p in error.problems]
    if problems:
        raise InputError(problems, "试算参数有误")
    return changes


def _read_change(pack: Pack, text: str) -> Change:
    name, equals, value = text.partition("=")
    parts = name.strip().split(".")
    if not equals or len(parts) != 3 or parts[0] != "benefit":
        raise InputError(
            [Problem("写法不对", mend="应写成 benefit.事项编号.参数=值，如 benefit.leader-equipment.ceiling=800万元")]
        )
    _, benefit, parameter = parts
    if benefit not in pack.benefits:
        raise InputError([Problem(f"没有奖补事项“{benefit}”", mend=did_you_mean(benefit, pack.benefits))])
    known = pack.benefits[benefit].parameters
    key = next((k for k, p in known.items() if parameter in (k, p.name)), None)
    if key is None:
        listed = "、".join(f"{k}（{p.name}）" for k, p in known.items()) or "无"
        raise InputError([Problem(f"“{benefit}”没有参数“{parameter}”", mend=f"可用参数：{listed}")])
    old, new = (parse_constant(t).type for t in (_written(known[key]), value.strip()))
    if old.dim != new.dim or old.kind != new.kind:
        raise InputError(
            [Problem(f"参数“{known[key].name}”的单位不符", found=value, mend=f"原值为 {_written(known[key])}")]
        )
    return Change(benefit, key, value.strip())


def _written(parameter: Parameter) -> str:
    return parameter.value if isinstance(parameter.value, str) else parameter.value[-1].value


def changed(pack: Pack, changes: Sequence[Change]) -> Pack:
    """The pack with other values of parameters."""
    files = dict(pack.files)
    for path, part in files.items():
        policies = getattr(part, "policies", None)
        if policies is None:
            continue
        for change in changes:
            policies = tuple(
                p.model_copy(update={"benefits": tuple(_with(b, change) for b in p.benefits)}) for p in policies
            )
        files[path] = part.model_copy(update={"policies": policies})
    # Another digest, so that nothing kept for the pack as it is is taken for this one.
    digest = "+".join([pack.digest, *(f"{c.benefit}.{c.parameter}={c.value}" for c in changes)])
    return Pack(pack.root, digest, pack.programme, files, pack.places)


def _with(benefit: Any, change: Change) -> Any:
    if benefit.id != change.benefit:
        return benefit
    parameter = benefit.parameters[change.parameter].model_copy(update={"value": change.value})
    return benefit.model_copy(update={"parameters": {**benefit.parameters, change.parameter: parameter}})


def simulate(backend: Engine, snapshot: Path, pack: Pack, changes: Sequence[Change], as_of: date) -> Simulation:
    """Compare the benefits that the changes touch before and after them, over every subject."""
    touched = sorted({c.benefit for c in changes}, key=list(pack.benefits).index)
    after_pack = changed(pack, changes)
    benefits: list[Line] = []
    frames: list[_Compared] = []
    for id_ in touched:
        pair = (decision_rule(pack, id_, as_of), decision_rule(after_pack, id_, as_of))
        found = _compare(backend, snapshot, pack, pair, as_of)
        frames.append(found)
        benefits.append(_line(pack.benefits[id_].title, found.before, found.after))
    by = {column: _breakdown(frames, column) for column in BREAKDOWNS}
    movers = sorted((m for f in frames for m in f.movers()), key=lambda m: -abs(m["after"] - m["before"]))
    return Simulation(tuple(benefits), by, tuple(movers[:100]))


Fen = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class _Compared:
    """Fen before and after for every subject of a kind, with what they are grouped by."""

    rule: str
    subjects: pa.Table
    before: Fen
    after: Fen

    def movers(self) -> list[dict[str, Any]]:
        """The subjects with the greatest differences."""
        difference = np.abs(self.after - self.before)
        top = np.argsort(-difference, kind="stable")[:100]
        top = top[difference[top] > 0]
        rows = self.subjects.take(pa.array(top)).to_pylist()
        return [
            {"subject": r["id"], "name": r["name"], "rule": self.rule, "before": _yuan(self.before[i]),
             "after": _yuan(self.after[i])}
            for r, i in zip(rows, top, strict=True)
        ]  # fmt: skip


def _compare(
    backend: Engine, snapshot: Path, pack: Pack, pair: tuple[DecisionRule, DecisionRule], as_of: date
) -> _Compared:
    kind = pair[0].subject
    subjects = _subjects(snapshot, kind)
    fen: tuple[Fen, Fen] = (np.zeros(len(subjects), np.int64), np.zeros(len(subjects), np.int64))
    asked, batches = answers(backend, pack, kind, pair, as_of)

    def put(compute: Batch) -> None:
        batch = compute()
        rows = batch.column("row").to_numpy()
        for each, into in zip(asked, fen, strict=True):
            into[rows] = money_of(each, batch)

    for _ in in_order(put, batches, processors()):
        pass
    return _Compared(pair[0].id, subjects, *fen)


def _subjects(snapshot: Path, kind: str) -> pa.Table:
    key = SUBJECT_IDS[kind]
    names = ["row", key, "name", "county", *(["cluster", "size_class"] if kind == "party" else [])]
    table = pq.read_table(snapshot / f"{kind}.parquet", columns=names).sort_by("row")
    return table.rename_columns(["id" if n == key else n for n in names])


def _breakdown(frames: Sequence[_Compared], column: str) -> tuple[Line, ...]:
    sums: dict[str, list[int]] = {}
    for frame in frames:
        if column not in frame.subjects.column_names:
            continue
        codes = frame.subjects[column].combine_chunks().dictionary_encode()
        codes = codes.chunk(0) if isinstance(codes, pa.ChunkedArray) else codes
        keys = [*codes.dictionary.to_pylist(), "（无）"]
        index = codes.indices.fill_null(len(keys) - 1).to_numpy()
        parts = (frame.before, frame.after, frame.after > frame.before, frame.after < frame.before)
        columns = [np.bincount(index, weights=p, minlength=len(keys)) for p in parts]
        # Weights are summed as floats: exact up to 2^53 fen, some 90 trillion yuan.
        for key, *values in zip(keys, *columns, strict=True):
            line = sums.setdefault(key, [0, 0, 0, 0])
            for i, value in enumerate(values):
                line[i] += int(value)
    lines = [Line(k, _yuan(b), _yuan(a), gain, lose) for k, (b, a, gain, lose) in sums.items() if b or a]
    return tuple(sorted(lines, key=lambda x: (-abs(x.difference), x.name)))


def _line(name: str, before: Fen, after: Fen) -> Line:
    gain, lose = int((after > before).sum()), int((after < before).sum())
    return Line(name, _yuan(before.sum()), _yuan(after.sum()), gain, lose)


def _yuan(fen: Any) -> Decimal:
    return Decimal(int(fen)).scaleb(-2)
