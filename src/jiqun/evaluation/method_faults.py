"""What the method of a pack's index says that does not go together, each with its place and the mend."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from jiqun.base.errors import InputError, Problem, did_you_mean
from jiqun.programme.models import EvaluationFile
from jiqun.programme.models.evaluation import COMPARISONS
from jiqun.rules.build import parse_constant


def method_faults(file: EvaluationFile) -> Iterator[Problem]:
    """What the pack's method says that does not go together."""
    method, told = file.method, file.method.compare
    whole = method.weights == "effective" or (
        method.across == "indicators" and method.weights not in ("given", "equal")
    )
    if method.across == "indicators" and not whole:
        mend = "请改为 siblings，或把 weights 改为 entropy、critic、pca、optimised"
        yield Problem("权重不由数据算出，用不到 across", method.place("across"), found=method.across, mend=mend)
    if whole and method.pillar_weights is not None:
        mend = "全部指标一起赋权时，一级指标的权重是下级之和，请删去这一项"
        yield Problem(
            "一级指标不能另定赋权方法", method.place("pillar_weights"), found=method.pillar_weights, mend=mend
        )
    if (method.pillar_weights or method.weights) == "optimised" and method.aggregate != "arithmetic":
        mend = "请把 aggregate 改为 arithmetic，或换一种赋权方法"
        yield Problem("优化权重只适用于算术平均", method.place("aggregate"), found=method.aggregate, mend=mend)
    if told.over == "indicators" and method.aggregate not in COMPARISONS:
        mend = f"请改为 pillars，或把 aggregate 改为 {'、'.join(COMPARISONS)} 之一"
        yield Problem("平均类的汇总用不到 over", told.place("over"), found=told.over, mend=mend)
    if told.preference in ("v_shape", "linear", "level") and told.p <= told.q:
        yield Problem("偏好函数应有 q < p", told.place("p"), found=f"q={told.q:g}，p={told.p:g}", mend="请把 p 改大")
    if told.preference == "gaussian" and told.s <= 0:
        yield Problem("gaussian 偏好函数的 s 应大于 0", told.place("s"), found=f"{told.s:g}", mend="请写出 s")
    yield from _share_faults(file)


def _share_faults(file: EvaluationFile) -> Iterator[Problem]:
    method = file.method
    groups = [[leaf.id for leaf in pillar.indicators] for pillar in file.pillars]
    leaves = [code for group in groups for code in group]
    if method.weights not in ("effective", "optimised"):
        if method.shares:
            mend = "请删去，或把 weights 改为 effective 或 optimised"
            yield Problem(f"{method.weights} 用不到 shares", method.place("shares"), mend=mend)
        return
    siblings = method.weights == "optimised" and method.across == "siblings"
    groups = [*groups, [pillar.id for pillar in file.pillars]] if siblings else [leaves]
    known = [code for group in groups for code in group]
    for code, text in method.shares.items():
        if code not in known:
            mend = did_you_mean(code, known) or f"可用 {'、'.join(known)}"
            yield Problem("没有这个指标", method.key_place("shares", code), found=code, mend=mend)
        try:
            good = 0 <= share_of(text) < float("inf")
        except (InputError, AssertionError):
            good = False
        if not good:
            yield Problem("应为不小于 0 的比重", method.place("shares", code), found=text, mend="请写成如 10%")
    for group in groups:
        lacking = [code for code in group if code not in method.shares]
        if lacking and (method.weights == "effective" or len(lacking) < len(group)):
            yield Problem("没有写全比重", method.place("shares"), mend=f"请补上 {'、'.join(lacking)}")


def share_of(text: str) -> float:
    """A share such as 10% as a part of one."""
    value = parse_constant(text).value
    assert isinstance(value, Decimal | float), "checked with the pack"
    return float(value)
