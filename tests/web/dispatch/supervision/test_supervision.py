"""Notices from issue to closing, reports, milestones, and what the daily run does at the exact thresholds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from jiqun.base.errors import InputError
from jiqun.programme.load import load_pack
from jiqun.programme.models import EscalationStep, NoticeRules, SupervisionFile
from jiqun.web.accounts.demo import create_demo_accounts
from jiqun.web.accounts.models import User
from jiqun.web.dispatch.supervision import services
from jiqun.web.dispatch.supervision.demo import clear_demo_supervision, create_demo_supervision
from jiqun.web.dispatch.supervision.models import Milestone, Notice, Order, Report, SubjectKind
from jiqun.web.dispatch.supervision.services.daily import level_of, run_daily
from jiqun.web.inbox.models import Message
from tests.web.plan import SMALL_PACK
from tests.web.world import World

SignIn = Callable[[str], Client]
RULES = SupervisionFile(
    notices=NoticeRules(
        remind_before=2, receive_within=1,
        escalation=(EscalationStep(overdue=1, title="催办"), EscalationStep(overdue=3, title="督促", superior=True)),
    )
)  # fmt: skip


def issue(people: dict[str, User], today: date = date(2026, 9, 21), days: int = 5) -> Order:
    """A notice of the city to county a; Monday 21 September 2026, before the National Day holidays."""
    organisation = people["county"].organisation
    assert organisation is not None
    notice = services.issue_notice(
        actor=people["city"], prefix="督", kind=SubjectKind.TASK, subject="t01", title="加快进度", text="请报告",
        addressees=[organisation], working_days=days, today=today,
    )  # fmt: skip
    return Order.objects.get(notice=notice)


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_deadlines_count_the_working_days_of_the_state_council(people: dict[str, User]) -> None:
    # 2026: 9 月 20 日（周日）上班, 9 月 25–27 日中秋 off (国办发明电〔2025〕7号); five working days after Monday 21: 22 23 24 28 29.
    order = issue(people)
    assert (order.notice.number, order.deadline, order.state) == ("督〔2026〕1号", date(2026, 9, 29), "issued")
    assert issue(people).notice.number == "督〔2026〕2号"
    assert issue(people, today=date(2027, 1, 4)).notice.number == "督〔2027〕1号"


def test_from_receipt_to_closing(people: dict[str, User]) -> None:
    order, county, city = issue(people), people["county"], people["city"]
    services.receive_order(actor=county, order=order, version=1)
    with pytest.raises(InputError):  # somebody of the county has acted meanwhile
        services.receive_order(actor=county, order=order, version=1)
    file = SimpleUploadedFile("情况.pdf", b"%PDF-1.4 x")
    services.reply_order(actor=county, order=fresh(order), version=2, text="已办", files=[file])
    services.return_order(
        actor=city, order=fresh(order), version=3, reason="请补数据", working_days=3, today=date(2026, 9, 22)
    )
    back = fresh(order)
    assert (back.state, back.deadline) == ("returned", date(2026, 9, 28))
    services.reply_order(actor=county, order=back, version=4, text="已补")
    services.close_order(actor=city, order=fresh(order), version=5)
    assert fresh(order).state == "closed"
    assert [s.action for s in order.steps.all()][:3] == ["签发", "签收", "回复"]
    with pytest.raises(InputError):
        services.reply_order(actor=county, order=fresh(order), version=6, text="再报")


def test_every_fault_of_a_notice_at_once(people: dict[str, User]) -> None:
    with pytest.raises(InputError) as error:
        services.issue_notice(
            actor=people["city"], prefix="督", kind=SubjectKind.TASK, subject="", title=" ", text="", addressees=[],
            working_days=0, today=date(2026, 9, 21),
        )  # fmt: skip
    assert [p.message for p in error.value.problems] == [
        "标题不能为空", "督办要求不能为空", "请至少选择一个承办单位", "办理时限应为 1 至 250 个工作日", "请指明是哪一项任务",
    ]  # fmt: skip
    assert Notice.objects.count() == 0


def test_levels_rise_at_the_exact_day() -> None:
    steps = RULES.notices.escalation
    assert [level_of(steps, overdue) for overdue in (0, 1, 2, 3, 30)] == [0, 1, 1, 2, 2]


def test_the_daily_run_reminds_and_escalates_once(people: dict[str, User]) -> None:
    order = issue(people)  # due Tuesday 29
    Message.objects.all().delete()
    quiet = run_daily(rules=RULES, today=date(2026, 9, 22))
    assert (quiet.reminded, quiet.escalated) == (0, 0)
    run_daily(rules=RULES, today=date(2026, 9, 29))
    run_daily(rules=RULES, today=date(2026, 9, 29))
    texts = sorted(Message.objects.values_list("text", flat=True))
    assert texts == sorted(set(texts)) and any("将于 2026-09-29 到期" in text for text in texts)
    assert run_daily(rules=RULES, today=date(2026, 9, 30)).escalated == 1
    assert run_daily(rules=RULES, today=date(2026, 9, 30)).escalated == 0
    assert fresh(order).level == 1
    run_daily(rules=RULES, today=date(2026, 10, 9))  # 30, 8 and 9 October are the working days after it
    assert fresh(order).level == 2


def test_reports_are_confirmed_or_returned_with_a_reason(people: dict[str, User]) -> None:
    county, city = people["county"], people["city"]
    services.assign(actor=city, task="t01", lead=county.organisation, supporting=[])
    report = services.submit_report(
        actor=county, task="t01", month="2026-08", text="已完成一半", percentage=50, files=[], today=date(2026, 9, 2)
    )
    with pytest.raises(InputError):
        services.decide_report(actor=city, report=report, version=1, confirm=False)
    services.decide_report(actor=city, report=report, version=1, confirm=False, reason="缺佐证")
    services.submit_report(
        actor=county, task="t01", month="2026-08", text="补充佐证", percentage=60, files=[], today=date(2026, 9, 3)
    )
    again = Report.objects.get()
    assert (again.state, again.text, again.percentage) == ("submitted", "补充佐证", 60)
    services.decide_report(actor=city, report=again, version=again.version, confirm=True)
    assert Report.objects.get().state == "confirmed"


def test_milestones(people: dict[str, User]) -> None:
    made = services.add_milestone(
        actor=people["city"],
        task="t01",
        title="完成摸底",
        due=date(2026, 6, 30),
        organisation=people["county"].organisation,
    )
    assert made.shown_state(date(2026, 6, 30)) == "进行中" and made.shown_state(date(2026, 7, 1)) == "逾期"
    services.finish_milestone(actor=people["county"], milestone=made, on=date(2026, 7, 2), today=date(2026, 7, 2))
    done = Milestone.objects.get()
    assert (done.state, done.done_on) == ("done", date(2026, 7, 2))
    with pytest.raises(InputError):
        services.cancel_milestone(actor=people["city"], milestone=done, note="不做了")


def test_pages_hold_what_was_done(people: dict[str, User], sign_in: SignIn) -> None:
    order = issue(people)
    page = sign_in("county").get(reverse("supervision:notice", args=[order.notice_id])).content.decode()
    assert "督〔2026〕1号" in page and "签收" in page
    answer = sign_in("county").post(
        reverse("supervision:notice-order", args=[order.pk]), {"act": "receive", "version": "1"}, follow=True
    )
    assert "已签收。" in answer.content.decode() and fresh(order).state == "received"
    refused = sign_in("county").post(
        reverse("supervision:notice-order", args=[order.pk]), {"act": "close", "version": "2"}
    )
    assert refused.status_code == 403 and fresh(order).state == "received"
    calendar = sign_in("county").get(reverse("supervision:calendar"), {"month": "2026-09"}).content.decode()
    assert "2026年9月" in calendar and "督〔2026〕1号" in calendar


def test_the_paper_says_the_deadline_of_each(people: dict[str, User], sign_in: SignIn) -> None:
    firm = people["enterprise"].organisation
    assert firm is not None
    first = issue(people)
    address = reverse("supervision:notice-print", args=[first.notice_id])
    assert "请于2026年9月29日前办理并回复。" in sign_in("city").get(address).content.decode()
    Order.objects.create(notice=first.notice, organisation=firm, deadline=date(2026, 10, 9))
    said = "请按以下期限办理并回复：county机构于2026年9月29日前；enterprise机构于2026年10月9日前。"
    assert said in sign_in("city").get(address).content.decode()
    assert "请于2026年9月29日前办理并回复。" in sign_in("county").get(address).content.decode()


def test_a_demonstration_can_be_made_again(people: dict[str, User], world: World) -> None:
    pack, today = load_pack(SMALL_PACK), date(2026, 10, 15)
    for _ in range(2):
        create_demo_accounts(password="Right-Horse-7-Battery")
        clear_demo_supervision()
        create_demo_supervision(pack, today)
        states = Report.objects.order_by("task", "month").values_list("task", "month", "state")
        assert list(states) == [
            ("t01", "2026-07", "confirmed"), ("t01", "2026-08", "confirmed"), ("t01", "2026-09", "submitted"),
        ]  # fmt: skip
        assert sorted(Milestone.objects.values_list("title", "state", "due")) == [
            ("中期评估", "open", date(2027, 2, 12)), ("印发任务分解表，明确责任单位", "done", date(2026, 8, 6)),
            ("完成培育对象摸底入库", "open", date(2026, 10, 27)),
        ]  # fmt: skip
        assert Order.objects.get().state == "received"
