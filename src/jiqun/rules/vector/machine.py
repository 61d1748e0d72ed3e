"""A machine of registers: each operation is a loop over one block of rows that stays in the processor's cache.

A register holds a block of one kind. A flag is 0 (false), 1 (unknown) or 2 (true), so that Kleene's AND, OR and NOT are
the least, the greatest and 2 − x. A number is an int64 or a float64 whose state is 1 where it is missing, else 0.
Whole numbers do not overflow: types bound them (see `nodes.INT64_BOUND`).
"""

from __future__ import annotations

import numpy as np

from jiqun.base.jit import byte_at, float64_at, ieee_kernel, int32_at, int64_at

BLOCK = 512
"""Rows of a block: some two hundred registers fit into a core's own cache."""

# fmt: off
(LOAD_FLAG, LOAD_WHOLE, LOAD_REAL, STORE_FLAG, STORE_WHOLE, STORE_REAL,
 AND, OR, NOT, UNKNOWN, KNOWN, SAME_FLAG, DIFFERENT_FLAG,
 EQ_WHOLE, NE_WHOLE, LT_WHOLE, LE_WHOLE, EQ_REAL, NE_REAL, LT_REAL, LE_REAL,
 ADD_WHOLE, SUB_WHOLE, MUL_WHOLE, MOD_WHOLE, NEG_WHOLE, ABS_WHOLE, BIT_AND, BIT_OR,
 ADD_REAL, SUB_REAL, MUL_REAL, DIV_REAL, POW_REAL, NEG_REAL, ABS_REAL, FLOOR_REAL, TO_REAL, TO_WHOLE,
 IF_FLAG, IF_WHOLE, IF_REAL, NULL_IF_WHOLE, NULL_IF_REAL,
 MAX_WHOLE, MIN_WHOLE, MAX_REAL, MIN_REAL) = range(48)
# fmt: on


AT_FORM, AT_VALUES, AT_KNOWN, AT_ROWS, AT_BIT = range(5)
"""Where a column lies in memory: how its numbers are written, then addresses (0: none) of the numbers, or of the bits of
flags, and of the bits of what is known, which begin with some bit. Where it is looked up, AT_ROWS are the rows to take
(int32), and what is known are states, one byte a row."""
INT32, INT64, FLOAT64 = range(3)


@ieee_kernel
def execute(  # type: ignore[no-untyped-def]
    code, state, whole, real, ports, states_out, wholes_out, reals_out, first, rows
):
    """Run `code` (operations × (operation, target, three operands)) over rows, which are `first` and so on of those out.

    `state`, `whole` and `real` are the registers × BLOCK, with constants in place; `ports` says where what is loaded
    lies, and `…_out` are columns × rows. A target is never one of its own operands. Port `a` is loaded; a stored number
    leaves its state in `states_out[b]`.
    """
    for start in range(0, rows, BLOCK):
        n = min(BLOCK, rows - start)
        for line in range(code.shape[0]):
            op, d, a, b, c = code[line, 0], code[line, 1], code[line, 2], code[line, 3], code[line, 4]
            if op <= LOAD_REAL:
                _load_state(op == LOAD_FLAG, state[d], ports[a], start, n)
                if op == LOAD_WHOLE:
                    _load(whole[d], ports[a], start, n)
                elif op == LOAD_REAL:
                    _load(real[d], ports[a], start, n)
            elif op <= STORE_REAL:
                _store(states_out[b], state[d], first + start, n)
                if op == STORE_WHOLE:
                    _store(wholes_out[a], whole[d], first + start, n)
                elif op == STORE_REAL:
                    _store(reals_out[a], real[d], first + start, n)
            elif op < EQ_WHOLE:
                _flags(op, state[d], state[a], state[b], n)
            elif op < ADD_WHOLE:
                _compare(op, state[d], state[a], state[b], whole[a], whole[b], real[a], real[b], n)
            elif op < ADD_REAL:
                _state(state[d], state[a], state[b], n)
                _wholes(op, whole[d], whole[a], whole[b], n)
            elif op < IF_FLAG:
                _state(state[d], state[a], state[b], n)
                _reals(op, real[d], real[a], real[b], whole[d], whole[a], n)
            elif op < NULL_IF_WHOLE:
                _choose(op, state[d], whole[d], real[d], state[a], state[b], whole[b], real[b], state[c], whole[c],
                        real[c], n)  # fmt: skip
            else:
                _pick(op, state[d], whole[d], real[d], state[a], whole[a], real[a], state[b], whole[b], real[b], n)


@ieee_kernel
def _load_state(flag, register, port, start, n):  # type: ignore[no-untyped-def]
    known, rows, first = port[AT_KNOWN], port[AT_ROWS], port[AT_BIT] + start
    if rows:
        for i in range(n):
            register[i] = byte_at(known, np.int64(int32_at(rows, start + i)))
        return
    for i in range(n):
        register[i] = 0
    if flag:
        _mix(register, port[AT_VALUES], first, n, 1)
    if known:
        _mix(register, known, first, n, 0)


@ieee_kernel
def _mix(register, bits, first, n, flag):  # type: ignore[no-untyped-def]
    """Into a block of zeros the bits of a flag, as 0 and 2; or 1 into any block, wherever the bits say unknown."""
    whole = 0 if first & 7 else n >> 3
    for eight in range(whole):
        byte = byte_at(bits, (first >> 3) + eight)
        for j in range(8):
            bit = (byte >> np.uint8(j)) & np.uint8(1)
            i = eight * 8 + j
            register[i] = bit << np.uint8(1) if flag else (register[i] if bit else np.uint8(1))
    for i in range(whole * 8, n):
        bit = (byte_at(bits, (first + i) >> 3) >> np.uint8((first + i) & 7)) & np.uint8(1)
        register[i] = bit << np.uint8(1) if flag else (register[i] if bit else np.uint8(1))


@ieee_kernel
def _load(register, port, start, n):  # type: ignore[no-untyped-def]
    form, values, rows = port[AT_FORM], port[AT_VALUES], port[AT_ROWS]
    if rows:
        if form == INT32:
            for i in range(n):
                register[i] = int32_at(values, np.int64(int32_at(rows, start + i)))
        elif form == INT64:
            for i in range(n):
                register[i] = int64_at(values, np.int64(int32_at(rows, start + i)))
        else:
            for i in range(n):
                register[i] = float64_at(values, np.int64(int32_at(rows, start + i)))
    elif form == INT32:
        for i in range(n):
            register[i] = int32_at(values, start + i)
    elif form == INT64:
        for i in range(n):
            register[i] = int64_at(values, start + i)
    else:
        for i in range(n):
            register[i] = float64_at(values, start + i)


@ieee_kernel
def _store(column, register, start, n):  # type: ignore[no-untyped-def]
    for i in range(n):
        column[start + i] = register[i]


@ieee_kernel
def _flags(op, d, a, b, n):  # type: ignore[no-untyped-def]
    if op == AND:
        for i in range(n):
            d[i] = min(a[i], b[i])
    elif op == OR:
        for i in range(n):
            d[i] = max(a[i], b[i])
    elif op == NOT:
        for i in range(n):
            d[i] = 2 - a[i]
    elif op == UNKNOWN:
        for i in range(n):
            d[i] = 2 if a[i] == 1 else 0
    elif op == KNOWN:
        for i in range(n):
            d[i] = 0 if a[i] == 1 else 2
    else:
        equal, other = (2, 0) if op == SAME_FLAG else (0, 2)
        for i in range(n):
            d[i] = 1 if a[i] == 1 or b[i] == 1 else (equal if a[i] == b[i] else other)


@ieee_kernel
def _compare(op, d, sa, sb, wa, wb, ra, rb, n):  # type: ignore[no-untyped-def]
    if op == EQ_WHOLE:
        for i in range(n):
            d[i] = 2 if wa[i] == wb[i] else 0
    elif op == NE_WHOLE:
        for i in range(n):
            d[i] = 2 if wa[i] != wb[i] else 0
    elif op == LT_WHOLE:
        for i in range(n):
            d[i] = 2 if wa[i] < wb[i] else 0
    elif op == LE_WHOLE:
        for i in range(n):
            d[i] = 2 if wa[i] <= wb[i] else 0
    elif op == EQ_REAL:
        for i in range(n):
            d[i] = 2 if ra[i] == rb[i] else 0
    elif op == NE_REAL:
        for i in range(n):
            d[i] = 2 if ra[i] != rb[i] else 0
    elif op == LT_REAL:
        for i in range(n):
            d[i] = 2 if ra[i] < rb[i] else 0
    else:
        for i in range(n):
            d[i] = 2 if ra[i] <= rb[i] else 0
    for i in range(n):
        d[i] = 1 if sa[i] | sb[i] else d[i]


@ieee_kernel
def _state(d, a, b, n):  # type: ignore[no-untyped-def]
    for i in range(n):
        d[i] = a[i] | b[i]


@ieee_kernel
def _wholes(op, d, a, b, n):  # type: ignore[no-untyped-def]
    if op == ADD_WHOLE:
        for i in range(n):
            d[i] = a[i] + b[i]
    elif op == SUB_WHOLE:
        for i in range(n):
            d[i] = a[i] - b[i]
    elif op == MUL_WHOLE:
        for i in range(n):
            d[i] = a[i] * b[i]
    elif op == MOD_WHOLE:  # the rest has the sign of the dividend, as in SQL
        for i in range(n):
            rest = abs(a[i]) % abs(b[i]) if b[i] else 0
            d[i] = -rest if a[i] < 0 else rest
    elif op == NEG_WHOLE:
        for i in range(n):
            d[i] = -a[i]
    elif op == ABS_WHOLE:
        for i in range(n):
            d[i] = abs(a[i])
    elif op == BIT_AND:
        for i in range(n):
            d[i] = a[i] & b[i]
    else:
        for i in range(n):
            d[i] = a[i] | b[i]


@ieee_kernel
def _reals(op, d, a, b, wd, wa, n):  # type: ignore[no-untyped-def]
    if op == ADD_REAL:
        for i in range(n):
            d[i] = a[i] + b[i]
    elif op == SUB_REAL:
        for i in range(n):
            d[i] = a[i] - b[i]
    elif op == MUL_REAL:
        for i in range(n):
            d[i] = a[i] * b[i]
    elif op == DIV_REAL:
        for i in range(n):
            d[i] = a[i] / b[i]
    elif op == POW_REAL:
        for i in range(n):
            d[i] = a[i] ** b[i]
    elif op == NEG_REAL:
        for i in range(n):
            d[i] = -a[i]
    elif op == ABS_REAL:
        for i in range(n):
            d[i] = abs(a[i])
    elif op == FLOOR_REAL:
        for i in range(n):
            d[i] = np.floor(a[i])
    elif op == TO_REAL:
        for i in range(n):
            d[i] = np.float64(wa[i])
    else:
        for i in range(n):
            wd[i] = np.int64(np.rint(a[i]))


@ieee_kernel
def _choose(op, sd, wd, rd, condition, sa, wa, ra, sb, wb, rb, n):  # type: ignore[no-untyped-def]
    # Both are read whatever the condition says, so that the loops become vector instructions.
    if op == IF_WHOLE:
        for i in range(n):
            chosen = -np.int64(condition[i] >> 1)
            wd[i] = (wa[i] & chosen) | (wb[i] & ~chosen)
    elif op == IF_REAL:
        for i in range(n):
            then, otherwise = ra[i], rb[i]
            rd[i] = then if condition[i] == 2 else otherwise
    for i in range(n):
        known, other = sa[i], sb[i]
        sd[i] = known if condition[i] == 2 else other


@ieee_kernel
def _pick(op, sd, wd, rd, sa, wa, ra, sb, wb, rb, n):  # type: ignore[no-untyped-def]
    """NULLIF, and the greatest and least of two, where a missing one does not count."""
    if op == NULL_IF_WHOLE:
        for i in range(n):
            wd[i], sd[i] = wa[i], sa[i] | (sb[i] == 0 and wa[i] == wb[i])
    elif op == NULL_IF_REAL:
        for i in range(n):
            rd[i], sd[i] = ra[i], sa[i] | (sb[i] == 0 and ra[i] == rb[i])
    elif op <= MIN_WHOLE:
        for i in range(n):
            first = wa[i] >= wb[i] if op == MAX_WHOLE else wa[i] <= wb[i]
            wd[i] = wa[i] if sb[i] or (first and not sa[i]) else wb[i]
            sd[i] = sa[i] & sb[i]
    else:
        for i in range(n):
            first = ra[i] >= rb[i] if op == MAX_REAL else ra[i] <= rb[i]
            rd[i] = ra[i] if sb[i] or (first and not sa[i]) else rb[i]
            sd[i] = sa[i] & sb[i]
