"""Samples of the reporting rounds for the matrix of pages × roles: a county's assignment and a firm's."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from jiqun.web.dispatch.rounds.models import Assignment, Cell, Line, Round, RoundItem
from tests.web.accounts.matrix import OF_A1, OF_COUNTY_A, OF_LAB, SEES_ALL, Sample
from tests.web.world import World

ALL_OF_ROUND = ("rounds:round", "rounds:progress-csv")
STEERING = ("rounds:open", "rounds:discard", "rounds:extend", "rounds:remind", "rounds:close")
FILLING = ("rounds:save", "rounds:submit", "rounds:upload", "rounds:apply")
CITY, COUNTY, FIRM, LAB = (frozenset({role}) for role in ("city", "county", "enterprise", "provider"))


def _assignment(*, chain: str, subject_kind: str, subject: Any, **unit: Any) -> Assignment:
    now = timezone.now()
    made = Round.objects.create(
        title="示例任务", period="2025", subject_kind=subject_kind, chain=chain, working_days=5, state="open",
        opened_at=now, due_on=timezone.localdate(now),
    )  # fmt: skip
    item = RoundItem.objects.create(round=made, position=0, name="营业收入", period="2025", unit="万元")
    assignment = Assignment.objects.create(round=made, **unit)
    line = Line.objects.create(assignment=assignment, position=0, **{subject_kind: subject})
    Cell.objects.create(line=line, item=item)
    return assignment


def _of_county(world: World, key: str) -> Assignment:
    return _assignment(chain="county", subject_kind="cluster", subject=world.clusters[key], place=world.places[key])


def _of_firm(world: World, key: str) -> Assignment:
    party = world.parties[key]
    county = {"az": "a"}.get(key, "b" if key in ("b1", "lab") else "a")
    return _assignment(chain="firm", subject_kind="party", subject=party, party=party, place=world.places[county])


def _round(assignment: Assignment) -> dict[str, Any]:
    return {"pk": assignment.round_id}


def _unit(assignment: Assignment) -> dict[str, Any]:
    return {"pk": assignment.pk}


def _cell(assignment: Assignment) -> dict[str, Any]:
    return {"pk": Cell.objects.get(line__assignment=assignment).pk}


SAMPLES = [
    Sample(ALL_OF_ROUND, lambda w, p: _round(_of_county(w, "a")), seen_by=OF_COUNTY_A),
    Sample(ALL_OF_ROUND, lambda w, p: _round(_of_county(w, "b")), seen_by=SEES_ALL),
    Sample(ALL_OF_ROUND, lambda w, p: _round(_of_firm(w, "a1")), seen_by=OF_A1),
    Sample(ALL_OF_ROUND, lambda w, p: _round(_of_firm(w, "lab")), seen_by=OF_LAB),
    Sample(STEERING, lambda w, p: _round(_of_county(w, "a")), seen_by=frozenset({"city", "operator"})),
    Sample("rounds:review", lambda w, p: _round(_of_county(w, "a")), seen_by=CITY),
    Sample("rounds:review", lambda w, p: _round(_of_firm(w, "a1")), seen_by=CITY | COUNTY),
    Sample(("rounds:fill", "rounds:template"), lambda w, p: _unit(_of_county(w, "a")), seen_by=OF_COUNTY_A),
    Sample(("rounds:fill", "rounds:template"), lambda w, p: _unit(_of_county(w, "b")), seen_by=SEES_ALL),
    Sample(("rounds:fill", "rounds:template"), lambda w, p: _unit(_of_firm(w, "a1")), seen_by=OF_A1),
    Sample(FILLING, lambda w, p: _unit(_of_county(w, "a")), seen_by=COUNTY),
    Sample(FILLING, lambda w, p: _unit(_of_county(w, "b")), seen_by=frozenset()),
    Sample(FILLING, lambda w, p: _unit(_of_firm(w, "a1")), seen_by=FIRM),
    Sample(FILLING, lambda w, p: _unit(_of_firm(w, "lab")), seen_by=LAB),
    # A marked copy opens under its token only: without one there is nothing for anybody.
    Sample("rounds:marked", lambda w, p: _unit(_of_county(w, "a")), seen_by=frozenset()),
    Sample("rounds:cell", lambda w, p: _cell(_of_county(w, "a")), seen_by=OF_COUNTY_A),
    Sample("rounds:cell", lambda w, p: _cell(_of_firm(w, "b1")), seen_by=SEES_ALL),
    Sample("rounds:explain", lambda w, p: _cell(_of_county(w, "a")), seen_by=COUNTY),
    Sample("rounds:explain", lambda w, p: _cell(_of_firm(w, "a2")), seen_by=frozenset()),
    Sample("rounds:comment", lambda w, p: _cell(_of_county(w, "a")), seen_by=CITY | COUNTY),
    Sample("rounds:comment", lambda w, p: _cell(_of_firm(w, "a1")), seen_by=CITY | COUNTY | FIRM),
    Sample("rounds:comment", lambda w, p: _cell(_of_county(w, "b")), seen_by=CITY),
    Sample("rounds:unlock", lambda w, p: _cell(_of_county(w, "a")), seen_by=CITY),
]
