"""Samples of the registry desk for the matrix of pages × roles."""

from __future__ import annotations

from jiqun.web.accounts.models import User
from jiqun.web.registry.models import SavedView
from tests.web.accounts.matrix import EVERYBODY, OF_A1, OF_COUNTY_A, OF_LAB, SEES_ALL, Sample


def _view(people: dict[str, User], role: str) -> dict[str, int]:
    owner = people[role]
    kept = SavedView.objects.create(owner=owner, organisation=owner.organisation, list_key="places", name="视图")
    return {"pk": kept.pk}


SAMPLES = [
    Sample(("registry:list", "registry:keep_view"), lambda w, p: {"key": "enterprises"}, seen_by=EVERYBODY),
    Sample("registry:list", lambda w, p: {"key": "设备"}, seen_by=EVERYBODY),
    Sample("registry:file", lambda w, p: {"key": "enterprises", "form": "csv"}, seen_by=EVERYBODY),
    Sample("registry:file", lambda w, p: {"key": "recognitions", "form": "xlsx"}, seen_by=EVERYBODY),
    Sample("registry:file", lambda w, p: {"key": "clusters", "form": "parquet"}, seen_by=EVERYBODY),
    Sample("registry:drop_view", lambda w, p: _view(p, "county"), seen_by=frozenset({"county"})),
    Sample("registry:drop_view", lambda w, p: _view(p, "enterprise"), seen_by=frozenset({"enterprise"})),
    Sample("registry:party", lambda w, p: {"uscc": w.parties["a1"].uscc}, seen_by=OF_A1),
    Sample("registry:party", lambda w, p: {"uscc": w.parties["a2"].uscc}, seen_by=OF_COUNTY_A),
    Sample("registry:party", lambda w, p: {"uscc": w.parties["b1"].uscc}, seen_by=SEES_ALL),
    Sample("registry:party", lambda w, p: {"uscc": w.parties["lab"].uscc}, seen_by=OF_LAB),
    Sample("registry:record", lambda w, p: {"key": "reviews", "pk": w.parties["a1"].reviews.get().pk}, seen_by=OF_A1),
    Sample(
        "registry:record", lambda w, p: {"key": "reviews", "pk": w.parties["b1"].reviews.get().pk}, seen_by=SEES_ALL
    ),
]
