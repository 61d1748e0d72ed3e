"""A problem changed in a part that is known to be sound: nothing is checked or laid out twice."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from jiqun.exchange.schedule.arrays import Arrays
from jiqun.exchange.schedule.problem import Problem

_OF_JOBS = ("operations", "job_index", "operation_index", "arrays")
_PTRS = {"job_ptr": "job", "alt_ptr": "alt_machine", "pred_ptr": "pred", "succ_ptr": "succ"}
_OF_MACHINES = ("site", "setup_rate", "matrix", "first_family", "setup", "move_time", "move_cost")


def derive(problem: Problem, **changes: Any) -> Problem:
    """The problem with other fields, unchecked: for callers that have checked the change by itself.

    Only closures of machines may change among the machines.
    """
    made: Problem = object.__new__(Problem)
    for f in fields(Problem):
        object.__setattr__(made, f.name, changes.get(f.name, getattr(problem, f.name)))
    kept = ["machine_index"] + ([] if "jobs" in changes else list(_OF_JOBS))
    for name in kept:
        made.__dict__[name] = getattr(problem, name)
    return made


def with_job(problem: Problem, alone: Problem) -> Problem:
    """The problem with the job of `alone`, a problem of that job on the same machines, at the end."""
    (job,) = alone.jobs
    made = derive(problem, jobs=(*problem.jobs, job))
    a, b = problem.arrays, alone.arrays
    joined: dict[str, Any] = {}
    for f in fields(Arrays):
        old, new = getattr(a, f.name), getattr(b, f.name)
        if f.name in _OF_MACHINES:
            joined[f.name] = old
        elif f.name == "chains":
            joined[f.name] = old and new
        elif f.name in _PTRS:
            joined[f.name] = np.concatenate([old, new[1:] + old[-1]])
        elif f.name == "job":
            joined[f.name] = np.concatenate([old, new + a.n_jobs]).astype(np.int32)
        elif f.name in ("pred", "succ"):
            joined[f.name] = np.concatenate([old, new + a.n_operations]).astype(np.int32)
        else:
            joined[f.name] = np.concatenate([old, new])
    joined = {k: v.astype(getattr(a, k).dtype) if k in _PTRS else v for k, v in joined.items()}
    made.__dict__["arrays"] = replace(a, **joined)
    made.__dict__["operations"] = problem.operations + alone.operations
    made.__dict__["job_index"] = {**problem.job_index, job.name: len(problem.jobs)}
    size = len(problem.operations)
    made.__dict__["operation_index"] = {
        **problem.operation_index,
        **{k: size + i for k, i in alone.operation_index.items()},
    }
    return made
