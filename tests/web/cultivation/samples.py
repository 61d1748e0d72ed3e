"""Samples of the cultivation desk for the matrix of pages × roles."""

from __future__ import annotations

from tests.web.accounts.matrix import OF_A1, OF_COUNTY_A, OF_LAB, SEES_ALL, Sample

SAMPLES = [
    Sample("cultivation:firm", lambda w, p: {"uscc": w.parties["a1"].uscc}, seen_by=OF_A1),
    Sample("cultivation:firm", lambda w, p: {"uscc": w.parties["a2"].uscc}, seen_by=OF_COUNTY_A),
    Sample("cultivation:firm", lambda w, p: {"uscc": w.parties["b1"].uscc}, seen_by=SEES_ALL),
    Sample("cultivation:firm", lambda w, p: {"uscc": w.parties["lab"].uscc}, seen_by=OF_LAB),
]
