"""Whole tables at once, within the scope: Arrow streams and CSV."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, Any, Literal

import pyarrow as pa
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Path, Router

from jiqun.web.accounts.scope import Scope
from jiqun.web.api import shown
from jiqun.web.api.access import reader
from jiqun.web.api.endpoints.figures import note_reading
from jiqun.web.api.endpoints.registry import WITH_SUBJECT
from jiqun.web.api.models import Permission
from jiqun.web.api.schemas import answers
from jiqun.web.portal.exports import csv_lines

router = Router(tags=["批量导出"])
BATCH = 10_000
_TEXT, _DATE, _FLAG = pa.string(), pa.date32(), pa.bool_()
Rows = Callable[[Scope], QuerySet[Any]]
TABLES: dict[str, tuple[Permission, Rows, Callable[[Any], dict[str, Any]], pa.Schema]] = {
    "places": (
        Permission.REGISTRY, lambda s: s.places().select_related("parent"), shown.place,
        pa.schema([("code", _TEXT), ("name", _TEXT), ("kind", _TEXT), ("parent", _TEXT)]),
    ),
    "clusters": (
        Permission.REGISTRY, lambda s: s.clusters().select_related("county"), shown.cluster,
        pa.schema([("id", _TEXT), ("name", _TEXT), ("county", _TEXT), ("chain", _TEXT), ("provincial_key", _FLAG)]),
    ),
    "parties": (
        Permission.REGISTRY, lambda s: s.parties().select_related("county", "cluster"), shown.party,
        pa.schema([("uscc", _TEXT), ("name", _TEXT), ("kind", _TEXT), ("cluster", _TEXT), ("county", _TEXT),
                   ("industry", _TEXT), ("founded_on", _DATE), ("size_class", _TEXT), ("above_size", _FLAG)]),
    ),
    "recognitions": (
        Permission.REGISTRY, lambda s: s.recognitions().select_related(*WITH_SUBJECT), shown.recognition,
        pa.schema([("subject_kind", _TEXT), ("subject", _TEXT), ("title", _TEXT), ("awarded_on", _DATE),
                   ("valid_until", _DATE)]),
    ),
    "observations": (
        Permission.FIGURES, lambda s: s.observations().select_related(*WITH_SUBJECT), shown.observation,
        pa.schema([("subject_kind", _TEXT), ("subject", _TEXT), ("indicator", _TEXT), ("period", _TEXT),
                   ("value", _TEXT), ("state", _TEXT), ("source", _TEXT)]),
    ),
}  # fmt: skip
DESCRIBED = {
    "responses": {
        200: {
            "description": "Arrow 流或 CSV",
            "content": {"application/vnd.apache.arrow.stream": {"schema": {}}, "text/csv": {"schema": {}}},
        }
    }
}
Table = Literal["places", "clusters", "parties", "recognitions", "observations"]


@router.get("/export/{table}.{form}", summary="导出整张表", response=answers(None), openapi_extra=DESCRIBED)
def export(
    request: HttpRequest, table: Table, form: Annotated[Literal["arrow", "csv"], Path()]
) -> StreamingHttpResponse:
    """Everything within the scope, streamed; needs the permission of the table and that of bulk."""
    permission, rows, show, schema = TABLES[table]
    reader(request, Permission.BULK)
    found = rows(reader(request, permission)).order_by("pk").iterator(BATCH)
    if table == "observations":
        note_reading(request, "接口：批量导出指标数据")
    lines = (show(row) for row in found)
    if form == "arrow":
        response = StreamingHttpResponse(_arrow(lines, schema), content_type="application/vnd.apache.arrow.stream")
    else:
        cells = ([line[name] for name in schema.names] for line in lines)
        response = StreamingHttpResponse(csv_lines(schema.names, cells), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table}.{form}"'
    return response


def _arrow(lines: Iterator[dict[str, Any]], schema: pa.Schema) -> Iterator[bytes]:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        while batch := list(islice(lines, BATCH)):
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schema=schema))
            yield _taken(sink)
    yield _taken(sink)


def _taken(sink: io.BytesIO) -> bytes:
    content = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return content
