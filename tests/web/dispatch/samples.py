"""Samples of the dispatch desk for the matrix of pages × roles; what a target counts is limited to the scope inside."""

from __future__ import annotations

from tests.web.accounts.matrix import EVERYBODY, Sample

SAMPLES = [
    Sample(
        ("dispatch:target", "dispatch:target-records", "dispatch:target-export"),
        lambda w, p: {"target_id": "example-new"},
        seen_by=EVERYBODY,
    ),
]
