"""Reads of the dispatch desk."""

from __future__ import annotations

from jiqun.web.dispatch.overview import overview
from jiqun.web.dispatch.records import PARTS, RecordQuery, all_records, records
from jiqun.web.dispatch.target import target_page

__all__ = ["PARTS", "RecordQuery", "all_records", "overview", "records", "target_page"]
