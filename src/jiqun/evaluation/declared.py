"""The index that a pack declares, as tree and plan: weights from its judgements, figures by its measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jiqun.base.errors import InputError, Place, Problem
from jiqun.evaluation.errors import EvaluationError
from jiqun.evaluation.framework import Aggregate, Framework, Indicator
from jiqun.evaluation.method_faults import method_faults, share_of
from jiqun.evaluation.plan import (
    Aggregation,
    Impute,
    Normalise,
    OverTime,
    Plan,
    Preference,
    Screen,
    Treat,
    Weighting,
)
from jiqun.evaluation.robust.uncertainty import Uncertainty
from jiqun.evaluation.weights import ahp
from jiqun.programme.models import EvaluationFile, Judgement
from jiqun.programme.models.evaluation import COMPARISONS
from jiqun.programme.pack import Pack

ROOT = "index"
RANGES = {"rank": (1.0, 0.0), "percentile_rank": (0.0, 1.0), "z_score": (10.0, 2.0), "min_max": (0.0, 100.0)}
"""The low and high of each way of normalising, as the step takes them."""


@dataclass(frozen=True)
class Declared:
    """The pack's index: tree (with weights from the judgements), plan, uncertainty, and how the judgements hold."""

    file: EvaluationFile
    tree: Framework
    plan: Plan
    uncertainty: Uncertainty
    judged: dict[str, ahp.Judged]
    """By parent; only where the pack judges."""


def declare(pack: Pack) -> Declared:
    """Read the pack's index; InputError where it has none, or where its judgements do not make weights."""
    file = pack.evaluation
    if file is None:
        mend = "请在方案包里写 evaluation.yaml"
        raise InputError([Problem("方案包没有评价体系", Place("evaluation.yaml"), mend=mend)], "评价无法计算")
    judged, problems = dict[str, ahp.Judged](), list(method_faults(file))
    for parent, part, items, judgements in _judgements(file):
        try:
            judged[parent] = ahp.judge(items, ahp.from_pairs(items, _pairs(judgements)))
        except EvaluationError as error:
            problems += [Problem(p.message, part, mend=p.mend) for p in error.problems]
    if not problems and file.method.weights == "effective" and not sum(map(share_of, file.method.shares.values())) > 0:
        problems.append(Problem("比重都是 0", file.method.place("shares"), mend="请写出各指标的比重"))
    if problems:
        raise InputError(problems, "评价体系有误")
    plan = _plan(file)
    return Declared(file, _tree(file, judged), plan, _uncertainty(file), judged)


def with_plan(declared: Declared, plan: Plan) -> Declared:
    """The pack's index by another plan: weights and figures are doubted as the pack says, the plan's steps are not."""
    doubts = declared.uncertainty
    return replace(declared, plan=plan, uncertainty=Uncertainty(doubts.weights, errors=doubts.errors))


def faults(pack: Pack) -> list[Problem]:
    """What is wrong with the pack's judgements, contradiction among them; nothing where it has no index."""
    if pack.evaluation is None:
        return []
    try:
        declared = declare(pack)
    except InputError as error:
        return list(error.problems)
    found = []
    for parent, _, _, judgements in _judgements(pack.evaluation):
        judged = declared.judged[parent]
        if judged.consistent:
            continue
        for doubt in judged.doubts:
            place = next(j.place("times") for j in judgements if {j.one, j.other} == {doubt.one, doubt.other})
            message = f"判断互相矛盾，一致性比率 {judged.ratio:.2f}，应小于 {ahp.ACCEPTABLE:g}"
            mend = f"按其余判断，“{doubt.one}”约是“{doubt.other}”的 {doubt.fits:.2g} 倍"
            found.append(Problem(message, place, found=f"{doubt.said:.3g}", mend=mend))
    return found


def _judgements(file: EvaluationFile) -> Iterator[tuple[str, Place, tuple[str, ...], tuple[Judgement, ...]]]:
    if file.judgements:
        yield ROOT, file.place("judgements"), tuple(p.id for p in file.pillars), file.judgements
    for pillar in file.pillars:
        if pillar.judgements:
            yield pillar.id, pillar.place("judgements"), tuple(i.id for i in pillar.indicators), pillar.judgements


def _pairs(judgements: Sequence[Judgement]) -> dict[tuple[str, str], str]:
    return {(j.one, j.other): j.times for j in judgements}


def _tree(file: EvaluationFile, judged: dict[str, ahp.Judged]) -> Framework:
    def weight(parent: str, code: str) -> float:
        found = judged.get(parent)
        return 1.0 if found is None else float(found.weights[found.items.index(code)])

    indicators = tuple(
        Indicator(i.id, i.name, p.id, -1 if i.less_is_better else 1, weight(p.id, i.id), i.unit)
        for p in file.pillars
        for i in p.indicators
    )
    pillars = tuple(Aggregate(p.id, p.name, ROOT, weight(ROOT, p.id)) for p in file.pillars)
    return Framework(indicators, (*pillars, Aggregate(ROOT, file.title, None)))


def _plan(file: EvaluationFile) -> Plan:
    method = file.method
    low, high = RANGES.get(method.normalise, (0.0, 100.0))
    bent = method.aggregate in ("geometric", "harmonic")
    low = 1.0 if bent and method.normalise == "min_max" else low
    special = {} if method.aggregate == "arithmetic" else {ROOT: _aggregation(file, method.aggregate)}
    carried = method.over_time
    return Plan(
        denominate=False,
        screen=Screen(least_known=share_of(method.least_known)),
        over_time=OverTime(how=carried.how, longest=carried.years) if carried else None,
        impute=Impute(how=method.impute) if method.impute else None,
        treat=Treat(winsorise=method.winsorise, then=method.transform),
        normalise=Normalise(how=method.normalise, low=low, high=high),
        weights=_weighting(file, method.weights),
        weights_special={} if method.pillar_weights is None else {ROOT: _siblings(method.pillar_weights)},
        aggregate_special=special,
    )


def _aggregation(file: EvaluationFile, how: str) -> Aggregation:
    """A way of making the index of its pillars, with the pack's settings."""
    told = file.method.compare
    preference = Preference(kind=told.preference, q=told.q, p=told.p, s=told.s)
    over = "indicators" if how in COMPARISONS and told.over == "indicators" else "children"
    return Aggregation.model_validate(
        {"how": how, "over": over, "v": told.v, "rho": told.rho, "grades": told.grades, "preference": preference}
    )


def _weighting(file: EvaluationFile, how: str) -> Any:
    if how in ("given", "equal"):
        return how
    shares = {code: share_of(text) for code, text in file.method.shares.items()}
    return Weighting.model_validate({"how": how, "across": file.method.across, "shares": shares})


def _siblings(how: str) -> Any:
    return how if how in ("given", "equal") else Weighting.model_validate({"how": how})


def _uncertainty(file: EvaluationFile) -> Uncertainty:
    """What the pack doubts; its own way is always among the alternatives (None where it is not named)."""
    doubts, method = file.doubts, file.method
    names: tuple[str, ...] = doubts.normalisations
    scales = names if not names or method.normalise in names else (method.normalise, *names)
    means: list[Aggregation | None] = [_aggregation(file, how) for how in doubts.aggregations]
    weightings: list[Any] = list(doubts.weightings)
    return Uncertainty(
        share_of(doubts.weights), normalisations=tuple(_positive(how) for how in scales),
        aggregations=tuple(means if not means or method.aggregate in doubts.aggregations else [None, *means]),
        each_level=False, errors=share_of(doubts.errors),
        weightings=tuple(map(_other, weightings if not weightings or method.weights in weightings else [None, *weightings])),
    )  # fmt: skip


def _other(how: str | None) -> Any:
    return how if how is None else _siblings(how)


def _positive(how: str) -> Normalise:
    """A scale above zero throughout where there is one, so that it goes with a geometric mean too."""
    if how == "min_max":
        return Normalise(how=how, low=1.0, high=100.0)
    low, high = RANGES.get(how, (0.0, 100.0))
    return Normalise(how=how, low=low, high=high)
