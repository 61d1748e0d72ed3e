"""A demonstration of supervision: tasks with leads, milestones and monthly reports, and a notice under way."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from jiqun.base.periods import Period
from jiqun.programme.pack import Pack
from jiqun.web.accounts.models import Organisation, User
from jiqun.web.dispatch.supervision.models import Assignment, Milestone, Notice, Order, Report, SubjectKind
from jiqun.web.dispatch.supervision.services import notices, tasks

SHOWN = 4
"""So many tasks of the plan have something to show."""
PROGRESS = (
    "演示：已召开部门联席会议，梳理重点企业清单，逐户走访。",
    "演示：完成第一批申报材料初审，对存在问题的企业开展一对一辅导。",
    "演示：组织供需对接活动，汇总企业诉求，分解到责任单位办理。",
)


@transaction.atomic
def clear_demo_supervision() -> None:
    """Remove what an earlier demonstration left."""
    own = Organisation.objects.filter(is_demo=True)
    for model in (Report, Milestone, Assignment):
        model.objects.filter(organisation__in=own).delete()
    Notice.objects.filter(is_demo=True).delete()


@transaction.atomic
def create_demo_supervision(pack: Pack, today: date) -> None:
    """Charge the demonstration's bureaus with the first tasks; some are on time, some are late."""
    people = {role: User.objects.get(username=f"demo-{role}") for role in ("city", "county")}
    city, county = (Organisation.objects.get(users=person) for person in people.values())
    for number, task in enumerate(pack.programme.tasks[:SHOWN]):
        tasks.assign(actor=people["city"], task=task.id, lead=city, supporting=[county])
        _milestones(task.id, people["city"], city, today, number)
        _reports(task.id, people, today, number)
    _notice(pack, people, county, today)


def _milestones(task: str, actor: User, organisation: Organisation, today: date, number: int) -> None:
    """One reached, one due before or after today, one far ahead."""
    reached = today - timedelta(days=70 + 9 * number)
    first = tasks.add_milestone(
        actor=actor, task=task, title="印发任务分解表，明确责任单位", due=reached, organisation=organisation
    )
    tasks.finish_milestone(actor=actor, milestone=first, on=reached - timedelta(days=3), today=today)
    for title, days in (("完成培育对象摸底入库", 12 - 9 * number), ("中期评估", 120 + 14 * number)):
        tasks.add_milestone(
            actor=actor, task=task, title=title, due=today + timedelta(days=days), organisation=organisation
        )


def _reports(task: str, people: dict[str, User], today: date, number: int) -> None:
    """The county's last months: confirmed, then one that waits or was sent back; the last task has none of the last month."""
    month = Period.containing(today, "month")
    for back in range(3, 1 if number == SHOWN - 1 else 0, -1):
        report = tasks.submit_report(
            actor=people["county"], task=task, month=str(month.shift(-back)), text=PROGRESS[3 - back],
            percentage=min(100, 25 * (4 - back) + 5 * number), today=today,
        )  # fmt: skip
        if back > 1:
            tasks.decide_report(actor=people["city"], report=report, version=report.version, confirm=True)
        elif number == 1:
            reason = "请补充具体数量和佐证材料"
            tasks.decide_report(
                actor=people["city"], report=report, version=report.version, confirm=False, reason=reason
            )


def _notice(pack: Pack, people: dict[str, User], county: Organisation, today: date) -> None:
    """A notice about the first task that the county signed for."""
    rules, task = pack.supervision.notices, pack.programme.tasks[0]
    made = notices.issue_notice(
        actor=people["city"], prefix=rules.prefix, kind=SubjectKind.TASK, subject=task.id,
        title=f"加快推进“{task.title}”", text="演示：请对照任务清单核实进展，列出滞后事项、原因和整改时限。",
        addressees=[county], working_days=rules.reply_within, today=today, is_demo=True,
    )  # fmt: skip
    order = Order.objects.get(notice=made)
    notices.receive_order(actor=people["county"], order=order, version=order.version)
