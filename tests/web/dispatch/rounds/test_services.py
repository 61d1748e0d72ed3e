"""What the services of a round do, refuse, log and audit; figures by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from jiqun.base.errors import InputError

if TYPE_CHECKING:
    from jiqun.programme.pack import Pack
    from jiqun.web.dispatch.rounds.models import Assignment, Cell, Round

NOON = datetime(2026, 4, 3, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
OK = "310"
"""万元: a March of 110万 after a February of 100万."""
Fill = Callable[..., Any]
CellOf = Callable[[str], "Cell"]


def _messages(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [str(problem) for problem in error.value.problems]


def _audited() -> list[str]:
    from jiqun.web.common.models import AuditRecord

    return list(AuditRecord.objects.order_by("id").values_list("action", flat=True))


def _acts(cell: Any) -> list[str]:
    return [event.act for event in cell.events.order_by("id")]


def _picks(*cells: Any) -> list[Any]:
    from jiqun.web.dispatch.rounds.services import Pick

    return [Pick(cell.pk, cell.version) for cell in cells]


def test_opening_makes_units_lines_and_cells_and_counts_the_deadline(opened: Round, people: Any) -> None:
    from jiqun.web.dispatch.rounds.models import Cell
    from jiqun.web.inbox.models import Message

    assert [str(a) for a in opened.assignments.all()] == ["甲县", "乙县"]
    assert Cell.objects.filter(line__assignment__round=opened).count() == 4
    assert opened.state == "open" and opened.opened_by == people["city"]
    assert _audited() == ["草拟填报任务", "下发填报任务"]
    [told] = Message.objects.all()
    assert told.recipient == people["county"]
    assert told.text == f"新的填报任务：三月集群运行，请于 {opened.due_on} 前提交"


def test_the_deadline_counts_working_days(pack: Pack, people: Any, world: Any) -> None:
    from jiqun.web.dispatch.rounds import services
    from jiqun.web.dispatch.rounds.models import Chain

    drafted = services.draft_round(
        actor=None, pack=pack, title="a", period="2026-03", subject_kind="cluster", chain=Chain.COUNTY,
        asked=[services.Asked("产值")], selection=services.Selection(), working_days=2,
    )  # fmt: skip
    # Friday 2026-04-03; Saturday to Monday (Qingming) are off: Tuesday is the first working day, Wednesday the second.
    assert services.open_round(actor=None, round_=drafted, now=NOON).due_on == date(2026, 4, 8)


def test_a_draft_that_does_not_fit_is_refused_with_every_reason(pack: Pack, world: Any) -> None:
    from jiqun.web.dispatch.rounds import services
    from jiqun.web.dispatch.rounds.models import Chain, ItemKind

    asked = [services.Asked("产直"), services.Asked("营业收入"), services.Asked("没有", ItemKind.REGISTER)]
    with pytest.raises(InputError) as error:
        services.draft_round(
            actor=None, pack=pack, title=" ", period="2026-03", subject_kind="cluster", chain=Chain.FIRM, asked=asked,
            selection=services.Selection(), working_days=0,
        )  # fmt: skip
    assert _messages(error) == [
        "“名称”：请写明任务名称",
        "“填报对象”：由企业填报时，填报对象只能是企业",
        "“填报期限”：填报期限应为 1 至 120 个工作日（现为“0”）",
        "“产直”：没有集群的这一指标",
        "“营业收入”：年度指标不能按 2026年3月 填报。请改选期间或去掉该指标",
        "“没有”：没有集群的这一台账",
    ]


def test_cells_are_saved_one_by_one_and_judged(fill: Fill, cell: CellOf, unit_a: Assignment) -> None:
    saved = fill(产值=OK, 人数="很多")
    assert saved.faults == {cell("人数").pk: "“很多”不是数，请填以“人”为单位的数"} and saved.conflicts == {}
    output = cell("产值")
    assert (output.value, output.state, output.version, output.worst) == ("3100000", "draft", 2, "open")
    # 人均产值 cannot be judged without 人数; the total rises and 110 after 100 is a change of 10 %.
    assert [(f["check"], f["level"], f["missing"]) for f in output.findings] == [
        ("output-a-head", "open", ["人数[2026-03]"])
    ]
    unit_a.refresh_from_db()
    assert unit_a.state == "filling"
    assert _acts(output) == ["fill"]


@pytest.mark.parametrize(
    ("text", "levels"),
    [("190", [("rises", "error"), ("change", "explain")]), ("400", [("change", "explain")]), ("350", [])],
)
def test_findings_follow_the_pack(fill: Fill, cell: CellOf, text: str, levels: list[tuple[str, str]]) -> None:
    fill(产值=text, 人数="100")
    assert [(f["check"], f["level"]) for f in cell("产值").findings] == levels


def test_an_older_version_is_told_what_the_other_did(
    fill: Fill, cell: CellOf, pack: Pack, people: Any, unit_a: Any
) -> None:
    from jiqun.web.dispatch.rounds import services

    fill(产值="300")
    late = services.Edit(cell("产值").pk, 1, "999")
    saved = services.save_cells(actor=people["county"], pack=pack, assignment=unit_a, edits=[late])
    [told] = saved.conflicts.values()
    assert told.startswith("county人员 已于 ") and told.endswith(" 填报")
    assert cell("产值").value == "3000000"


def test_submission_lists_what_stands_in_the_way(fill: Fill, pack: Pack, unit_a: Any, cell: CellOf) -> None:
    from jiqun.web.dispatch.rounds import services

    with pytest.raises(InputError) as error:
        services.submit(actor=None, pack=pack, assignment=unit_a)
    assert _messages(error) == ["第 1 行 “产值”：必填项没有填。请填数；确实无法提供的，请写明原因"]
    fill(产值="190")
    with pytest.raises(InputError) as error:
        services.submit(actor=None, pack=pack, assignment=unit_a)
    assert _messages(error) == [
        "第 1 行 “产值”：累计数不应下降（现为“1900000”）。请核对并修改",
        "第 1 行 “产值”：变动超过 50%（现为“1900000”）。请核对；数据无误的，请写明原因",
    ]
    assert cell("产值").state == "draft"


def test_a_figure_that_cannot_be_given_is_submitted_with_its_reason(
    fill: Fill, pack: Pack, unit_a: Any, cell: CellOf
) -> None:
    from jiqun.web.dispatch.rounds import services

    fill(explain={"产值": "统计口径调整，下月补报"})
    assert services.submit(actor=None, pack=pack, assignment=unit_a) == 1
    assert (cell("产值").value, cell("产值").state) == ("", "submitted")


def _submitted(fill: Fill, pack: Pack, unit_a: Any, people: Any, **texts: str) -> None:
    from jiqun.web.dispatch.rounds import services

    fill(**(texts or {"产值": OK, "人数": "100"}))
    services.submit(actor=people["county"], pack=pack, assignment=unit_a)


def test_a_round_trip_reviews_only_what_changed_and_writes_what_counts(
    fill: Fill, pack: Pack, unit_a: Any, opened: Round, people: Any, cell: CellOf, world: Any
) -> None:
    from jiqun.web.dispatch.rounds import services
    from jiqun.web.registry.models import Observation

    city, county = people["city"], people["county"]
    _submitted(fill, pack, unit_a, people)
    services.approve_cells(actor=city, round_=opened, level=2, picks=_picks(cell("人数")))
    services.return_cells(actor=city, round_=opened, level=2, picks=_picks(cell("产值")), reason=" 请与税务数核对 ")
    of_march = Observation.objects.filter(cluster=world.clusters["a"], period="2026-03")
    assert [(o.indicator, o.value, o.state, o.source) for o in of_march] == [("人数", "100", "approved", "round")]
    with pytest.raises(InputError) as error:
        services.submit(actor=county, pack=pack, assignment=unit_a)
    assert _messages(error) == [
        "第 1 行 “产值”：已退回的数据还没有处理（现为“3100000”）。请修改数据，或写明不修改的原因"
    ]
    fill(产值="320")
    before = cell("人数").version
    assert services.submit(actor=county, pack=pack, assignment=unit_a) == 1
    assert cell("人数").version == before
    services.approve_cells(actor=city, round_=opened, level=2, picks=_picks(cell("产值")))
    assert of_march.get(indicator="产值").value == "3200000"
    unit_a.refresh_from_db()
    assert (unit_a.state, unit_a.returns, unit_a.late) == ("approved", 1, False)
    assert _acts(cell("产值")) == ["fill", "submit", "return", "fill", "submit", "approve"]
    assert _audited()[2:] == [
        "填报数据", "提交填报数据", "审核通过", "退回数据", "填报数据", "提交填报数据", "审核通过",
    ]  # fmt: skip


def test_the_second_of_two_reviewers_is_told_and_changes_nothing(
    fill: Fill, pack: Pack, unit_a: Any, opened: Round, people: Any, cell: CellOf
) -> None:
    from jiqun.web.dispatch.rounds import services

    _submitted(fill, pack, unit_a, people)
    seen = _picks(cell("产值"))
    services.return_cells(actor=people["city"], round_=opened, level=2, picks=seen, reason="口径不对")
    second = services.approve_cells(actor=people["operator"], round_=opened, level=2, picks=seen)
    assert second.done == ()
    [conflict] = second.conflicts
    assert conflict.what.startswith("city人员 已于 ") and conflict.what.endswith("退回，理由：口径不对")
    assert cell("产值").state == "returned"


def test_webhooks_hear_which_figures_came_back(
    fill: Fill, pack: Pack, unit_a: Any, opened: Round, people: Any, cell: CellOf, settings: Any
) -> None:
    from jiqun.web.api.models import Delivery
    from jiqun.web.api.services import create_webhook
    from jiqun.web.dispatch.rounds import services

    settings.WEBHOOK_PRIVATE = True
    hooks = {
        role: create_webhook(
            actor=people[role],
            organisation=people[role].organisation,
            url=f"https://127.0.0.1/{role}",
            events=["returned"],
        )
        for role in ("county", "enterprise")
    }
    _submitted(fill, pack, unit_a, people)
    seen = _picks(cell("产值"))
    services.return_cells(actor=people["city"], round_=opened, level=2, picks=seen, reason="口径不对")
    told = Delivery.objects.get()
    figure = cell("产值")
    assert told.webhook == hooks["county"]
    assert told.payload == {
        "round": opened.pk, "reason": "口径不对",
        "records": [
            {"subject_kind": "cluster", "subject": "cluster-a", "indicator": "产值", "period": figure.item.period}
        ],
    }  # fmt: skip


def test_an_unlocked_figure_counts_until_another_is_approved(
    fill: Fill, pack: Pack, unit_a: Any, opened: Round, people: Any, cell: CellOf
) -> None:
    from jiqun.web.dispatch.rounds import services
    from jiqun.web.registry.models import Observation

    city = people["city"]
    _submitted(fill, pack, unit_a, people)
    services.approve_cells(actor=city, round_=opened, level=2, picks=_picks(cell("产值"), cell("人数")))
    services.unlock_cell(actor=city, round_=opened, pick=_picks(cell("人数"))[0], reason="企业更正")
    figures = Observation.objects.filter(indicator="人数")
    assert [o.value for o in figures.all()] == ["100"]
    fill(人数="120")
    assert (cell("人数").approved_value, cell("人数").value) == ("100", "120")
    assert [o.value for o in figures.all()] == ["100"]
    services.submit(actor=people["county"], pack=pack, assignment=unit_a)
    services.approve_cells(actor=city, round_=opened, level=2, picks=_picks(cell("人数")))
    assert [o.value for o in figures.all()] == ["120"]


def test_reasons_are_needed_where_they_must_be_given(opened: Round, cell: CellOf, people: Any) -> None:
    from jiqun.web.dispatch.rounds import services

    city, due = people["city"], opened.due_on
    assert due is not None
    calls: list[tuple[Callable[[], Any], str]] = [
        (lambda: services.return_cells(actor=city, round_=opened, level=2, picks=[], reason=" "), "请写明退回理由"),
        (
            lambda: services.unlock_cell(actor=city, round_=opened, pick=_picks(cell("产值"))[0], reason=""),
            "请写明解锁理由",
        ),
        (lambda: services.comment_cell(actor=city, cell=cell("产值"), text=""), "请写明批注"),
        (
            lambda: services.extend_deadline(actor=city, round_=opened, due_on=date(2099, 1, 1), reason=""),
            "请写明延期理由",
        ),
        (
            lambda: services.extend_deadline(actor=city, round_=opened, due_on=due, reason="a"),
            "新的截止日期应晚于原定日期",
        ),
    ]
    for call, message in calls:
        with pytest.raises(InputError) as error:
            call()
        assert error.value.problems[0].message == message


def test_reminders_go_to_those_who_are_behind(fill: Fill, pack: Pack, unit_a: Any, opened: Round, people: Any) -> None:
    from jiqun.web.dispatch.rounds import services
    from jiqun.web.inbox.models import Message

    assert services.remind(actor=people["city"], round_=opened) == 2
    text = Message.objects.filter(recipient=people["county"]).first().text  # type: ignore[union-attr]
    assert text.startswith("督办：“三月集群运行”截止 ") and text.endswith("，请尽快提交")
    _submitted(fill, pack, unit_a, people)
    assert services.remind(actor=people["city"], round_=opened) == 1
    unit_a.refresh_from_db()
    assert unit_a.reminders == 1


def test_a_closed_round_takes_no_figures_but_ends_its_reviews(
    fill: Fill, pack: Pack, unit_a: Any, opened: Round, people: Any, cell: CellOf
) -> None:
    from jiqun.web.dispatch.rounds import services

    _submitted(fill, pack, unit_a, people)
    closed = services.close_round(actor=people["city"], round_=opened)
    with pytest.raises(InputError) as error:
        fill(人数="1")
    assert _messages(error) == ["填报任务“三月集群运行”已截止。如需更正，请联系市级主管部门"]
    services.approve_cells(actor=people["city"], round_=closed, level=2, picks=_picks(cell("产值")))
    assert cell("产值").state == "approved"
    services.extend_deadline(actor=people["city"], round_=closed, due_on=date(2099, 1, 1), reason="补报")
    opened.refresh_from_db()
    assert (opened.state, opened.due_on) == ("open", date(2099, 1, 1))


def test_late_is_late_and_stays(fill: Fill, pack: Pack, unit_a: Any, opened: Round) -> None:
    from jiqun.web.dispatch.rounds import services

    fill(产值=OK)
    services.submit(
        actor=None, pack=pack, assignment=unit_a, now=datetime(2099, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    )
    unit_a.refresh_from_db()
    assert unit_a.late is True


def test_firms_are_reviewed_by_their_county_first(pack: Pack, people: Any, world: Any) -> None:
    from jiqun.web.dispatch.rounds import services
    from jiqun.web.dispatch.rounds.models import Cell, Chain

    drafted = services.draft_round(
        actor=None, pack=pack, title="企业月报", period="2026-03", subject_kind="party", chain=Chain.FIRM,
        asked=[services.Asked("人数")], selection=services.Selection(("990102",)), working_days=5,
    )  # fmt: skip
    opened = services.open_round(actor=None, round_=drafted)
    # The zone belongs to county a, so that a2's figures go to the county.
    assert [(str(a.place), str(a.party)) for a in opened.assignments.all()] == [
        ("甲县", "a1示例公司"), ("甲县", "a2示例公司"),
    ]  # fmt: skip
    unit = opened.assignments.get(party=world.parties["a1"])
    cells = Cell.objects.filter(line__assignment=unit)
    edit = services.Edit(cells.get().pk, 1, "5")
    services.save_cells(actor=people["enterprise"], pack=pack, assignment=unit, edits=[edit])
    services.submit(actor=people["enterprise"], pack=pack, assignment=unit)
    assert services.approve_cells(actor=None, round_=opened, level=2, picks=_picks(cells.get())).done == ()
    services.approve_cells(actor=people["county"], round_=opened, level=1, picks=_picks(cells.get()))
    assert (cells.get().state, cells.get().approved_level) == ("submitted", 1)
    services.approve_cells(actor=people["city"], round_=opened, level=2, picks=_picks(cells.get()))
    assert (cells.get().state, cells.get().approved_level) == ("approved", 2)
