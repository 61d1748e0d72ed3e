"""Closeness of two Chinese texts: the pairs of neighbouring characters that they share.

A text becomes the set of its pairs of neighbouring letters and digits (a single one stands alone), hashed into
`BITS` buckets. Closeness is the cosine of two such sets (Ochiai's coefficient): what is in both over the
geometric mean of their sizes. Counts are whole numbers, so every engine finds the same closeness; two different
pairs meet in one bucket once in `BITS` times. No model, no dictionary, nothing random.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

BITS = 1024
WORDS = BITS // 64
_BREAK = re.compile(r"[\W_]+")
_MIX, _SPREAD, _WHOLE = 0x9E3779B1, 0x85EBCA77, 0xFFFFFFFF


def signatures(texts: Sequence[str | None]) -> npt.NDArray[np.int64]:
    """The buckets of each text as bits: one row of `WORDS` whole numbers a text; nothing set where it is missing."""
    cleaned = [_BREAK.sub(" ", unicodedata.normalize("NFKC", t or "").lower()) for t in texts]
    letters = np.frombuffer("".join(f" {t} " for t in cleaned).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(cleaned)), [len(t) + 2 for t in cleaned])
    found = np.zeros((len(cleaned), BITS), dtype=bool) if len(cleaned) <= _CHUNK else None
    if found is None:
        parts = [signatures(texts[i : i + _CHUNK]) for i in range(0, len(texts), _CHUNK)]
        return np.concatenate(parts)
    blank = letters == ord(" ")
    pair = np.flatnonzero(~blank[:-1] & ~blank[1:]) if len(letters) else np.zeros(0, dtype=np.int64)
    found[owner[pair], _bucket(letters[pair], letters[pair + 1])] = True
    alone = np.flatnonzero(blank[:-2] & ~blank[1:-1] & blank[2:]) + 1 if len(letters) > 2 else pair[:0]
    found[owner[alone], _bucket(letters[alone], np.zeros(len(alone), dtype=np.uint64))] = True
    return np.packbits(found, axis=1, bitorder="little").view(np.int64)


_CHUNK = 20_000


def _bucket(first: npt.NDArray[np.uint64], second: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    mixed = ((first * np.uint64(_MIX) & np.uint64(_WHOLE)) + second) & np.uint64(_WHOLE)
    return ((mixed * np.uint64(_SPREAD) & np.uint64(_WHOLE)) >> np.uint64(22)).astype(np.int64)


def closeness(a: str, b: str) -> float:
    """How close two texts are, 0 to 1; 0 where one has no letter or digit."""
    x, y = (set(np.flatnonzero(np.unpackbits(row.view(np.uint8), bitorder="little"))) for row in signatures([a, b]))
    return cosine(len(x & y), len(x), len(y))


def cosine(common: int, first: int, second: int) -> float:
    """What two sets share over the geometric mean of their sizes."""
    return common / math.sqrt(first * second) if first and second else 0.0
