"""What every day brings: reminders before a deadline, escalation after it. Run twice, it does nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from jiqun.base.periods import Period
from jiqun.base.workdays import working_days_after
from jiqun.programme.models import EscalationStep, SupervisionFile
from jiqun.web.accounts.models import Organisation, OrganisationKind
from jiqun.web.common import audit
from jiqun.web.dispatch.supervision.models import Assignment, Milestone, MilestoneState, Order, OrderState, Report, Step
from jiqun.web.dispatch.supervision.models.notice import OPEN_STATES
from jiqun.web.dispatch.supervision.services.notices import url_of
from jiqun.web.dispatch.supervision.services.tasks import city, task_name
from jiqun.web.inbox.services import notify


@dataclass
class Done:
    """How much a run did."""

    reminded: int = 0
    escalated: int = 0


@transaction.atomic
def run_daily(*, rules: SupervisionFile, today: date) -> Done:
    """Escalate what is overdue and remind of what falls due, as of a day."""
    done = Done()
    orders = Order.objects.select_for_update(of=("self",)).filter(state__in=OPEN_STATES)
    for order in orders.select_related("notice__issued_by", "organisation__party", "organisation__place"):
        _order(order, rules, today, done)
    due = Milestone.objects.filter(state=MilestoneState.OPEN, organisation__isnull=False)
    for milestone in due.select_related("organisation"):
        _milestone(milestone, rules, today, done)
    _reports(rules, today, done)
    return done


def _order(order: Order, rules: SupervisionFile, today: date, done: Done) -> None:
    notices = rules.notices
    left = working_days_after(today, order.deadline)
    if order.deadline >= today:
        if left <= notices.remind_before:
            text = f"{order.notice} 将于 {order.deadline} 到期，请及时回复"
            key = f"order-{order.pk}-due-{order.deadline}"
            done.reminded += notify(text=text, url=url_of(order.notice), organisations=[order.organisation], key=key)
        unsigned = working_days_after(order.notice.issued_on, today)
        if order.state == OrderState.ISSUED and unsigned > notices.receive_within:
            text, key = f"{order.notice} 尚未签收", f"order-{order.pk}-unsigned"
            done.reminded += notify(text=text, url=url_of(order.notice), organisations=[order.organisation], key=key)
        return
    level = level_of(notices.escalation, -left)
    if level > order.level:
        _escalate(order, notices.escalation[level - 1], level, -left)
        done.escalated += 1


def level_of(escalation: tuple[EscalationStep, ...], overdue: int) -> int:
    """The level of so many working days overdue; 0 below the first."""
    return sum(overdue >= step.overdue for step in escalation)


def _escalate(order: Order, step: EscalationStep, level: int, overdue: int) -> None:
    before = audit.state_of(order)
    Order.objects.filter(pk=order.pk).update(level=level, version=F("version") + 1)
    order.refresh_from_db(fields=["level", "version"])
    text = f"逾期 {overdue} 个工作日，升为第 {level} 级（{step.title}）"
    audit.record(actor=None, action=f"督办{step.title}", instance=order, before=before, after=audit.state_of(order))
    told = [order.organisation, *(superiors_of(order.organisation) if step.superior else [])]
    if step.superior:
        text += f"，已告知上级：{'、'.join(str(o) for o in told[1:]) or '无'}"
    Step.objects.create(order=order, action=step.title, text=text, at=timezone.now())
    notify(
        text=f"{step.title}：{order.organisation} 承办的 {order.notice} {text}", url=url_of(order.notice),
        organisations=told, users=[order.notice.issued_by],
    )  # fmt: skip


def superiors_of(organisation: Organisation) -> list[Organisation]:
    """A firm's county bureau, a county's city bureau; nobody where that is not known."""
    if organisation.kind == OrganisationKind.COUNTY:
        return city()
    county = organisation.party.county if organisation.party else None
    if county is None:
        return []
    places = {county.pk, county.parent_id} if county.kind == "zone" else {county.pk}
    found = Organisation.objects.filter(kind=OrganisationKind.COUNTY, place__in=places, is_active=True)
    return list(found)


def _milestone(milestone: Milestone, rules: SupervisionFile, today: date, done: Done) -> None:
    assert milestone.organisation is not None
    if working_days_after(today, milestone.due) > rules.notices.remind_before:
        return
    word = "已逾期" if milestone.due < today else f"将于 {milestone.due} 到期"
    key = f"milestone-{milestone.pk}-{milestone.due}-{'over' if milestone.due < today else 'due'}"
    url = reverse("supervision:task", args=[milestone.task])
    text = f"节点“{milestone.title}”{word}"
    done.reminded += notify(text=text, url=url, organisations=[milestone.organisation], key=key)


def _reports(rules: SupervisionFile, today: date, done: Done) -> None:
    """From the due day on, who leads a task and has not reported the last month is reminded."""
    if today.day < rules.reports.due_day:
        return
    month = str(Period.last_complete(today, "month"))
    for lead in Assignment.objects.filter(part="lead").select_related("organisation"):
        if Report.objects.filter(task=lead.task, organisation=lead.organisation, month=month).exists():
            continue
        url = reverse("supervision:task", args=[lead.task])
        text = f"{task_name(lead.task)}还没有报送 {month} 的进展"
        key = f"report-{lead.task}-{month}"
        done.reminded += notify(text=text, url=url, organisations=[lead.organisation], key=key)
