"""Steering an open round: its deadline, reminders 督办, its end."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from jiqun.base.errors import InputError, Problem
from jiqun.base.workdays import working_days_after
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.dispatch.rounds.models import Assignment, AssignmentState, Round, RoundState
from jiqun.web.dispatch.rounds.services._cells import must_be_open, reason_given
from jiqun.web.dispatch.rounds.services._telling import tell_units

TO_REMIND = (AssignmentState.NOT_STARTED, AssignmentState.FILLING, AssignmentState.RETURNED)


@transaction.atomic
def extend_deadline(*, actor: User | None, round_: Round, due_on: date, reason: str) -> Round:
    """Give everybody more time; a closed round is open again, and those already late stay late."""
    changed = Round.objects.select_for_update().get(pk=round_.pk)
    if changed.state != RoundState.CLOSED:
        must_be_open(changed, "期限未延长")
    reason = reason_given(reason, "期限未延长", "延期理由")
    if changed.due_on is not None and due_on <= changed.due_on:
        problem = Problem("新的截止日期应晚于原定日期", found=str(due_on), mend=f"原定 {changed.due_on}")
        raise InputError([problem], "期限未延长")
    before = audit.state_of(changed)
    changed.due_on, changed.state = due_on, RoundState.OPEN
    changed.save(update_fields=["due_on", "state"])
    audit.record(
        actor=actor, action="延长填报期限", instance=changed, before=before, after=audit.state_of(changed), note=reason
    )
    waiting = changed.assignments.filter(state__in=TO_REMIND)
    tell_units(waiting, f"“{changed.title}”延期至 {due_on}：{reason}")
    return changed


@transaction.atomic
def remind(*, actor: User | None, round_: Round, assignments: list[int] | None = None) -> int:
    """Send a reminder 督办 to the units that have not submitted or have cells returned; how many units."""
    must_be_open(round_, "督办未发出")
    waiting = Assignment.objects.select_for_update(of=("self",)).filter(round=round_, state__in=TO_REMIND)
    if assignments is not None:
        waiting = waiting.filter(pk__in=assignments)
    found = list(waiting)
    if not found:
        raise InputError([Problem("没有需要督办的单位", mend="各单位均已提交")], "督办未发出")
    for assignment in found:
        assignment.reminders += 1
        assignment.reminded_at = timezone.now()
    Assignment.objects.bulk_update(found, ["reminders", "reminded_at"], batch_size=500)
    told = tell_units(Assignment.objects.filter(pk__in=[a.pk for a in found]), f"督办：{_words(round_)}")
    audit.record(
        actor=actor,
        action="督办填报",
        instance=round_,
        after={"assignments": [a.pk for a in found]},
        note=f"通知 {told} 人",
    )
    return len(found)


@transaction.atomic
def close_round(*, actor: User | None, round_: Round) -> Round:
    """End a round: nothing is filled in any more; what was submitted may still be approved."""
    changed = Round.objects.select_for_update().get(pk=round_.pk)
    must_be_open(changed, "任务未截止")
    before = audit.state_of(changed)
    changed.state = RoundState.CLOSED
    changed.save(update_fields=["state"])
    audit.record(actor=actor, action="截止填报任务", instance=changed, before=before, after=audit.state_of(changed))
    return changed


def _words(round_: Round) -> str:
    assert round_.due_on is not None
    left = working_days_after(timezone.localdate(), round_.due_on)
    when = f"剩余 {left} 个工作日" if left > 0 else "今日截止" if left == 0 else f"已逾期 {-left} 个工作日"
    return f"“{round_.title}”截止 {round_.due_on}（{when}），请尽快提交"
