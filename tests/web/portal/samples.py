"""Samples of the portal for the matrix of pages × roles."""

from __future__ import annotations

from tests.web.accounts.matrix import EVERYBODY, Sample

SAMPLES = [
    Sample("portal:cluster", lambda w, p: {"code": w.clusters["a"].code}, seen_by=EVERYBODY),
]
