"""Leave out units of which too little is known (OECD & JRC 2008, step 3; as COINr's screening)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Ints


@dataclass(frozen=True)
class Screening:
    """Which units stay, and the share of indicators known of each."""

    kept: Ints
    availability: Floats
    nonzero: Floats
    """The share of known figures that are not zero."""


def screen(values: Floats, least_known: float = 0.0, least_nonzero: float = 0.0) -> Screening:
    """Keep the units (rows) of which at least the share `least_known` of indicators is known and, of those, not zero.

    A unit exactly at a threshold stays. EvaluationError where nobody does.
    """
    known = ~np.isnan(values)
    availability = known.mean(axis=1)
    counts = known.sum(axis=1)
    nonzero = np.divide((known & (values != 0)).sum(axis=1), counts, out=np.zeros(len(values)), where=counts > 0)
    kept = np.flatnonzero((availability >= least_known) & (nonzero >= least_nonzero))
    if len(kept) == 0:
        raise fault("没有单位达到数据完整率要求", f"请补报数据，或把要求的完整率 {least_known:.0%} 调低")
    return Screening(kept, availability, nonzero)
