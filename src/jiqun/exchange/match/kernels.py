"""The fast way's inner loops (Numba): the best offers of many needs, and the state of every condition for one need.

Atoms and terms (see `shapes`) come as rows of whole numbers, so that one compiled loop serves every kind. NaN is a
missing figure. Arithmetic follows the reference evaluator step by step: no fast-math.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from jiqun.exchange.match import shapes as s
from jiqun.programme.exchange import SCORE_DIGITS
from jiqun.rules.geo import DEGREE, EARTH_RADIUS
from jiqun.rules.grams import WORDS

ATOM_WIDTH = 13
"""condition, look, op, need column, its second, offer column, its second, limit of need, of offer, mask's first word,
words or the number of a pair of texts, waiver of need, of offer."""
TERM_WIDTH = 10
"""For the left and the right operand what, need column, its second, offer column or its second: see `terms_of`."""
_CONDITION, _LOOK, _OP, _N0, _N1, _O0, _O1, _LIMIT_N, _LIMIT_O, _M0, _MW, _WAIVE_N, _WAIVE_O = range(ATOM_WIDTH)
_FALSE, _TRUE, _UNKNOWN = 0, 1, 2
_SCALE = 10.0**SCORE_DIGITS
_COLUMNS, _OVERLAP, _DISTANCE, _CLOSE = s.COLUMNS, s.OVERLAP, s.DISTANCE, s.CLOSE
_SUPERSET, _SUBSET, _COMMON, _ON_OFFER, _ON_NEED = s.SUPERSET, s.SUBSET, s.COMMON, s.ON_OFFER, s.ON_NEED
_OF_NEED, _OF_OFFER = s.OF_NEED, s.OF_OFFER
_J_OVERLAP, _J_DISTANCE = s.JOINT_OVERLAP, s.JOINT_DISTANCE
_DIAMETER = 2 * EARTH_RADIUS
BLOCK = 512
"""Offers sifted at a time."""
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
"""Without Numba's reference counts, which cost more than the work itself; so nothing is allocated in here."""


@intrinsic
def _bits(typingctx: Any, word: Any) -> Any:
    """The number of bits set in a word, by the processor's own instruction."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), code


@njit(forceinline=True, **_OPTIONS)
def _compare(op: int, a: float, b: float, tolerance: float) -> bool:
    near = a == b
    if tolerance > 0.0 and not near:
        near = abs(a - b) <= max(abs(a), abs(b)) * tolerance
    if op == 0:
        return a < b or near
    if op == 1:
        return a > b or near
    if op == 2:
        return a < b and not near
    if op == 3:
        return a > b and not near
    return near if op == 4 else not near


@njit(forceinline=True, **_OPTIONS)
def _overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    if math.isnan(a0 + a1 + b0 + b1):
        return math.nan
    return max(min(a1, b1) - max(a0, b0) + 1.0, 0.0)


@njit(forceinline=True, **_OPTIONS)
def _distance(lon_a: float, lat_a: float, cos_a: float, lon_b: float, lat_b: float, cos_b: float) -> float:
    up = math.sin((lat_b - lat_a) * DEGREE / 2)
    across = math.sin((lon_b - lon_a) * DEGREE / 2)
    h = up * up + cos_a * cos_b * (across * across)
    return math.asin(math.sqrt(1.0 if h > 1.0 else h)) * _DIAMETER


@njit(forceinline=True, **_OPTIONS)
def _close(pair: int, need_texts: Any, need_sizes: Any, i: int, offer_texts: Any, offer_sizes: Any, o: int) -> float:
    both = need_sizes[i, pair] * offer_sizes[o, pair]
    if both == 0.0:
        return 0.0
    common = np.uint64(0)
    for w in range(pair * WORDS, (pair + 1) * WORDS):
        common += _bits(need_texts[i, w] & offer_texts[o, w])
    return float(common) / math.sqrt(both)


@njit(forceinline=True, **_OPTIONS)
def _sets(look: int, low: int, words: int, need_masks: Any, i: int, offer_masks: Any, o: int) -> bool:
    for w in range(low, low + words):
        a, b = need_masks[i, w], offer_masks[o, w]
        if look == _SUPERSET:
            if a & ~b:
                return False
        elif look == _SUBSET:
            if b & ~a:
                return False
        elif a & b:
            return True
    return look != _COMMON


@njit(forceinline=True, **_OPTIONS)
def _joint(
    look: int,
    a0: int,
    a1: int,
    a2: int,
    a3: int,
    a4: int,
    nf: Any,
    nm: Any,
    nt: Any,
    ns: Any,
    i: int,
    of: Any,
    om: Any,
    ot: Any,
    os: Any,
    o: int,
) -> float:
    """A joint figure of a need and an offer: common days, metres, closeness."""
    if look == _OVERLAP:
        return _overlap(nf[i, a0], nf[i, a1], of[o, a2], of[o, a3])  # type: ignore[no-any-return]
    if look == _DISTANCE:
        return _distance(nf[i, a0], nf[i, a0 + 1], nf[i, a0 + 2], of[o, a2], of[o, a2 + 1], of[o, a2 + 2])  # type: ignore[no-any-return]
    if math.isnan(nf[i, a0] + of[o, a2]):
        return math.nan
    return _close(a4, nt, ns, i, ot, os, o)  # type: ignore[no-any-return]


@njit(forceinline=True, **_OPTIONS)
def _state(
    k: int,
    atoms: Any,
    tolerances: Any,
    nf: Any,
    nm: Any,
    nt: Any,
    ns: Any,
    i: int,
    of: Any,
    om: Any,
    ot: Any,
    os: Any,
    o: int,
) -> int:
    """Whether an atom holds for certain, fails for certain, or cannot be told."""
    unknown = False
    if atoms[k, _WAIVE_N] >= 0:
        waived = nf[i, atoms[k, _WAIVE_N]]
        if waived == 1.0:
            return _TRUE
        unknown = math.isnan(waived)
    if atoms[k, _WAIVE_O] >= 0:
        waived = of[o, atoms[k, _WAIVE_O]]
        if waived == 1.0:
            return _TRUE
        unknown = unknown or math.isnan(waived)
    look = atoms[k, _LOOK]
    held = False
    if look == _COLUMNS:
        a, b = nf[i, atoms[k, _N0]], of[o, atoms[k, _O0]]
        missing = math.isnan(a) or math.isnan(b)
        held = not missing and _compare(atoms[k, _OP], a, b, tolerances[k])
    elif look == _ON_OFFER:
        missing = math.isnan(of[o, atoms[k, _O0]])
        held = of[o, atoms[k, _O0]] == 1.0
    elif look == _ON_NEED:
        missing = math.isnan(nf[i, atoms[k, _N0]])
        held = nf[i, atoms[k, _N0]] == 1.0
    elif look in (_OVERLAP, _DISTANCE, _CLOSE):
        limit = nf[i, atoms[k, _LIMIT_N]] if atoms[k, _LIMIT_N] >= 0 else of[o, atoms[k, _LIMIT_O]]
        missing = math.isnan(limit)
        if not missing:
            n0, n1, o0, o1, m0 = atoms[k, _N0], atoms[k, _N1], atoms[k, _O0], atoms[k, _O1], atoms[k, _M0]
            value = _joint(look, n0, n1, o0, o1, m0, nf, nm, nt, ns, i, of, om, ot, os, o)
            missing = math.isnan(value)
            held = not missing and _compare(atoms[k, _OP], value, limit, tolerances[k])
    else:
        missing = math.isnan(nf[i, atoms[k, _N0]]) or math.isnan(of[o, atoms[k, _O0]])
        held = not missing and _sets(look, atoms[k, _M0], atoms[k, _MW], nm, i, om, o)
    if held:
        return _TRUE
    return _UNKNOWN if missing or unknown else _FALSE


@njit(forceinline=True, **_OPTIONS)
def _operand(
    k: int, terms: Any, nf: Any, nm: Any, nt: Any, ns: Any, i: int, of: Any, om: Any, ot: Any, os: Any, o: int
) -> float:
    what = terms[k, 0]
    if what == _OF_NEED:
        return float(nf[i, terms[k, 1]])
    if what == _OF_OFFER:
        return float(of[o, terms[k, 3]])
    look = _OVERLAP if what == _J_OVERLAP else _DISTANCE if what == _J_DISTANCE else _CLOSE
    return _joint(  # type: ignore[no-any-return]
        look, terms[k, 1], terms[k, 2], terms[k, 3], terms[k, 4], terms[k, 5], nf, nm, nt, ns, i, of, om, ot, os, o
    )


@njit(forceinline=True, **_OPTIONS)
def _term(
    k: int,
    terms: Any,
    numbers: Any,
    nf: Any,
    nm: Any,
    nt: Any,
    ns: Any,
    i: int,
    of: Any,
    om: Any,
    ot: Any,
    os: Any,
    o: int,
) -> float:
    """A term of the score, kept within 0 and 1; NaN where it is missing."""
    value = _operand(k, terms, nf, nm, nt, ns, i, of, om, ot, os, o)
    op = terms[k, 6]
    if op >= 0:
        # The right operand is a column of one side; joint figures stand on the left.
        right = nf[i, terms[k, 8]] if terms[k, 7] == _OF_NEED else of[o, terms[k, 8]]
        if terms[k, 9] == 1:
            value, right = right, value
        if op == 0:
            value = value + right
        elif op == 1:
            value = value - right
        elif op == 2:
            value = value * right
        else:
            value = value / right if right != 0.0 else math.nan
    if math.isnan(value):
        return math.nan
    return min(max(numbers[k, 0] + numbers[k, 1] * value, 0.0), 1.0)  # type: ignore[no-any-return]


@njit(forceinline=True, **_OPTIONS)
def _score(
    terms: Any, numbers: Any, nf: Any, nm: Any, nt: Any, ns: Any, i: int, of: Any, om: Any, ot: Any, os: Any, o: int
) -> int:
    """The score in whole units; the terms are summed in their order, as the reference does."""
    total = 0.0
    for k in range(len(terms)):
        value = _term(k, terms, numbers, nf, nm, nt, ns, i, of, om, ot, os, o)
        if not math.isnan(value):
            total = total + value * numbers[k, 2]
    return int(total * _SCALE + 0.5)


@njit(forceinline=True, **_OPTIONS)
def _sift(
    k: int, kept: Any, left: int, posting: Any, pf: Any, pm: Any, atoms: Any, tolerances: Any, nf: Any, nm: Any, nt: Any,
    ns: Any, i: int, of: Any, om: Any, ot: Any, os: Any,
) -> int:  # fmt: skip
    """Of the places in the list that are `kept`, only those whose offer meets an atom; returns how many are left.

    The common atoms read the figures in the order of the list, without a branch that would be guessed wrong.
    """
    look, op, tolerance, column = atoms[k, _LOOK], atoms[k, _OP], tolerances[k], atoms[k, _O0]
    plain = atoms[k, _WAIVE_O] < 0
    count = 0
    if plain and look == _COLUMNS and op <= 1:
        a, sign = nf[i, atoms[k, _N0]], 1.0 if op == 0 else -1.0
        for x in range(left):
            place = kept[x]
            b = pf[column, place]
            kept[count] = place
            # A missing figure is NaN, of which no comparison holds.
            count += sign * (a - b) <= max(abs(a), abs(b)) * tolerance
        return count
    if plain and look == _OVERLAP and op == 1 and atoms[k, _LIMIT_N] >= 0 and tolerance > 0.0:
        first, last, days = nf[i, atoms[k, _N0]], nf[i, atoms[k, _N1]], nf[i, atoms[k, _LIMIT_N]]
        until = atoms[k, _O1]
        for x in range(left):
            place = kept[x]
            value = _overlap(first, last, pf[column, place], pf[until, place])
            kept[count] = place
            count += days - value <= max(abs(days), abs(value)) * tolerance
        return count
    if plain and look == _SUPERSET and atoms[k, _MW] == 1 and not math.isnan(nf[i, atoms[k, _N0]]):
        wanted, word = nm[i, atoms[k, _M0]], atoms[k, _M0]
        for x in range(left):
            place = kept[x]
            kept[count] = place
            count += (wanted & ~pm[word, place] == 0) & (pf[column, place] == 1.0)
        return count
    for x in range(left):
        place = kept[x]
        if _state(k, atoms, tolerances, nf, nm, nt, ns, i, of, om, ot, os, posting[place]) == _TRUE:
            kept[count] = place
            count += 1
    return count


@njit(forceinline=True, **_OPTIONS)
def _placed(o: int, score: int, row: int, count: int, found: Any, scores: Any) -> int:
    """Put an offer in its place among the best so far, equal scores in the order of the offers; returns their number."""
    top = found.shape[1]
    if count < top:
        place = count
        count += 1
    elif score > scores[row, top - 1] or (score == scores[row, top - 1] and o < found[row, top - 1]):
        place = top - 1
    else:
        return count
    while place > 0 and (
        scores[row, place - 1] < score or (scores[row, place - 1] == score and found[row, place - 1] > o)
    ):
        scores[row, place], found[row, place] = scores[row, place - 1], found[row, place - 1]
        place -= 1
    scores[row, place], found[row, place] = score, o
    return count


@njit(forceinline=True, **_OPTIONS)
def _best_of(
    i: int, row: int, low: int, high: int, posting: Any, static: Any, room: float, active: Any, kept: Any, pf: Any, pm: Any, atoms: Any,
    tolerances: Any, terms: Any, numbers: Any, nf: Any, nm: Any, nt: Any, ns: Any, of: Any, om: Any, ot: Any, os: Any,
    found: Any, scores: Any,
) -> int:  # fmt: skip
    """The best offers of need `i` among those listed, into a row of `found` and `scores`; returns how many there are."""
    top = found.shape[1]
    live = 0
    for k in range(len(atoms)):
        if atoms[k, _WAIVE_N] < 0 or nf[i, atoms[k, _WAIVE_N]] != 1.0:
            active[live] = k
            live += 1
    count = 0
    for start in range(low, high, BLOCK):
        # What every further offer can reach at most: they are listed by the part that depends on them alone.
        if count == top and int((static[posting[start]] + room) * _SCALE + 0.5) + 2 < scores[row, top - 1]:
            break
        left = min(BLOCK, high - start)
        for x in range(left):
            kept[x] = start + x
        for z in range(live):
            left = _sift(active[z], kept, left, posting, pf, pm, atoms, tolerances, nf, nm, nt, ns, i, of, om, ot, os)
        for x in range(left):
            o = posting[kept[x]]
            count = _placed(o, _score(terms, numbers, nf, nm, nt, ns, i, of, om, ot, os, o), row, count, found, scores)
    return count


@njit(**_OPTIONS)
def best(
    low: int, high: int, posting: Any, static: Any, room: float, active: Any, kept: Any, pf: Any, pm: Any, atoms: Any, tolerances: Any, terms: Any,
    numbers: Any, nf: Any, nm: Any, nt: Any, ns: Any, of: Any, om: Any, ot: Any, os: Any, found: Any, scores: Any,
) -> int:  # fmt: skip
    """The best offers of the single need in row 0."""
    return _best_of(  # type: ignore[no-any-return]
        0, 0, low, high, posting, static, room, active, kept, pf, pm, atoms, tolerances, terms, numbers,
        nf, nm, nt, ns, of, om, ot, os, found, scores,
    )  # fmt: skip


@njit(**_OPTIONS)
def best_of_some(
    order: Any, lows: Any, highs: Any, posting: Any, static: Any, rooms: Any, active: Any, kept: Any, pf: Any, pm: Any, atoms: Any, tolerances: Any,
    terms: Any, numbers: Any, nf: Any, nm: Any, nt: Any, ns: Any, of: Any, om: Any, ot: Any, os: Any, found: Any,
    scores: Any, counts: Any,
) -> None:  # fmt: skip
    """The best offers of the needs in `order`; needs of one code together find its offers in the cache."""
    for z in range(len(order)):
        i = order[z]
        counts[i] = _best_of(
            i, i, lows[i], highs[i], posting, static, rooms[i], active, kept, pf, pm, atoms, tolerances, terms, numbers,
            nf, nm, nt, ns, of, om, ot, os, found, scores,
        )  # fmt: skip


@njit(**_OPTIONS)
def examine(
    rows: Any,
    atoms: Any,
    tolerances: Any,
    nf: Any,
    nm: Any,
    nt: Any,
    ns: Any,
    of: Any,
    om: Any,
    ot: Any,
    os: Any,
    failed: Any,
    unknown: Any,
) -> None:
    """For the need in row 0 and each of these offers, the conditions and atoms that fail and that cannot be told.

    `failed[r, 0]` and `unknown[r, 0]` have a bit a condition, `[r, 1]` a bit an atom.
    """
    for r in range(len(rows)):
        o = rows[r]
        conditions, parts, open_conditions, open_parts = 0, 0, 0, 0
        for k in range(len(atoms)):
            state = _state(k, atoms, tolerances, nf, nm, nt, ns, 0, of, om, ot, os, o)
            if state == _FALSE:
                conditions |= 1 << atoms[k, _CONDITION]
                parts |= 1 << k
            elif state == _UNKNOWN:
                open_conditions |= 1 << atoms[k, _CONDITION]
                open_parts |= 1 << k
        failed[r, 0], failed[r, 1] = conditions, parts
        unknown[r, 0], unknown[r, 1] = open_conditions & ~conditions, open_parts


@njit(**_OPTIONS)
def joint_figures(
    rows: Any, k: int, atoms: Any, nf: Any, nm: Any, nt: Any, ns: Any, of: Any, om: Any, ot: Any, os: Any, out: Any
) -> None:  # fmt: skip
    """The joint figure of atom `k` for the need in row 0 with each of these offers."""
    look, n0, n1, o0, o1, m0 = atoms[k, 1], atoms[k, 3], atoms[k, 4], atoms[k, 5], atoms[k, 6], atoms[k, 9]
    for r in range(len(rows)):
        out[r] = _joint(look, n0, n1, o0, o1, m0, nf, nm, nt, ns, 0, of, om, ot, os, rows[r])


@njit(**_OPTIONS)
def term_values(
    needs: Any,
    offers: Any,
    terms: Any,
    numbers: Any,
    nf: Any,
    nm: Any,
    nt: Any,
    ns: Any,
    of: Any,
    om: Any,
    ot: Any,
    os: Any,
    out: Any,
) -> None:
    """The terms of matches, NaN where missing; `needs` and `offers` are rows, `out` has shape (matches, terms)."""
    for m in range(len(needs)):
        for k in range(len(terms)):
            out[m, k] = _term(k, terms, numbers, nf, nm, nt, ns, needs[m], of, om, ot, os, offers[m])


@njit(**_OPTIONS)
def static_scores(
    terms: Any,
    numbers: Any,
    chosen: Any,
    nf: Any,
    nm: Any,
    nt: Any,
    ns: Any,
    of: Any,
    om: Any,
    ot: Any,
    os: Any,
    out: Any,
) -> None:
    """The weighted sum of the chosen terms, which depend on the offer alone."""
    for o in range(len(out)):
        total = 0.0
        for c in range(len(chosen)):
            k = chosen[c]
            value = _term(k, terms, numbers, nf, nm, nt, ns, 0, of, om, ot, os, o)
            if not math.isnan(value):
                total += value * numbers[k, 2]
        out[o] = total
