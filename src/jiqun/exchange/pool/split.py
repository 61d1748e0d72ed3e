"""Fair shares of a common cost, exact to the fen.

The journey along one road is paid by those who need each stretch of it, equally: the Shapley value of the airport
game (Littlechild & Owen, "A simple expression for the Shapley value in a special case", Management Science 20, 1973),
which is also the serial rule of Moulin & Shenker ("Serial cost sharing", Econometrica 60, 1992) for this cost. The game
is concave, so its Shapley value lies in the core (Shapley, 1971): no one, and no group, pays more than alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import factorial

SMALL = 12
"""The largest number of members for the exact Shapley value: 2¹² coalitions."""


def largest_remainder(shares: Sequence[Fraction], total: int) -> list[int]:
    """Whole fen nearest below the shares, the fen left over going to the largest remainders, earlier ones first.

    The shares are not negative and add up to `total`; no one gets more than the share rounded up, so whoever's share
    is not above a whole amount does not pay more than it after rounding. ValueError where they do not add up.
    """
    if sum(shares) != total or any(s < 0 for s in shares):
        raise ValueError(f"shares {shares} do not make up {total}")
    whole = [s.numerator // s.denominator for s in shares]
    left = total - sum(whole)
    order = sorted(range(len(shares)), key=lambda i: (whole[i] - shares[i], i))
    for i in order[:left]:
        whole[i] += 1
    return whole


def in_proportion(total: int, weights: Sequence[int]) -> list[int]:
    """`total` fen in proportion to whole weights, of which one at least is positive."""
    everything = sum(weights)
    return largest_remainder([Fraction(total * w, everything) for w in weights], total)


def along_the_road(fixed: int, rate: int, distances: Sequence[int]) -> list[Fraction]:
    """Shares of fixed + rate · (largest distance), in fen: every stretch is shared by those at or beyond its end."""
    order = sorted(range(len(distances)), key=lambda i: distances[i])
    shares = [Fraction(0)] * len(distances)
    paid, before = Fraction(fixed, len(distances)) if distances else Fraction(0), 0
    for place, i in enumerate(order):
        paid += Fraction(rate * (distances[i] - before), len(distances) - place)
        before = distances[i]
        shares[i] = paid
    return shares


def shapley(members: Sequence[str], cost: Callable[[frozenset[str]], int]) -> Mapping[str, Fraction]:
    """The Shapley value of any cost game of at most `SMALL` members; ValueError for more.

    Each pays the mean, over all orders of arrival, of what the cost rises by when it arrives (Shapley, 1953).
    """
    count = len(members)
    if count > SMALL:
        raise ValueError(f"{count} members are too many for the exact Shapley value")
    value = dict.fromkeys(members, Fraction(0))
    for size in range(count):
        weight = Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
        for group in combinations(members, size):
            before = frozenset(group)
            base = cost(before) if before else 0
            for member in members:
                if member not in before:
                    value[member] += weight * (cost(before | {member}) - base)
    return value
