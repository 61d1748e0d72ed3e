"""One run of matching over files: read, match, explain, write."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jiqun.base.errors import InputError, Problem, did_you_mean
from jiqun.base.folders import whole_folder
from jiqun.exchange.match.matcher import FastMatcher
from jiqun.exchange.match.query import match_by_query
from jiqun.exchange.match.read import read_sides
from jiqun.exchange.match.reasons import reasons_of
from jiqun.exchange.match.results import UNIT, Matches
from jiqun.exchange.match.shapes import NoShape
from jiqun.exchange.match.sides import SideTable
from jiqun.programme.exchange import KindRules, judge, kind_rules
from jiqun.programme.load import load_pack
from jiqun.programme.side_values import place_points

MANIFEST, MATCHES = "manifest.json", "matches.parquet"
EXPLAINED = 200
"""Refused and undetermined offers of one need that are told one by one."""
FEW = 20
"""Up to so many needs, each is explained."""


@dataclass(frozen=True)
class Found:
    """One match: the offer, its score and the terms of it (None where missing), all 0 to 1."""

    offer: str
    score: float
    terms: tuple[float | None, ...]


@dataclass(frozen=True)
class Told:
    """Why the other offers do not fit one need."""

    matched: int
    refused: int
    pending: int
    counts: tuple[tuple[str, int], ...]
    fixes: tuple[str, ...]
    refusals: tuple[tuple[str, tuple[str, ...]], ...]
    open: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class NeedAnswer:
    """What was found for one need; reasons only where they were asked."""

    need: str
    matches: tuple[Found, ...]
    reasons: Told | None


@dataclass(frozen=True)
class Run:
    """A whole run."""

    rules: KindRules
    needs: SideTable
    offers: SideTable
    as_of: date
    answers: tuple[NeedAnswer, ...]
    slow: str | None
    """The clause that has no fast way, if there is one."""

    def as_dict(self) -> dict[str, Any]:
        """The run for programs."""
        return {
            "kind": self.rules.kind.id,
            "as_of": self.as_of.isoformat(),
            "needs": len(self.needs),
            "offers": len(self.offers),
            "terms": [t.name for t in self.rules.terms],
            "answers": [asdict(a) for a in self.answers],
        }


def run_match(
    pack: Path, kind: str, needs: Path, offers: Path, *, need: str | None, top: int, as_of: date, out: Path | None
) -> Run:
    """Match two files by a kind of the pack; InputError with every fault, and then nothing is written."""
    loaded = load_pack(pack)
    rules = kind_rules(loaded, kind)
    own, offered = read_sides(rules, needs, offers, place_points(loaded))
    if need is not None:
        if need not in own.ids:
            mend = did_you_mean(need, own.ids)
            raise InputError([Problem(f"需求文件里没有编号“{need}”", mend=mend)], "参数有误")
        own = own.take([own.ids.index(need)])
    fast, slow = _fast(rules, offered, as_of)
    found = fast.all(own, top) if fast else match_by_query(rules, own, offered, as_of, top)
    explained = fast if len(own) <= FEW else None
    answers = tuple(_answer(own, i, rules, offered, found, explained) for i in range(len(own)))
    run = Run(rules, own, offered, as_of, answers, slow)
    if out is not None:
        _write(run, found, out, top)
    return run


def _fast(rules: KindRules, offers: SideTable, as_of: date) -> tuple[FastMatcher | None, str | None]:
    try:
        return FastMatcher(rules, offers, as_of), None
    except NoShape as reason:
        return None, reason.clause


def _answer(
    needs: SideTable, row: int, rules: KindRules, offers: SideTable, found: Matches, matcher: FastMatcher | None
) -> NeedAnswer:
    part = found.of_need(row)
    matches = tuple(
        Found(offers.ids[o], score / UNIT, tuple(None if math.isnan(t) else float(t) for t in terms))
        for o, score, terms in zip(found.offer[part], found.scores[part], found.terms[part], strict=True)
    )
    return NeedAnswer(needs.ids[row], matches, _told(needs, row, rules, offers, matcher) if matcher else None)


def _told(needs: SideTable, row: int, rules: KindRules, offers: SideTable, matcher: FastMatcher) -> Told:
    values = needs.values(row)
    reasons = reasons_of(matcher, values)
    pending = reasons.pending
    return Told(
        reasons.matched,
        len(reasons.refused),
        len(pending),
        tuple(reasons.counts.items()),
        tuple(fix.text for fix in reasons.fixes),
        tuple((offers.ids[r], reasons.conditions(int(r))) for r in reasons.refused[:EXPLAINED]),
        tuple(
            (offers.ids[r], judge(rules, values, offers.values(int(r)), matcher.as_of).missing)
            for r in pending[:EXPLAINED]
        ),
    )


def _write(run: Run, found: Matches, out: Path, top: int) -> None:
    names = [t.name for t in run.rules.terms]
    with whole_folder(out, (MANIFEST, MATCHES)) as folder:
        pq.write_table(found.as_table(run.needs.ids, run.offers.ids, names), folder / MATCHES)
        manifest = {
            "kind": run.rules.kind.id, "name": run.rules.kind.name, "as_of": run.as_of.isoformat(), "top": top,
            "needs": len(run.needs), "offers": len(run.offers), "matches": len(found),
            "terms": {t.name: t.weight for t in run.rules.terms},
        }  # fmt: skip
        (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
