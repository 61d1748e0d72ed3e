"""A problem as columns, for solvers: operations in the order of the jobs, everything else by position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from jiqun.exchange.schedule.problem import Problem

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NONE = -1
"""Stands for 'no family', 'no matrix'."""
NEVER = 1 << 60
"""Stands for 'no due date': nothing is late for it."""


@dataclass(frozen=True, eq=False)
class Arrays:
    """Columns of a problem; `x_ptr[i]:x_ptr[i+1]` are the entries of i in x (CSR)."""

    job_ptr: Ints
    """(jobs+1) operations of each job"""
    job: Ints
    """(operations) job of each operation"""
    alt_ptr: Ints
    """(operations+1) alternatives of each operation"""
    alt_machine: Ints
    alt_duration: Ints
    alt_cost: Longs
    pred_ptr: Ints
    """(operations+1) direct predecessors of each operation"""
    pred: Ints
    succ_ptr: Ints
    succ: Ints
    chains: bool
    """whether every operation follows exactly the one before it in its job"""
    release: Longs
    """(jobs)"""
    due: Longs
    """(jobs), NEVER without one"""
    weight: Longs
    family: Ints
    """(operations) number of the family, NONE without one"""
    quantity: Ints
    most_lots: Ints
    smallest_lot: Ints
    interruptible: npt.NDArray[np.bool_]
    earliest: Longs
    """(operations) the earliest start, that of its job where it has none"""
    site: Ints
    """(machines)"""
    setup_rate: Longs
    matrix: Ints
    """(machines) number of the changeover matrix, NONE without one"""
    first_family: Ints
    """(machines) what it is set up for at first, NONE if unknown"""
    setup: Longs
    """(matrices, families, families) working time to change over; at least one of each, zero where nothing is given"""
    move_time: Longs
    """(sites, sites)"""
    move_cost: Longs

    @property
    def n_operations(self) -> int:
        """How many operations there are."""
        return len(self.job)

    @property
    def n_machines(self) -> int:
        """How many machines there are."""
        return len(self.site)

    @property
    def n_jobs(self) -> int:
        """How many jobs there are."""
        return len(self.release)

    @classmethod
    def of(cls, problem: Problem) -> Arrays:
        """The columns of a problem that has been checked."""
        return cls(**_jobs(problem), **_machines(problem))


def _jobs(problem: Problem) -> dict[str, Any]:
    ops, machines = problem.operations, problem.machine_index
    families = _families(problem)
    alternatives = [a for _, op in ops for a in op.alternatives]
    preds, chains = _predecessors(problem)
    succs: list[list[int]] = [[] for _ in ops]
    for i, before in enumerate(preds):
        for b in before:
            succs[b].append(i)
    jobs = problem.jobs
    sizes = [len(j.operations) for j in jobs]
    return {
        "job_ptr": _ptr(sizes),
        "job": np.repeat(np.arange(len(jobs), dtype=np.int32), sizes),
        "alt_ptr": _ptr([len(op.alternatives) for _, op in ops]),
        "alt_machine": np.array([machines[a[0]] for a in alternatives], np.int32),
        "alt_duration": np.array([a[1] for a in alternatives], np.int32),
        "alt_cost": np.array([a[2] for a in alternatives], np.int64),
        "pred_ptr": _ptr(list(map(len, preds))),
        "pred": np.array([b for before in preds for b in before], np.int32),
        "succ_ptr": _ptr(list(map(len, succs))),
        "succ": np.array([a for after in succs for a in after], np.int32),
        "chains": chains,
        "release": np.array([j.release for j in jobs], np.int64),
        "due": np.array([NEVER if j.due is None else j.due for j in jobs], np.int64),
        "weight": np.array([j.weight for j in jobs], np.int64),
        "family": np.array([NONE if op.family is None else families.get(op.family, NONE) for _, op in ops], np.int32),
        "quantity": np.array([op.quantity for _, op in ops], np.int32),
        "most_lots": np.array([op.most_lots for _, op in ops], np.int32),
        "smallest_lot": np.array([op.smallest_lot for _, op in ops], np.int32),
        "earliest": np.array(
            [job.release if op.earliest is None else max(op.earliest, job.release) for job, op in ops], np.int64
        ),
        "interruptible": np.array([op.interruptible for _, op in ops], np.bool_),
    }


def _machines(problem: Problem) -> dict[str, Any]:
    families, machines = _families(problem), problem.machines
    sites = {s: i for i, s in enumerate(sorted({m.site for m in machines}))}
    matrices = {m.name: i for i, m in enumerate(problem.setups)}
    setup = np.zeros((max(1, len(matrices)), max(1, len(families)), max(1, len(families))), np.int64)
    for matrix in problem.setups:
        at = [families[f] for f in matrix.families]
        setup[matrices[matrix.name]][np.ix_(at, at)] = matrix.times
    time, cost = (np.zeros((len(sites), len(sites)), np.int64) for _ in range(2))
    # The way back first, so that one that is given itself stands.
    for back in (True, False):
        for t in problem.transports:
            ends = (t.destination, t.origin) if back else (t.origin, t.destination)
            if all(end in sites for end in ends):
                a, b = (sites[end] for end in ends)
                time[a, b], cost[a, b] = t.time, t.cost
    return {
        "site": np.array([sites[m.site] for m in machines], np.int32),
        "setup_rate": np.array([m.setup_rate for m in machines], np.int64),
        "matrix": np.array([NONE if m.setups is None else matrices[m.setups] for m in machines], np.int32),
        "first_family": np.array([NONE if m.family is None else families.get(m.family, NONE) for m in machines], np.int32),
        "setup": setup,
        "move_time": time,
        "move_cost": cost,
    }  # fmt: skip


def _families(problem: Problem) -> dict[str, int]:
    return {f: i for i, f in enumerate(dict.fromkeys(f for m in problem.setups for f in m.families))}


def _predecessors(problem: Problem) -> tuple[list[list[int]], bool]:
    found: list[list[int]] = []
    chains = True
    for job in problem.jobs:
        first = len(found)
        at: dict[str, int] | None = None
        for k, op in enumerate(job.operations):
            if op.after is None:
                found.append([first + k - 1] if k else [])
                continue
            at = at or {o.name: first + i for i, o in enumerate(job.operations)}
            before = [at[name] for name in op.after]
            chains = chains and before == ([first + k - 1] if k else [])
            found.append(before)
    return found, chains


def _ptr(sizes: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int32)
