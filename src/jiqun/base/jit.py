"""How loops over numbers are compiled: cached on disk, without the interpreter's lock or reference counts."""

from __future__ import annotations

from functools import partial
from typing import Any

from numba import njit

kernel: Any = partial(njit, cache=True, nogil=True, error_model="numpy", _nrt=False)()
"""For functions that allocate nothing: counting a reference to each view costs more than the loop over it."""
