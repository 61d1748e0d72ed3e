"""Splitting a total into whole parts that add up exactly, and re-balancing after some parts were fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import floor


class NotApportionable(ValueError):
    """The fixed parts leave nothing that could be shared out; `left` is what remains (negative: too much is fixed)."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} is left for the parts that are not fixed")
        self.left = left


def largest_remainder(total: int, weights: Sequence[float | Decimal]) -> list[int]:
    """Whole parts of a whole total in proportion to the weights; equal ones where all weights are zero.

    Hamilton's method with the Hare quota (Balinski & Young, Fair Representation, 1982): each part gets the floor of its
    quota total·w/Σw, and the parts with the largest remainders one more, the earlier first among equal ones.
    """
    if total < 0:
        raise NotApportionable(total)
    if not weights:
        if total:
            raise NotApportionable(total)
        return []
    exact = [max(Decimal(0), Decimal(str(w))) for w in weights]
    whole = sum(exact)
    quotas = [total * w / whole for w in exact] if whole else [Decimal(total) / len(exact)] * len(exact)
    parts = [floor(q) for q in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda i: (parts[i] - quotas[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def rising(totals: Sequence[int], weights: Sequence[float | Decimal]) -> list[list[int]]:
    """Cumulative totals (one a year, never falling) as cumulative parts that never fall either: one list a total.

    Each year's increment is shared out by itself: sharing the cumulative totals could lower a part when the total
    grows (the Alabama paradox of the method).
    """
    so_far = [0] * len(weights)
    found, before = [], 0
    for total in totals:
        so_far = [a + b for a, b in zip(so_far, largest_remainder(total - before, weights), strict=True)]
        found.append(so_far)
        before = total
    return found


def within(total: int, weights: Sequence[Decimal], floors: Sequence[int], caps: Sequence[int | None]) -> list[int]:
    """Whole parts of a total in proportion to the weights, none below its floor nor above its cap (None: no cap).

    The floors are given first, what is left goes by the weight above them; a part that reaches its cap takes no more.
    NotApportionable where the floors exceed the total, or the caps do not reach it.
    """
    parts = list(floors)
    left = total - sum(parts)
    open_ = {i for i, (part, cap) in enumerate(zip(parts, caps, strict=True)) if cap is None or part < cap}
    while left > 0 and open_:
        order = sorted(open_)
        wanted = [max(weights[i] - parts[i], Decimal(0)) for i in order]
        wanted = wanted if any(wanted) else [weights[i] for i in order]
        for i, more in zip(order, largest_remainder(left, wanted), strict=True):
            cap = caps[i]
            parts[i] += more if cap is None else min(more, cap - parts[i])
        left = total - sum(parts)
        open_ = {i for i in open_ if (cap := caps[i]) is None or parts[i] < cap}
    if left:
        raise NotApportionable(left)
    return parts


def rebalance(total: int, parts: Mapping[str, int | None], fixed: frozenset[str]) -> dict[str, int]:
    """The parts that are not fixed share what is left in proportion to what they had; the fixed ones stay.

    NotApportionable where the fixed ones exceed the total, or all are fixed and do not make it up.
    """
    left = total - sum(parts[key] or 0 for key in fixed)
    free = [key for key in parts if key not in fixed]
    shared = dict(zip(free, largest_remainder(left, [Decimal(parts[key] or 0) for key in free]), strict=True))
    return {key: shared[key] if key in shared else parts[key] or 0 for key in parts}
