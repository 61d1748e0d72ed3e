"""Samples of uploads for the matrix of pages × roles."""

from __future__ import annotations

import secrets

from jiqun.web.accounts.models import User
from jiqun.web.registry.intake.models import Upload
from tests.web.accounts.matrix import OF_COUNTY_A, SEES_ALL, Sample

PAGE = "intake:upload"
FILES = ("intake:original", "intake:marked")
ACTS = ("intake:confirm", "intake:drop", "intake:resume")


def upload_of(actor: User) -> dict[str, int]:
    """A checked upload with its files."""
    assert actor.organisation is not None
    upload = Upload.objects.create(
        what="parties", title="企业名录", actor=actor, organisation=actor.organisation, name="a.xlsx", size=1,
        sha256="0" * 64, folder=secrets.token_hex(16), state="wrong",
        counts={"new": 0, "changed": 0, "unchanged": 0, "wrong": 1, "problems": 1},
    )  # fmt: skip
    upload.path.mkdir(parents=True)
    for path in (upload.original, upload.marked_copy):
        path.write_bytes(b"x")
    return {"pk": upload.pk}


SAMPLES = [
    Sample((PAGE, *FILES), lambda w, p: upload_of(p["county"]), seen_by=OF_COUNTY_A),
    Sample((PAGE, *FILES), lambda w, p: upload_of(p["city"]), seen_by=SEES_ALL),
    Sample(ACTS, lambda w, p: upload_of(p["county"]), seen_by=frozenset({"county"})),
    Sample(ACTS, lambda w, p: upload_of(p["city"]), seen_by=frozenset({"city"})),
]
