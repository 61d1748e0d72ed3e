"""What a benefit or rung says of one subject: outcome, amount, every condition with its figures, and the path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path as Folder
from typing import Any, Literal, Protocol

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiqun.base.errors import InputError, Place, Problem, did_you_mean
from jiqun.base.money import from_fen
from jiqun.base.periods import Period
from jiqun.programme.decisions import Checked, DecisionRule, decided, decision_rules
from jiqun.programme.pack import Pack, PackKey
from jiqun.rules import nodes as n
from jiqun.rules.explain import Explainer, Explanation
from jiqun.rules.facts import Entry, Recognition, Review, Subject, Value, World
from jiqun.rules.path import Path, path
from jiqun.rules.reference import Item
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import SUBJECT_IDS, Field, Indicator, SubjectKind, Vocabulary

CONFIDENCE = {"high": "高", "medium": "中", "low": "低"}
KEPT_ROWS = 50_000
"""A table of subjects is kept in memory up to this many rows."""
Row = Mapping[str, Any]
SnapshotRows = Mapping[str, Iterable[Row]]
"""Rows of a snapshot by table: place, cluster, party, recognition, review, entry/<register>."""


class FactSource(Protocol):
    """Where the facts about one subject come from."""

    def world(self, kind: SubjectKind, subject_id: str) -> World | None:
        """A world with the subject and what its rules read; None where there is no such subject."""


@dataclass(frozen=True)
class ConditionExplanation:
    """One condition as the document words it, and what it found."""

    name: str
    text: str
    role: str
    """criterion, or reference, quota, process: shown, but it does not decide."""
    rule: str | None
    clause: str | None
    confidence: str | None
    note: str | None
    explanation: Explanation

    def as_dict(self) -> dict[str, Any]:
        """The condition for programs."""
        found = {k: v for k, v in vars(self).items() if k != "explanation" and v is not None}
        return found | {"outcome": self.explanation.outcome, "explanation": self.explanation.as_dict()}


@dataclass(frozen=True)
class RuleExplanation:
    """A benefit or rung for one subject as of a day."""

    id: str
    kind: Literal["benefit", "rung"]
    title: str
    text: str | None
    """The clause of a benefit."""
    document: str | None
    subject: str
    name: str | None
    as_of: date
    outcome: str
    amount: Decimal | None
    ceiling: bool
    """不超过: the amount is the most that the decision may give."""
    amount_rule: str | None
    amount_explanation: Explanation | None
    missing: tuple[str, ...]
    conditions: tuple[ConditionExplanation, ...]
    path: Path | None
    """None where it holds already, or where no change would make it hold."""

    def as_dict(self) -> dict[str, Any]:
        """The explanation for programs; money in yuan as text."""
        plain = ("id", "kind", "title", "text", "document", "subject", "name", "outcome", "ceiling", "amount_rule")
        return {k: getattr(self, k) for k in plain} | {
            "as_of": self.as_of.isoformat(),
            "amount": None if self.amount is None else str(self.amount),
            "amount_explanation": self.amount_explanation.as_dict() if self.amount_explanation else None,
            "missing": list(self.missing),
            "conditions": [c.as_dict() for c in self.conditions],
            "path": self.path.as_dict() if self.path else None,
        }


@lru_cache(maxsize=16)
def _rules(key: PackKey, as_of: date) -> Mapping[str, DecisionRule]:
    return {rule.id: rule for rule in decision_rules(key.pack, as_of)}


def rules_on(pack: Pack, as_of: date) -> Mapping[str, DecisionRule]:
    """Every decision rule by id as it stands on the day; parsed once a process."""
    return _rules(PackKey(pack), as_of)


def explain_rule(pack: Pack, facts: FactSource, rule_id: str, subject_id: str, as_of: date) -> RuleExplanation:
    """Explain one rule for one subject; InputError where the pack has no such rule or the facts no such subject."""
    rules = rules_on(pack, as_of)
    if rule_id not in rules:
        mend = did_you_mean(rule_id, rules) or "可用 jiqun check 查看方案包的规则"
        raise InputError([Problem("方案包中没有这条规则", Place(field="rule"), rule_id, mend)], "参数有误")
    rule = rules[rule_id]
    world = facts.world(rule.subject, subject_id)
    if world is None:
        kind = {"party": "企业", "cluster": "集群"}[rule.subject]
        mend = f"这条规则的对象是{kind}，请写{'统一社会信用代码' if rule.subject == 'party' else '集群编号'}"
        raise InputError([Problem("快照中没有这个主体", Place(field="subject"), subject_id, mend)], "参数有误")
    return explained(pack, rule, world, subject_id, as_of)


def explain_subject(
    pack: Pack, facts: FactSource, kind: SubjectKind, subject_id: str, as_of: date, *, with_path: bool = True
) -> tuple[RuleExplanation, ...]:
    """Every rule about that kind of subject explained for one; none where the facts do not know it."""
    world = facts.world(kind, subject_id)
    if world is None:
        return ()
    rules = (r for r in rules_on(pack, as_of).values() if r.subject == kind)
    return tuple(explained(pack, r, world, subject_id, as_of, with_path=with_path) for r in rules)


def explained(
    pack: Pack, rule: DecisionRule, world: World, subject_id: str, as_of: date, *, with_path: bool = True
) -> RuleExplanation:
    """One rule explained over a world that holds the subject."""
    subject = world.get(rule.subject, subject_id)
    assert subject is not None, "the world holds the subject"
    item, when, explainer = Item(subject), When(as_of, rule.effective), Explainer(world)
    decision = decided(rule, lambda part: explainer.value(part.node, item, when))
    benefit = pack.benefits.get(rule.id)
    source = rule.version.source if rule.version else None
    name = subject.attributes.get("name")
    needs_path = with_path and decision.outcome != "符合"
    return RuleExplanation(
        rule.id,
        rule.kind,
        benefit.title if benefit else pack.rungs[rule.id].title,
        benefit.text if benefit else None,
        f"{pack.programme.title} {pack.policy_of[rule.id].clause}" if benefit else _document(source),
        subject_id,
        None if name is None else str(name),
        as_of,
        decision.outcome,
        decision.amount,
        bool(benefit and benefit.ceiling),
        benefit.amount if benefit else None,
        explainer.explain(rule.amount.node, item, when) if rule.amount and decision.amount is not None else None,
        decision.missing,
        tuple(_condition(c, explainer, item, when) for c in rule.conditions),
        path(rule.eligible.node, world, item, when) if needs_path else None,
    )


def _document(source: Any) -> str | None:
    if source is None:
        return None
    number = f"（{source.number}）" if source.number else ""
    return f"《{source.document}》{number}{source.clause or ''}"


def _condition(checked: Checked, explainer: Explainer, item: Item, when: When) -> ConditionExplanation:
    condition = checked.condition
    return ConditionExplanation(
        condition.name,
        condition.text,
        getattr(condition, "role", "criterion"),
        condition.rule,
        condition.clause,
        CONFIDENCE.get(condition.confidence or ""),
        condition.note,
        explainer.explain(checked.rule.node, item, when),
    )


# --- facts of a snapshot --------------------------------------------------------------------------------------


def world_of(rows: SnapshotRows, vocabulary: Vocabulary) -> World:
    """The world that rows of a snapshot describe: money from fen, figures from the columns `指标@期间`."""
    awards: dict[tuple[str, str], dict[str, tuple[Recognition, ...]]] = {}
    for row in rows.get("recognition", ()):
        lists = awards.setdefault((row["subject_kind"], row["subject"]), {})
        lists[row["title"]] = (*lists.get(row["title"], ()), Recognition(row["awarded_on"], row["valid_until"]))
    reviews: dict[tuple[str, str], dict[str, tuple[Review, ...]]] = {}
    for row in rows.get("review", ()):
        found = reviews.setdefault((row["subject_kind"], row["subject"]), {})
        found[row["title"]] = (*found.get(row["title"], ()), Review(row["reviewed_on"], row["outcome"]))
    entries: dict[tuple[str, str], dict[str, tuple[Entry, ...]]] = {}
    for register in vocabulary.registers.values():
        for row in rows.get(f"entry/{register.name}", ()):
            kept = entries.setdefault((row["subject_kind"], row["subject"]), {})
            fields = {f.name: fact_value(row.get(f.name), f) for f in register.fields}
            kept[register.name] = (*kept.get(register.name, ()), Entry(row["on"], fields))
    subjects = []
    for kind in ("party", "cluster", "place"):
        for row in rows.get(kind, ()):
            key = (kind, row[SUBJECT_IDS[kind]])
            subjects.append(
                Subject(
                    kind,
                    key[1],
                    {k: v for k, v in row.items() if "@" not in k and not k.endswith("row")},
                    row.get("cluster"),
                    row.get("county"),
                    dict(_observed(row, vocabulary)),
                    awards.get(key, {}),
                    reviews.get(key, {}),
                    entries.get(key, {}),
                )
            )
    return World(subjects, vocabulary.uncounted_places)


def _observed(row: Row, vocabulary: Vocabulary) -> Iterable[tuple[tuple[str, Period], Value]]:
    for column, value in row.items():
        name, at, period = column.rpartition("@")
        if at and value is not None and name in vocabulary.indicators:
            yield (name, _period(period)), fact_value(value, vocabulary.indicators[name])


_period = lru_cache(maxsize=1024)(Period.parse)


def fact_value(value: Any, fact: Indicator | Field) -> Value:
    """A stored value as the reference evaluator holds it: fen become yuan."""
    if value is None or fact.kind != "number":
        return value  # type: ignore[no-any-return]
    return from_fen(int(value)) if fact.is_money else float(value)


class SnapshotFacts:
    """The facts of a snapshot folder, read for one subject at a time over a connection that stays open."""

    def __init__(self, folder: Folder, pack: Pack) -> None:
        self._folder, self._vocabulary = folder, pack.vocabulary
        self._connection = duckdb.connect(
            config={"threads": 1, "autoinstall_known_extensions": False, "parquet_metadata_cache": True}
        )
        self._sorted: dict[str, dict[str, tuple[pa.Table, Any]]] = {}
        self._small: dict[str, pa.Table | None] = {}
        self._present = {p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.parquet")}
        if "party" not in self._present:
            problem = Problem("不是数据快照文件夹", Place(str(folder)), mend="请先用 jiqun snapshot 生成快照")
            raise InputError([problem], "快照有误")

    def world(self, kind: SubjectKind, subject_id: str) -> World | None:
        """The subject with its cluster and county; with a cluster or a place also its members."""
        with self._connection.cursor() as cursor:
            rows: dict[str, list[Row]] = {kind: self._rows(cursor, kind, SUBJECT_IDS[kind], [subject_id])}
            if not rows[kind]:
                return None
            own = rows[kind][0]
            if own.get("cluster"):
                rows["cluster"] = self._rows(cursor, "cluster", "id", [own["cluster"]])
            if own.get("county"):
                rows["place"] = self._rows(cursor, "place", "code", [own["county"]])
            if kind != "party":
                link = "cluster" if kind == "cluster" else "county"
                rows["party"] = self._rows(cursor, "party", link, [subject_id])
            owners = [(k, r["row"]) for k, found in rows.items() for r in found]
            for table in ("recognition", "review", *(f"entry/{name}" for name in self._registers())):
                rows[table] = self._events(table, owners)
        return world_of(rows, self._vocabulary)

    def _registers(self) -> list[str]:
        return [name for name in self._vocabulary.registers if self._used is None or name in self._used]

    _used: frozenset[str] | None = None

    def reading(self, rules: Iterable[DecisionRule]) -> SnapshotFacts:
        """These facts, of registers only those that the rules mention."""
        trees = [t for r in rules for t in (r.eligible, r.amount, *(c.rule for c in r.conditions)) if t is not None]
        sets = (part for t in trees for part in t.node.walk() if isinstance(part, n.OverSet))
        self._used = frozenset(s.source_set.register.name for s in sets if s.source_set.register is not None)
        return self

    def _events(self, table: str, owners: list[tuple[str, int]]) -> list[Row]:
        """The rows of an event table that belong to these subjects, by binary search: it is sorted by owner."""
        if table not in self._present:
            return []
        if table not in self._sorted:
            self._sorted[table] = _by_kind(pq.read_table(self._folder / f"{table}.parquet"))
        found: list[Row] = []
        for kind, row in owners:
            if kind in self._sorted[table]:
                part, numbers = self._sorted[table][kind]
                first, last = np.searchsorted(numbers, [row, row + 1])
                if first < last:
                    found += part.slice(first, last - first).to_pylist()
        return found

    def _rows(self, cursor: duckdb.DuckDBPyConnection, table: str, column: str, ids: list[str]) -> list[Row]:
        if table not in self._present:
            return []
        file = self._folder / f"{table}.parquet"
        if table not in self._small:
            few = pq.ParquetFile(file).metadata.num_rows <= KEPT_ROWS
            self._small[table] = pq.read_table(file).combine_chunks() if few else None
        kept = self._small[table]
        if kept is not None:
            found: list[Row] = kept.filter(pc.is_in(kept[column], pa.array(ids, pa.string()))).to_pylist()
            return found
        marks = ", ".join("?" * len(ids))
        path_ = str(file).replace("'", "''")
        cursor.execute(f"SELECT * FROM read_parquet('{path_}') WHERE \"{column}\" IN ({marks})", ids)
        names = [d[0] for d in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def _by_kind(table: pa.Table) -> dict[str, tuple[pa.Table, Any]]:
    """An event table apart by kind of subject, each part with the sorted numbers of its subjects."""
    parts = {}
    for kind in pc.unique(table["subject_kind"]).to_pylist():
        part = table.filter(pc.equal(table["subject_kind"], kind)).sort_by("row").combine_chunks()
        parts[kind] = part, part["row"].to_numpy()
    return parts


@lru_cache(maxsize=4)
def _opened(folder: Folder, key: PackKey, as_of: date) -> SnapshotFacts:
    return SnapshotFacts(folder, key.pack).reading(rules_on(key.pack, as_of).values())


def snapshot_facts(folder: Folder, pack: Pack, as_of: date) -> SnapshotFacts:
    """The facts of a snapshot for the rules of a day; a snapshot never changes, so it is opened once a process."""
    return _opened(folder, PackKey(pack), as_of)
