"""How far one figure must change for a comparison to hold: exact on the grid in which it is reported."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import floor
from typing import Any

from jiqun.rules import nodes as n
from jiqun.rules.nodes import Node
from jiqun.rules.units import COUNT, PLAIN, unit_of

Probe = Callable[[Any], tuple[bool, float | None]]
"""Whether the comparison is as wanted with the figure at a value, and left minus right."""
DOUBLINGS = 44


def solve(node: Node, start: Any, probe: Probe) -> Any:
    """The value nearest to `start` with which the comparison holds; None where none was found."""
    if start is None:
        return None
    grid = _grid(node, start)

    def at(k: int) -> Any:
        return Decimal(k) * grid if isinstance(start, Decimal) else float(Decimal(k) * grid)

    def fits(k: int) -> bool:
        return (k >= 0 or start < 0) and not (_is_share(node) and k * grid > 1 >= start)

    origin = float(start) / float(grid)
    found = _by_line(origin, at, fits, probe, max(1, round(abs(origin) / 16)))
    if found is None:
        ways = [_by_halving(floor(origin), sign, at, fits, probe) for sign in (1, -1)]
        found = min((k for k in ways if k is not None), key=lambda k: abs(k - origin), default=None)
    return None if found is None else at(found)


def _grid(node: Node, start: Any) -> Decimal:
    """The step in which the figure is told: 100 yuan of large money, whole pieces, a hundredth of a per cent."""
    indicator = getattr(node, "indicator", None)
    if isinstance(start, Decimal):
        return Decimal(100) if abs(start) >= 10_000 or start <= 1 else Decimal("0.01")
    unit = (
        unit_of(indicator.unit) if isinstance(node, n.IndicatorAt | n.Latest) and indicator and indicator.unit else None
    )
    if unit is not None and (unit.dim in (COUNT, (("人", 1),), (("分", 1),))):
        return Decimal(1)
    return Decimal("0.0001") if unit is None or unit.dim == PLAIN else Decimal("0.01")


def _is_share(node: Node) -> bool:
    return isinstance(node, n.IndicatorAt | n.Latest) and node.indicator.unit == "%"


def _by_line(
    origin: float, at: Callable[[int], Any], fits: Callable[[int], bool], probe: Probe, step: int
) -> int | None:
    """The answer where the difference is a straight line in the figure, checked to be the nearest one."""
    here = floor(origin)
    first, second = probe(at(here))[1], probe(at(here + step))[1]
    if first is None or second is None or first == second:
        return None
    cross = here - first * step / (second - first)
    if abs(cross) > 10**17:
        return None
    middle = floor(cross)
    for k in sorted(range(middle - 1, middle + 4), key=lambda k: abs(k - origin)):
        if probe(at(k))[0]:
            nearer = k - 1 if k > origin else k + 1
            return k if fits(k) and not probe(at(nearer))[0] else None
    return None


def _by_halving(
    here: int, sign: int, at: Callable[[int], Any], fits: Callable[[int], bool], probe: Probe
) -> int | None:
    """The nearest answer on one side: doubling the distance until it holds, then halving."""
    low, high = 0, 1
    for _ in range(DOUBLINGS):
        if not fits(here + sign * high):
            return None
        if probe(at(here + sign * high))[0]:
            break
        low, high = high, high * 2
        if high > 4 * abs(here) + 10**6 and sign < 0:
            return None
    else:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if probe(at(here + sign * middle))[0] else (middle, high)
    return here + sign * high
