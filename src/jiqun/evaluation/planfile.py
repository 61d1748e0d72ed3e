"""A plan in a file of its own (JSON or YAML), instead of the one that the pack declares; and its JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from jiqun.base.errors import InputError, Place, Problem, Problems, did_you_mean
from jiqun.evaluation.framework import Framework
from jiqun.evaluation.plan import Normalise, Plan, Weighting
from jiqun.evaluation.steps.normalise import WAYS
from jiqun.programme.diagnose import problems_of
from jiqun.programme.schema import DIALECT, UntitledSchema
from jiqun.programme.source import Document, Loc, read_document

TITLE = "评价方案有误"


def read_plan(path: Path, tree: Framework) -> Plan:
    """The plan of a file, over the tree of a pack; InputError with every fault, each with line and column."""
    found = Problems()
    if not path.is_file():
        found.add("找不到评价方案文件", Place(str(path)), mend="请检查路径")
    document = None if len(found) else read_document(path, path.name, found)
    found.raise_if_any(TITLE)
    assert document is not None, "a document without problems was read"
    try:
        plan = Plan.model_validate(document.value)
    except ValidationError as error:
        raise InputError(problems_of(error, document, Plan), TITLE) from None
    found.extend(_strange(plan, tree, document))
    found.raise_if_any(TITLE)
    return plan


def _strange(plan: Plan, tree: Framework, document: Document) -> Iterator[Problem]:
    """Codes that the tree does not have, and ways of normalising that there are not."""
    leaves, nodes, every = tree.leaves, tuple(tree.children), tree.codes
    named: list[tuple[Loc, tuple[str, ...], tuple[str, ...]]] = [
        (("normalise_special",), tuple(plan.normalise_special), leaves),
        (("weights_special",), tuple(plan.weights_special), nodes),
        (("aggregate_special",), tuple(plan.aggregate_special), nodes),
    ]
    if isinstance(plan.weights, dict):
        named.append((("weights",), tuple(plan.weights), every))
    if isinstance(plan.weights, Weighting):
        named.append((("weights", "shares"), tuple(plan.weights.shares), every))
    for loc, codes, known in named:
        for code in codes:
            if code not in known:
                mend = did_you_mean(code, known) or f"可用 {'、'.join(known)}"
                yield Problem("评价体系里没有这个编号", document.key_place((*loc, code)), found=code, mend=mend)
    scales: list[tuple[Loc, Normalise]] = [(("normalise",), plan.normalise)]
    scales += [(("normalise_special", code), how) for code, how in plan.normalise_special.items()]
    for at, how in scales:
        if how.how not in WAYS:
            mend = did_you_mean(how.how, WAYS) or f"可用 {'、'.join(WAYS)}"
            yield Problem("没有这种标准化方法", document.place((*at, "how")), found=how.how, mend=mend)


def plan_schema() -> dict[str, Any]:
    """The JSON Schema of a plan, for editors."""
    return {"$schema": DIALECT, **Plan.model_json_schema(schema_generator=UntitledSchema)}


def write_plan_schema(path: Path) -> None:
    """Write the schema of a plan."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_text(json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)
