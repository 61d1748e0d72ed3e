"""How loops over numbers are compiled: cached on disk, without the interpreter's lock or reference counts."""

from __future__ import annotations

from functools import partial
from typing import Any

from numba import njit, types
from numba.extending import intrinsic

_bare: Any = partial(njit, cache=True, nogil=True, _nrt=False)
kernel: Any = _bare()
"""For functions that allocate nothing.

Numba counts a reference to each array, view or tuple of them at every call, which costs more than a short loop over it:
it made moves of the scheduler 25 times slower than they are without.
"""
ieee_kernel: Any = _bare(error_model="numpy")
"""The same where a division by zero is infinite or no number, not an error."""


def _reader(type_: Any) -> Any:
    @intrinsic
    def value_at(typing, address, index):  # type: ignore[no-untyped-def]
        def code(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            pointer = builder.inttoptr(arguments[0], context.get_value_type(type_).as_pointer())
            return builder.load(builder.gep(pointer, [arguments[1]]))

        return type_(types.int64, types.int64), code

    return value_at


byte_at, int32_at, int64_at, float64_at = map(_reader, (types.uint8, types.int32, types.int64, types.float64))
"""The value with some number in memory that begins at an address: nothing checks that it is there.

For kernels over many arrays whose number is not known when they are compiled.
"""


@intrinsic
def lowest_bit(typing, mask):  # type: ignore[no-untyped-def]
    """The number of the lowest bit that is set, of a mask that is not zero."""

    def code(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))

    return types.int64(types.int64), code
