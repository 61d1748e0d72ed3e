"""Proven lower bounds of the makespan of a plain shop: the longest job, and the load of the machines."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from jiqun.exchange.schedule.plain.shop import Shop

PRECISION = 1_000_000
"""Prices are rounded to so many parts; the bound is then exact in whole numbers."""


def lower_bound(shop: Shop) -> int:
    """The greater of both bounds, in units of time."""
    return max(job_bound(shop), load_bound(shop))


def job_bound(shop: Shop) -> int:
    """The latest end of a job with every operation as early as it may be, on its fastest machine."""
    least = np.minimum.reduceat(shop.duration, shop.way_ptr[:-1])
    whole = np.add.reduceat(least, shop.job_ptr[:-1])
    job = np.repeat(np.arange(len(whole)), np.diff(shop.job_ptr))
    before = np.cumsum(least) - least
    rest = whole[job] - (before - before[shop.job_ptr[:-1]][job])
    return int((shop.ready + rest).max())


def load_bound(shop: Shop) -> int:
    """The least possible load of the fullest machine, operations being divisible among their machines.

    The linear programme gives prices y ≥ 0 of machines, Σ y = 1; whatever they are, no plan is shorter than
    Σ over operations of the least y·duration (weak duality). This sum is taken exactly over prices rounded to whole
    parts, so that the bound holds although the programme was solved in floating point.
    """
    ways, n = len(shop.machine), shop.size
    owner, at = np.repeat(np.arange(n), np.diff(shop.way_ptr)), np.arange(ways)
    load = sp.csr_matrix((shop.duration.astype(float), (shop.machine, at)), (shop.machines, ways))
    once = sp.csr_matrix((np.ones(ways), (owner, at)), (n, ways))
    found = linprog(
        np.r_[np.zeros(ways), 1.0], A_ub=sp.hstack([load, -np.ones((shop.machines, 1))]).tocsr(),
        b_ub=np.zeros(shop.machines), A_eq=sp.hstack([once, sp.csr_matrix((n, 1))]).tocsr(), b_eq=np.ones(n),
        bounds=(0, None), method="highs",
    )  # fmt: skip
    if found.status != 0:
        return 0
    price = np.rint(np.maximum(-found.ineqlin.marginals, 0) * PRECISION).astype(np.int64)
    if not price.sum():
        return 0
    dear = np.minimum.reduceat(price[shop.machine] * shop.duration, shop.way_ptr[:-1])
    return -(-sum(map(int, dear)) // int(price.sum()))
