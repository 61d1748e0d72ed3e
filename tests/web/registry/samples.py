"""Samples of the registry desk for the matrix of pages × roles."""

from __future__ import annotations

from datetime import date
from typing import Any

from jiqun.web.accounts.models import User
from jiqun.web.registry.models import Attachment, Entry, SavedView
from jiqun.web.registry.services.attachments import path_of
from tests.web.accounts.matrix import EVERYBODY, OF_A1, OF_COUNTY_A, OF_LAB, SEES_ALL, Sample
from tests.web.world import World

FIRMS = {"enterprise", "provider"}


def _view(people: dict[str, User], role: str) -> dict[str, int]:
    owner = people[role]
    kept = SavedView.objects.create(owner=owner, organisation=owner.organisation, list_key="places", name="视图")
    return {"pk": kept.pk}


def _file(world: World, key: str) -> dict[str, int]:
    entry, owner = world.parties[key].entrys.get(), make_owner()
    stored = f"{key}.pdf"
    kept = Attachment.objects.create(entry_id=entry.pk, name="证书.pdf", stored=stored, size=5, uploaded_by=owner)
    path = path_of(kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-")
    return {"pk": kept.pk}


def _waiting(world: World, key: str) -> dict[str, Any]:
    given = {"register": "设备", "on": date(2025, 6, 30), "state": "submitted"}
    return {"key": "设备", "pk": Entry.objects.create(party=world.parties[key], **given).pk}


def make_owner() -> User:
    """Whoever is there."""
    found = User.objects.first()
    assert found is not None
    return found


def _pair(world: World, kept: str, gone: str) -> dict[str, str]:
    return {"kept": world.parties[kept].uscc, "gone": world.parties[gone].uscc}


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
    Sample("registry:create", lambda w, p: {"key": "enterprises"}, seen_by=EVERYBODY - FIRMS),
    Sample("registry:create", lambda w, p: {"key": "places"}, seen_by=SEES_ALL),
    Sample("registry:create", lambda w, p: {"key": "设备"}, seen_by=EVERYBODY),
    Sample(
        ("registry:edit", "registry:delete"),
        lambda w, p: {"key": "enterprises", "pk": w.parties["a1"].pk}, seen_by=OF_COUNTY_A,
    ),
    Sample(("registry:edit", "registry:delete"), lambda w, p: _waiting(w, "a1"), seen_by=OF_A1),
    Sample(("registry:edit", "registry:delete"), lambda w, p: _waiting(w, "lab"), seen_by=OF_LAB),
    Sample(
        ("registry:edit", "registry:delete"),
        lambda w, p: {"key": "recognitions", "pk": w.parties["b1"].recognitions.get().pk}, seen_by=SEES_ALL,
    ),
    Sample("registry:attachment", lambda w, p: _file(w, "a1"), seen_by=OF_A1),
    Sample("registry:attachment", lambda w, p: _file(w, "lab"), seen_by=OF_LAB),
    Sample("registry:rename", lambda w, p: {"uscc": w.parties["a1"].uscc}, seen_by=OF_COUNTY_A),
    Sample("registry:rename", lambda w, p: {"uscc": w.parties["b1"].uscc}, seen_by=SEES_ALL),
    Sample("registry:merge", lambda w, p: _pair(w, "a1", "a2"), seen_by=OF_COUNTY_A),
    Sample("registry:merge", lambda w, p: _pair(w, "a1", "b1"), seen_by=SEES_ALL),
]  # fmt: skip
