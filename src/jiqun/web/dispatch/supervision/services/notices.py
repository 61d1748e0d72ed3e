"""Supervision notices: issued → received → replied → closed, or returned and replied anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone

from jiqun.base.errors import InputError, Problem, Problems
from jiqun.base.workdays import add_working_days
from jiqun.web.accounts.models import Organisation, User
from jiqun.web.common import audit
from jiqun.web.dispatch.supervision.models import Notice, Order, OrderState, Step, SubjectKind
from jiqun.web.dispatch.supervision.services.files import check_files, keep_files
from jiqun.web.dispatch.supervision.services.tasks import CHANGED, RELOAD
from jiqun.web.inbox.services import notify

MOST_DAYS = 250


@transaction.atomic
def issue_notice(
    *,
    actor: User,
    prefix: str,
    kind: SubjectKind,
    subject: str,
    title: str,
    text: str,
    addressees: Sequence[Organisation],
    working_days: int,
    today: date,
    is_demo: bool = False,
) -> Notice:
    """Issue a notice with the next number of the year to each organisation; the deadline counts working days."""
    problems = Problems()
    if not title.strip():
        problems.add("标题不能为空")
    if not text.strip():
        problems.add("督办要求不能为空")
    if not addressees:
        problems.add("请至少选择一个承办单位")
    if not 1 <= working_days <= MOST_DAYS:
        problems.add(f"办理时限应为 1 至 {MOST_DAYS} 个工作日", found=working_days)
    if kind != SubjectKind.OTHER and not subject:
        problems.add(f"请指明是哪一项{kind.label}")
    if actor.organisation is None:
        problems.add("您的账号没有所属机构，不能签发")
    problems.raise_if_any("督办单未签发")
    assert actor.organisation is not None, "refused above"
    last = Notice.objects.filter(prefix=prefix, year=today.year).aggregate(last=Max("serial"))["last"] or 0
    notice = Notice.objects.create(
        prefix=prefix, year=today.year, serial=last + 1, subject_kind=kind, subject=subject, title=title.strip()[:120],
        text=text.strip(), working_days=working_days, issued_on=today, issued_by=actor,
        issuer=actor.organisation, is_demo=is_demo,
    )  # fmt: skip
    deadline = add_working_days(today, working_days)
    for organisation in addressees:
        order = Order.objects.create(notice=notice, organisation=organisation, deadline=deadline)
        _step(order, actor, "签发", f"请于 {deadline} 前办理并回复")
    audit.record(actor=actor, action="签发督办单", instance=notice, after=audit.state_of(notice))
    notify(text=f"督办单 {notice}，请签收并于 {deadline} 前回复", url=url_of(notice), organisations=addressees)
    return notice


@transaction.atomic
def receive_order(*, actor: User, order: Order, version: int) -> None:
    """Sign for a notice."""
    _move(actor, order, version, (OrderState.ISSUED,), "签收", state=OrderState.RECEIVED)


@transaction.atomic
def reply_order(*, actor: User, order: Order, version: int, text: str, files: Sequence[UploadedFile[Any]] = ()) -> None:
    """Reply with evidence; an extension asked for falls away."""
    problems = Problems()
    if not text.strip():
        problems.add("回复不能为空", mend="请写明办理情况")
    check_files(files, problems)
    problems.raise_if_any("回复未提交")
    states = (OrderState.RECEIVED, OrderState.RETURNED)
    step = _move(
        actor, order, version, states, "回复", text, state=OrderState.REPLIED, extension_days=None, extension_reason=""
    )
    keep_files(files, step=step)
    _tell_issuer(order, f"{order.organisation} 回复了 {order.notice}")


@transaction.atomic
def return_order(*, actor: User, order: Order, version: int, reason: str, working_days: int, today: date) -> None:
    """Send a reply back with the reason and a new deadline."""
    problems = Problems()
    if not reason.strip():
        problems.add("退回时请写明原因")
    if not 1 <= working_days <= MOST_DAYS:
        problems.add(f"重办时限应为 1 至 {MOST_DAYS} 个工作日", found=working_days)
    problems.raise_if_any("未保存")
    deadline = add_working_days(today, working_days)
    said = f"{reason.strip()}（请于 {deadline} 前重新回复）"
    changes = {"state": OrderState.RETURNED, "deadline": deadline, "level": 0}
    _move(actor, order, version, (OrderState.REPLIED,), "退回", said, **changes)
    notify(text=f"{order.notice} 的回复被退回：{said}", url=url_of(order.notice), organisations=[order.organisation])


@transaction.atomic
def close_order(*, actor: User, order: Order, version: int, note: str = "") -> None:
    """Close an order; without a reply only with a note that says why."""
    if order.state != OrderState.REPLIED and not note.strip():
        raise InputError([Problem("对方尚未回复，办结请写明原因")], "未保存")
    states = tuple(state for state in OrderState if state != OrderState.CLOSED)
    _move(
        actor, order, version, states, "办结", note, state=OrderState.CLOSED, extension_days=None, extension_reason=""
    )
    notify(text=f"{order.notice} 已办结", url=url_of(order.notice), organisations=[order.organisation])


@transaction.atomic
def ask_extension(*, actor: User, order: Order, version: int, working_days: int, reason: str) -> None:
    """Ask for more time, with the reason."""
    problems = Problems()
    if not reason.strip():
        problems.add("请写明延期理由")
    if not 1 <= working_days <= MOST_DAYS:
        problems.add(f"延期应为 1 至 {MOST_DAYS} 个工作日", found=working_days)
    if order.extension_days is not None:
        problems.add("已有一项延期申请待批")
    problems.raise_if_any("延期未申请")
    said = f"申请延期 {working_days} 个工作日：{reason.strip()}"
    changes = {"extension_days": working_days, "extension_reason": reason.strip()[:300]}
    _move(actor, order, version, (OrderState.RECEIVED, OrderState.RETURNED), "申请延期", said, **changes)
    _tell_issuer(order, f"{order.organisation} 对 {order.notice} 申请延期")


@transaction.atomic
def decide_extension(*, actor: User, order: Order, version: int, grant: bool, note: str = "") -> None:
    """Grant the time asked for, counted from the old deadline, or refuse it."""
    if order.extension_days is None:
        raise InputError([Problem("没有待批的延期申请", mend=RELOAD)], "未保存")
    deadline = add_working_days(order.deadline, order.extension_days) if grant else order.deadline
    said = f"期限改为 {deadline}。{note}" if grant else f"不同意延期，期限仍为 {deadline}。{note}"
    changes: dict[str, object] = {"extension_days": None, "extension_reason": "", "deadline": deadline}
    changes |= {"level": 0} if grant else {}
    states = (OrderState.RECEIVED, OrderState.RETURNED)
    _move(actor, order, version, states, "同意延期" if grant else "不同意延期", said, **changes)
    notify(text=f"{order.notice}：{said}", url=url_of(order.notice), organisations=[order.organisation])


def url_of(notice: Notice) -> str:
    """The page of a notice."""
    return reverse("supervision:notice", args=[notice.pk])


def _move(
    actor: User | None, order: Order, version: int, states: Sequence[OrderState], action: str, text: str = "",
    **changes: object,
) -> Step:  # fmt: skip
    """Change an order that is still in one of the states and at the version that the actor saw."""
    before = audit.state_of(order)
    found = Order.objects.filter(pk=order.pk, version=version, state__in=states)
    if not found.update(version=F("version") + 1, **changes):
        raise InputError([Problem(CHANGED, found=order.get_state_display(), mend=RELOAD)], "未保存")
    order.refresh_from_db()
    audit.record(
        actor=actor, action=f"督办{action}", instance=order, before=before, after=audit.state_of(order), note=text
    )
    return _step(order, actor, action, text)


def _step(order: Order, actor: User | None, action: str, text: str = "") -> Step:
    return Step.objects.create(order=order, action=action, text=text.strip(), by=actor, at=timezone.now())


def _tell_issuer(order: Order, text: str) -> None:
    notify(text=text, url=url_of(order.notice), users=[order.notice.issued_by])
