"""How loops over numbers are compiled: cached on disk, without the interpreter's lock or reference counts."""

from __future__ import annotations

from functools import partial
from typing import Any

from numba import njit

_bare: Any = partial(njit, cache=True, nogil=True, _nrt=False)
kernel: Any = _bare()
"""For functions that allocate nothing.

Numba counts a reference to each array, view or tuple of them at every call, which costs more than a short loop over it:
it made moves of the scheduler 25 times slower than they are without.
"""
ieee_kernel: Any = _bare(error_model="numpy")
"""The same where a division by zero is infinite or no number, not an error."""
