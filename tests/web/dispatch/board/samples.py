"""Samples of the board for the matrix of pages × roles."""

from __future__ import annotations

from tests.web.accounts.matrix import EVERYBODY, OF_COUNTY_A, SEES_ALL, Sample

SAMPLES = [
    Sample("board:board-export", lambda w, p: {"form": "csv"}, seen_by=EVERYBODY),
    Sample(
        "board:coverage-cell",
        lambda w, p: {"target_id": "cluster-coverage", "cluster": "cluster-a"},
        seen_by=OF_COUNTY_A,
    ),
    Sample(
        "board:coverage-cell", lambda w, p: {"target_id": "cluster-coverage", "cluster": "cluster-b"}, seen_by=SEES_ALL
    ),
    Sample("board:shares", lambda w, p: {"target_id": "example-new"}, seen_by=EVERYBODY),
    Sample("board:shares-county", lambda w, p: {"target_id": "example-new", "code": "990102"}, seen_by=OF_COUNTY_A),
    Sample("board:shares-county", lambda w, p: {"target_id": "example-new", "code": "990103"}, seen_by=SEES_ALL),
]
