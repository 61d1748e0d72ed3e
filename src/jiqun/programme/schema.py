"""JSON Schema of the pack's files, for editors: completion, hints in Chinese, and faults while typing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from jiqun.programme.pack import PART_KINDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class UntitledSchema(GenerateJsonSchema):
    """Leaves out the titles that pydantic makes of English field names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each kind of file, by the schema's file name."""
    result = {}
    for kind in PART_KINDS:
        made = kind.model.model_json_schema(by_alias=True, schema_generator=UntitledSchema)
        result[f"{kind.schema}.schema.json"] = {"$schema": DIALECT, "description": f"方案包 {kind.pattern}", **made}
    return result


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into the folder (made where it is missing); the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path, draft = folder / name, folder / f".{name}.part"
        draft.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        draft.replace(path)
        written.append(path)
    return written
