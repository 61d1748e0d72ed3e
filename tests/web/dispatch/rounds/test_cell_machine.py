"""A cell's life played at random against a small model of it: what may never happen, never does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from jiqun.base.errors import InputError

if TYPE_CHECKING:
    from jiqun.programme.pack import Pack

VALUES = st.sampled_from(["", "260", "310", "300"])
"""万元 to March; to February there were 200, to January 100: a month of 60, 110 or 100 after one of 100. With 300 goes a reason."""


def _machine(pack: Pack, people: Any, round_: Any, unit: Any) -> type[RuleBasedStateMachine]:
    from jiqun.web.dispatch.rounds import services
    from jiqun.web.dispatch.rounds.models import Assignment, Cell, CellEvent
    from jiqun.web.registry.models import Observation

    city, county = people["city"], people["county"]

    class CellLife(RuleBasedStateMachine):
        """The services on one cell; `value`, `state` and `counts` are what the model expects."""

        def __init__(self) -> None:
            super().__init__()
            self.block = transaction.atomic()
            self.block.__enter__()
            self.state, self.value, self.said, self.version = "empty", "", "", 1
            self.submitted_once = False
            self.counts = ""

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

        @property
        def cell(self) -> Cell:
            return Cell.objects.select_related("line", "item").get(line__assignment=unit, item__name="产值")

        def pick(self, stale: bool) -> services.Pick:
            cell = self.cell
            return services.Pick(cell.pk, cell.version - stale)

        @rule(text=VALUES, stale=st.booleans())
        def fill(self, text: str, stale: bool) -> None:
            fresh = Assignment.objects.select_related("round").get(pk=unit.pk)
            pick = self.pick(stale)
            edit = services.Edit(pick.cell, pick.version, text, explanation="已核对" if text == "300" else None)
            saved = services.save_cells(actor=county, pack=pack, assignment=fresh, edits=[edit])
            stored = f"{text}0000" if text else ""
            said = "已核对" if text == "300" else self.said
            if stale:
                assert saved.conflicts
            elif self.state in ("submitted", "approved"):
                assert saved.faults
            elif (stored, said) != (self.value, self.said):
                self.value, self.said = stored, said
                nothing = not stored and not said
                self.state = "empty" if nothing and not self.submitted_once else "draft"

        @rule()
        def submit(self) -> None:
            fresh = Assignment.objects.get(pk=unit.pk)
            may = self.state == "draft" and (self.value or self.said)
            try:
                services.submit(actor=county, pack=pack, assignment=fresh)
            except InputError:
                assert not may
            else:
                assert may
                self.state, self.submitted_once = "submitted", True

        @rule(stale=st.booleans(), level=st.sampled_from([1, 2]))
        def approve(self, stale: bool, level: int) -> None:
            done = services.approve_cells(actor=city, round_=round_, level=level, picks=[self.pick(stale)]).done
            assert bool(done) == (self.state == "submitted" and not stale and level == 2)
            if done:
                self.state, self.counts = "approved", self.value

        @rule(stale=st.booleans())
        def send_back(self, stale: bool) -> None:
            done = services.return_cells(
                actor=city, round_=round_, level=2, picks=[self.pick(stale)], reason="请核对"
            ).done
            assert bool(done) == (self.state == "submitted" and not stale)
            self.state = "returned" if done else self.state

        @rule(stale=st.booleans())
        def unlock(self, stale: bool) -> None:
            done = services.unlock_cell(actor=city, round_=round_, pick=self.pick(stale), reason="更正").done
            assert bool(done) == (self.state == "approved" and not stale)
            self.state = "unlocked" if done else self.state

        @rule()
        def comment(self) -> None:
            services.comment_cell(actor=city, cell=self.cell, text="看过")

        @invariant()
        def is_as_the_model_says(self) -> None:
            cell = self.cell
            assert (cell.state, cell.value, cell.explanation) == (self.state, self.value, self.said)
            assert cell.version >= self.version
            self.version = cell.version

        @invariant()
        def only_what_was_approved_counts(self) -> None:
            figures = Observation.objects.filter(indicator="产值", period="2026-03", state="approved")
            assert [f.value for f in figures] == ([self.counts] if self.counts else [])

        @invariant()
        def an_approval_follows_a_submission(self) -> None:
            acts = CellEvent.objects.filter(cell=self.cell).exclude(act="comment").order_by("id")
            names = list(acts.values_list("act", flat=True))
            assert all(names[i - 1] == "submit" for i, name in enumerate(names) if name in ("approve", "return"))
            assert all(names[i - 1] == "approve" for i, name in enumerate(names) if name == "unlock")

    return CellLife


def test_a_cell_lives_as_its_model(pack: Pack, people: Any, opened: Any, unit_a: Any) -> None:
    run_state_machine_as_test(
        _machine(pack, people, opened, unit_a),
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
