"""Masks of missing facts spelt out as the levels and indices of a Parquet column of lists."""

from __future__ import annotations

import numpy as np

from jiqun.base.jit import ieee_kernel, lowest_bit


@ieee_kernel
def counts(masks, codes, unknown, found):  # type: ignore[no-untyped-def]
    """Places among the levels (an empty list takes one) and names of all rows, into `found`.

    A row has names where its outcome is `unknown`: one for each bit of its mask.
    """
    places, names = 0, 0
    for i in range(len(masks)):
        mask = masks[i] if codes[i] == unknown else 0
        own = 0
        while mask:
            mask &= mask - 1
            own += 1
        names += own
        places += max(own, 1)
    found[0], found[1] = places, names


@ieee_kernel
def spell(masks, codes, unknown, labels, repeated, defined, names):  # type: ignore[no-untyped-def]
    """The same rows spelt out: levels packed into zeroed bytes (one bit and two bits each), and the names.

    `labels` is the place of each bit's name in the dictionary.
    """
    place, at = 0, 0
    for i in range(len(masks)):
        mask = masks[i] if codes[i] == unknown else 0
        if not mask:
            place += 1
            continue
        first = True
        while mask:
            if not first:
                repeated[place >> 3] |= np.uint8(1 << (place & 7))
            defined[place >> 2] |= np.uint8(2 << 2 * (place & 3))
            names[at] = labels[lowest_bit(mask)]
            at += 1
            place += 1
            first = False
            mask &= mask - 1
