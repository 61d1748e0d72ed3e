"""The random numbers of the kernels."""

from __future__ import annotations

import numpy as np

from jiqun.base.jit import kernel


@kernel
def random(seed):  # type: ignore[no-untyped-def]
    """A number from 0 to 2^31 - 1 (xorshift64*, Vigna 2016); moves the seed on."""
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    return np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(33))
