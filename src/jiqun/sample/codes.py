"""Unified social credit codes in a range that no authority issues, with both check digits valid."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

RESERVED_AUTHORITY = "0"
"""GB 32100-2015 gives 1-9, A, N and Y to registration authorities; 0 is issued by nobody."""
_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
_VALUE = np.zeros(128, dtype=np.int64)
_VALUE[_ALPHABET] = np.arange(31)
_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_ORGANISATION_CHECK = np.frombuffer(b"0123456789X", dtype=np.uint8)


def demonstration_codes(entity: str, regions: list[str], region: npt.NDArray[np.int64], first: int) -> pa.StringArray:
    """Codes of `0`, the entity digit, a region each, a running number from `first`, and the check digits.

    `regions` are six-digit codes, `region` indexes them. The organisation part is `D` and seven digits with its own
    check character (GB 11714), so at most ten million codes differ.
    """
    n = len(region)
    text = np.empty((n, 18), dtype=np.uint8)
    text[:, 0] = ord(RESERVED_AUTHORITY)
    text[:, 1] = ord(entity)
    heads = np.frombuffer("".join(regions).encode(), dtype=np.uint8).reshape(-1, 6)
    text[:, 2:8] = heads[region]
    text[:, 8] = ord("D")
    numbers = first + np.arange(n)
    for place in range(7):
        text[:, 15 - place] = ord("0") + numbers // 10**place % 10
    organisation = np.where(text[:, 8:16] >= ord("A"), text[:, 8:16] - 55, text[:, 8:16] - 48).astype(np.int64)
    remainder = (11 - organisation @ _ORGANISATION_WEIGHTS % 11) % 11
    text[:, 16] = _ORGANISATION_CHECK[remainder]
    text[:, 17] = _ALPHABET[(31 - _VALUE[text[:, :17]] @ _WEIGHTS % 31) % 31]
    offsets = np.arange(n + 1, dtype=np.int32) * 18
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(text.tobytes()))
