"""The fast way's inner loops (Numba): the best offers of many needs, and the state of every condition for one need.

Atoms and terms (see `shapes`) come as rows of whole numbers, so that one compiled loop serves every kind. NaN is a
missing figure. Arithmetic follows the reference evaluator step by step: no fast-math.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, prange, types
from numba.extending import intrinsic

from jiqun.exchange.match import shapes as s
from jiqun.programme.exchange import SCORE_DIGITS
from jiqun.rules.geo import EARTH_RADIUS
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
_NOTHING, _OF_NEED, _OF_OFFER = s.NOTHING, s.OF_NEED, s.OF_OFFER
_J_OVERLAP, _J_DISTANCE = s.JOINT_OVERLAP, s.JOINT_DISTANCE
_DEGREE = math.pi / 180
_DIAMETER = 2 * EARTH_RADIUS
_BLOCK = 64


@intrinsic
def _bits(typingctx: Any, word: Any) -> Any:
    """The number of bits set in a word, by the processor's own instruction."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), code


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    if math.isnan(a0 + a1 + b0 + b1):
        return math.nan
    return max(min(a1, b1) - max(a0, b0) + 1.0, 0.0)


@njit(cache=True, nogil=True)
def _distance(lon_a: float, lat_a: float, cos_a: float, lon_b: float, lat_b: float, cos_b: float) -> float:
    up = math.sin((lat_b - lat_a) * _DEGREE / 2)
    across = math.sin((lon_b - lon_a) * _DEGREE / 2)
    h = up * up + cos_a * cos_b * (across * across)
    return math.asin(math.sqrt(1.0 if h > 1.0 else h)) * _DIAMETER


@njit(cache=True, nogil=True)
def _close(pair: int, need_texts: Any, need_sizes: Any, i: int, offer_texts: Any, offer_sizes: Any, o: int) -> float:
    both = need_sizes[i, pair] * offer_sizes[o, pair]
    if both == 0.0:
        return 0.0
    common = np.uint64(0)
    for w in range(pair * WORDS, (pair + 1) * WORDS):
        common += _bits(need_texts[i, w] & offer_texts[o, w])
    return float(common) / math.sqrt(both)


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _joint(look: int, a: Any, need: Any, i: int, offer: Any, o: int) -> float:
    """A joint figure of a need and an offer: common days, metres, closeness."""
    figures, others = need[0], offer[0]
    if look == _OVERLAP:
        return _overlap(figures[i, a[0]], figures[i, a[1]], others[o, a[2]], others[o, a[3]])
    if look == _DISTANCE:
        n0, o0 = a[0], a[2]
        lon, lat, cos = figures[i, n0], figures[i, n0 + 1], figures[i, n0 + 2]
        return _distance(lon, lat, cos, others[o, o0], others[o, o0 + 1], others[o, o0 + 2])
    if math.isnan(figures[i, a[0]] + others[o, a[2]]):
        return math.nan
    return _close(a[4], need[2], need[3], i, offer[2], offer[3], o)


@njit(cache=True, nogil=True)
def _state(atom: Any, tolerance: float, need: Any, i: int, offer: Any, o: int) -> int:
    """Whether an atom holds for certain, fails for certain, or cannot be told."""
    figures, others = need[0], offer[0]
    unknown = False
    if atom[_WAIVE_N] >= 0:
        waived = figures[i, atom[_WAIVE_N]]
        if waived == 1.0:
            return _TRUE
        unknown = math.isnan(waived)
    if atom[_WAIVE_O] >= 0:
        waived = others[o, atom[_WAIVE_O]]
        if waived == 1.0:
            return _TRUE
        unknown = unknown or math.isnan(waived)
    look = atom[_LOOK]
    held = False
    if look == _COLUMNS:
        a, b = figures[i, atom[_N0]], others[o, atom[_O0]]
        missing = math.isnan(a) or math.isnan(b)
        held = not missing and _compare(atom[_OP], a, b, tolerance)
    elif look == _ON_OFFER:
        missing = math.isnan(others[o, atom[_O0]])
        held = others[o, atom[_O0]] == 1.0
    elif look == _ON_NEED:
        missing = math.isnan(figures[i, atom[_N0]])
        held = figures[i, atom[_N0]] == 1.0
    elif look in (_OVERLAP, _DISTANCE, _CLOSE):
        limit = figures[i, atom[_LIMIT_N]] if atom[_LIMIT_N] >= 0 else others[o, atom[_LIMIT_O]]
        missing = math.isnan(limit)
        if not missing:
            where = (atom[_N0], atom[_N1], atom[_O0], atom[_O1], atom[_M0])
            value = _joint(look, where, need, i, offer, o)
            missing = math.isnan(value)
            held = not missing and _compare(atom[_OP], value, limit, tolerance)
    else:
        missing = math.isnan(figures[i, atom[_N0]]) or math.isnan(others[o, atom[_O0]])
        held = not missing and _sets(look, atom[_M0], atom[_MW], need[1], i, offer[1], o)
    if held:
        return _TRUE
    return _UNKNOWN if missing or unknown else _FALSE


@njit(cache=True, nogil=True)
def _operand(what: int, a: Any, need: Any, i: int, offer: Any, o: int) -> float:
    if what == _OF_NEED:
        return float(need[0][i, a[0]])
    if what == _OF_OFFER:
        return float(offer[0][o, a[2]])
    return _joint(_OVERLAP if what == _J_OVERLAP else _DISTANCE if what == _J_DISTANCE else _CLOSE, a, need, i, offer, o)


@njit(cache=True, nogil=True)
def _term(term: Any, plus: float, times: float, need: Any, i: int, offer: Any, o: int) -> float:
    """A term of the score, kept within 0 and 1; NaN where it is missing."""
    value = _operand(term[0], (term[1], term[2], term[3], term[4], term[5]), need, i, offer, o)
    op = term[6]
    if op >= 0:
        # The right operand is a column of one side; joint figures stand on the left.
        right = need[0][i, term[8]] if term[7] == _OF_NEED else offer[0][o, term[8]]
        if term[9] == 1:
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
    return min(max(plus + times * value, 0.0), 1.0)


@njit(cache=True, nogil=True)
def _score(terms: Any, numbers: Any, need: Any, i: int, offer: Any, o: int) -> int:
    """The score in whole units; the terms are summed in their order, as the reference does."""
    total = 0.0
    for k in range(len(terms)):
        value = _term(terms[k], numbers[k, 0], numbers[k, 1], need, i, offer, o)
        if not math.isnan(value):
            total = total + value * numbers[k, 2]
    return int(total * _SCALE + 0.5)


@njit(cache=True, nogil=True)
def _best_of(
    i: int, low: int, high: int, posting: Any, static: Any, room: float, atoms: Any, tolerances: Any, terms: Any,
    numbers: Any, need: Any, offer: Any, found: Any, scores: Any,
) -> int:  # fmt: skip
    """The best offers of one need among those listed, into `found` and `scores`; returns how many there are."""
    top = len(found)
    active = np.empty(len(atoms), dtype=np.int64)
    live = 0
    for k in range(len(atoms)):
        if atoms[k, _WAIVE_N] < 0 or need[0][i, atoms[k, _WAIVE_N]] != 1.0:
            active[live] = k
            live += 1
    count = 0
    for x in range(low, high):
        o = posting[x]
        # What every further offer can reach at most: they are listed by the part that depends on them alone.
        if count == top and int((static[o] + room) * _SCALE + 0.5) + 2 < scores[top - 1]:
            break
        fits = True
        for z in range(live):
            k = active[z]
            if _state(atoms[k], tolerances[k], need, i, offer, o) != _TRUE:
                fits = False
                break
        if not fits:
            continue
        score = _score(terms, numbers, need, i, offer, o)
        if count < top:
            place = count
            count += 1
        elif score > scores[top - 1] or (score == scores[top - 1] and o < found[top - 1]):
            place = top - 1
        else:
            continue
        while place > 0 and (
            scores[place - 1] < score or (scores[place - 1] == score and found[place - 1] > o)
        ):
            scores[place], found[place] = scores[place - 1], found[place - 1]
            place -= 1
        scores[place], found[place] = score, o
    return count


@njit(cache=True, nogil=True)
def best(
    low: int, high: int, posting: Any, static: Any, room: float, atoms: Any, tolerances: Any, terms: Any, numbers: Any,
    need: Any, offer: Any, found: Any, scores: Any,
) -> int:  # fmt: skip
    """The best offers of the single need in row 0."""
    return _best_of(
        0, low, high, posting, static, room, atoms, tolerances, terms, numbers, need, offer, found, scores
    )  # type: ignore[no-any-return]


@njit(cache=True, nogil=True, parallel=True)
def best_of_all(
    order: Any, lows: Any, highs: Any, posting: Any, static: Any, rooms: Any, atoms: Any, tolerances: Any, terms: Any,
    numbers: Any, need: Any, offer: Any, found: Any, scores: Any, counts: Any,
) -> None:  # fmt: skip
    """The best offers of every need; `order` visits needs of one key together, dealt out to the cores by blocks."""
    for z in prange(len(order)):
        i = order[z]
        counts[i] = _best_of(
            i, lows[i], highs[i], posting, static, rooms[i], atoms, tolerances, terms, numbers, need, offer, found[i],
            scores[i],
        )  # fmt: skip


@njit(cache=True, nogil=True)
def examine(rows: Any, atoms: Any, tolerances: Any, need: Any, offer: Any, failed: Any, unknown: Any) -> None:
    """For the need in row 0 and each of these offers, the conditions and atoms that fail and that cannot be told.

    `failed[r, 0]` and `unknown[r, 0]` have a bit a condition, `[r, 1]` a bit an atom.
    """
    for r in range(len(rows)):
        o = rows[r]
        conditions, parts, open_conditions, open_parts = 0, 0, 0, 0
        for k in range(len(atoms)):
            state = _state(atoms[k], tolerances[k], need, 0, offer, o)
            if state == _FALSE:
                conditions |= 1 << atoms[k, _CONDITION]
                parts |= 1 << k
            elif state == _UNKNOWN:
                open_conditions |= 1 << atoms[k, _CONDITION]
                open_parts |= 1 << k
        failed[r, 0], failed[r, 1] = conditions, parts
        unknown[r, 0], unknown[r, 1] = open_conditions & ~conditions, open_parts


@njit(cache=True, nogil=True)
def joint_figures(rows: Any, atom: Any, need: Any, offer: Any, out: Any) -> None:
    """A joint figure of the need in row 0 with each of these offers."""
    look = atom[_LOOK]
    where = (atom[_N0], atom[_N1], atom[_O0], atom[_O1], atom[_M0])
    for r in range(len(rows)):
        out[r] = _joint(look, where, need, 0, offer, rows[r])


@njit(cache=True, nogil=True)
def term_values(needs: Any, offers: Any, terms: Any, numbers: Any, need: Any, offer: Any, out: Any) -> None:
    """The terms of matches, NaN where missing; `needs` and `offers` are rows, `out` has shape (matches, terms)."""
    for m in range(len(needs)):
        for k in range(len(terms)):
            out[m, k] = _term(terms[k], numbers[k, 0], numbers[k, 1], need, needs[m], offer, offers[m])


@njit(cache=True, nogil=True)
def static_scores(terms: Any, numbers: Any, chosen: Any, need: Any, offer: Any, out: Any) -> None:
    """The weighted sum of the chosen terms, which depend on the offer alone."""
    for o in range(len(out)):
        total = 0.0
        for c in range(len(chosen)):
            k = chosen[c]
            value = _term(terms[k], numbers[k, 0], numbers[k, 1], need, 0, offer, o)
            if not math.isnan(value):
                total += value * numbers[k, 2]
        out[o] = total


BLOCK = _BLOCK
