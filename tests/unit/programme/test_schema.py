"""The JSON Schema for editors: committed, current, Chinese, and as strict as the models."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiqun.programme.pack import PART_KINDS
from jiqun.programme.schema import schemas, write_schemas

COMMITTED = Path(__file__).resolve().parents[3] / "docs" / "schema"


def test_the_committed_files_are_current(tmp_path: Path) -> None:
    written = write_schemas(tmp_path)
    assert sorted(p.name for p in written) == sorted(p.name for p in COMMITTED.iterdir())
    for path in written:
        committed = (COMMITTED / path.name).read_text(encoding="utf-8")
        assert path.read_text(encoding="utf-8") == committed, "run: jiqun schema --out docs/schema"


def _objects(schema: object) -> Iterator[dict[str, object]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from _objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _objects(value)


@pytest.mark.parametrize("kind", PART_KINDS, ids=lambda kind: kind.schema)
def test_each_schema_is_strict_and_explained_in_chinese(kind: object) -> None:
    schema = schemas()[f"{kind.schema}.schema.json"]  # type: ignore[attr-defined]
    json.dumps(schema)
    for model in _objects(schema):
        properties = model.get("properties")
        if not isinstance(properties, dict) or "title" not in model:
            continue
        assert model["additionalProperties"] is False
        assert re.search("[一-鿿]", str(model["title"]))
        for name, value in properties.items():
            assert re.search("[一-鿿]", value.get("description", "")), f"{model['title']}.{name} has no description"


def test_names_may_be_chinese_and_quantities_bare() -> None:
    specs = schemas()["indicators.schema.json"]["$defs"]["IndicatorSpec"]["properties"]
    assert specs["name"] == {"description": "名称，规则中使用", "type": "string", "minLength": 1}
    target = schemas()["targets.schema.json"]["$defs"]["Target"]
    assert target["properties"]["goal"]["type"] == ["string", "number"]
    assert {"from", "due", "goal", "measure"} <= set(target["required"])
    assert "from_" not in target["properties"]
