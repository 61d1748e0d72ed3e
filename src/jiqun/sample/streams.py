"""Random streams: one for each purpose, so that a change in one place moves nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np


@dataclass(frozen=True)
class Streams:
    """Independent generators derived from one seed by name."""

    seed: int

    def at(self, *name: str | int) -> np.random.Generator:
        """The generator of that name; the same seed and name give the same numbers."""
        return np.random.default_rng([self.seed, *(n if isinstance(n, int) else crc32(n.encode()) for n in name)])
