"""How the kernels are compiled: cached, without the interpreter's lock, and without counting references."""

from __future__ import annotations

from functools import partial
from typing import Any

from numba import njit

kernel: Any = partial(njit, cache=True, nogil=True, _nrt=False)()
"""For kernels that allocate nothing.

Numba counts a reference to each array of a tuple at every call, which made moves 25 times slower than they are without.
"""
