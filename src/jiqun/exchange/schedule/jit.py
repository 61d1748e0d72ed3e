"""How the kernels are compiled (cached, without the interpreter's lock or reference counts), and their random numbers."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numba import njit

kernel: Any = partial(njit, cache=True, nogil=True, _nrt=False)()
"""For kernels that allocate nothing.

Numba counts a reference to each array of a tuple at every call, which made moves 25 times slower than they are without.
"""


@kernel
def random(seed):  # type: ignore[no-untyped-def]
    """A number from 0 to 2^31 - 1 (xorshift64*, Vigna 2016); moves the seed on."""
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    return np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(33))
