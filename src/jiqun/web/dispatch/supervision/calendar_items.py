"""What this app and the plan have in the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from jiqun.web.accounts.models import User
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common import agenda
from jiqun.web.common.access import is_bureau
from jiqun.web.common.agenda import Item
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.supervision.desk import desk_for
from jiqun.web.registry.models import Recognition


@agenda.source("节点")
def milestones(user: User, start: date, end: date) -> Iterator[Item]:
    """Milestones of tasks."""
    if not is_bureau(user):
        return
    today = timezone.localdate()
    for found in desk_for(user).milestones().filter(due__range=(start, end)).exclude(state="cancelled"):
        yield Item(found.due, found.title, reverse("supervision:task", args=[found.task]), found.shown_state(today))


@agenda.source("督办")
def notices(user: User, start: date, end: date) -> Iterator[Item]:
    """Deadlines of notices."""
    today = timezone.localdate()
    for order in desk_for(user).orders().filter(deadline__range=(start, end)):
        state = "逾期" if order.is_overdue(today) else order.get_state_display()
        url = reverse("supervision:notice", args=[order.notice_id])
        yield Item(order.deadline, f"{order.notice}（{order.organisation}）", url, state)


@agenda.source("目标")
def targets(user: User, start: date, end: date) -> Iterator[Item]:
    """When targets and their yearly values are due."""
    if not is_bureau(user):
        return
    for target in current_pack().targets.values():
        url = reverse("dispatch:target", args=[target.id])
        if start <= target.due <= end:
            yield Item(target.due, f"目标到期：{target.title}", url)
        for milestone in target.milestones:
            if start <= milestone.on <= end and milestone.on != target.due:
                yield Item(milestone.on, f"年度节点：{target.title} {milestone.value}", url)


@agenda.source("政策")
def policies(user: User, start: date, end: date) -> Iterator[Item]:
    """First and last days of support policies."""
    url = reverse("portal:policies")
    for benefit in current_pack().benefits.values():
        if start <= benefit.effective.from_ <= end:
            yield Item(benefit.effective.from_, f"政策施行：{benefit.title}", url)
        if benefit.effective.until and start <= benefit.effective.until <= end:
            yield Item(benefit.effective.until, f"政策终止：{benefit.title}", url)


@agenda.source("称号")
def titles(user: User, start: date, end: date) -> Iterator[Item]:
    """Titles of the person's firms whose validity ends, counted by day and title."""
    scope = scope_for(user)
    ending = Recognition.objects.filter(valid_until__range=(start, end))
    if not scope.sees_all:
        ending = ending.filter(party__in=scope.parties())
    counted = ending.order_by().values("valid_until", "title").annotate(firms=Count("pk"))
    for row in counted.order_by("valid_until", "title")[:500]:
        day = row["valid_until"]
        assert day is not None, "the range leaves out what has no end"
        yield Item(day, f"{row['title']} 有效期满 {row['firms']} 项")
