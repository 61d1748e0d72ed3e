"""The pages of a round: what is told when two act at once, what the grid is answered, what is hidden from others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.budgets import BUDGETS

if TYPE_CHECKING:
    from jiqun.programme.pack import Pack
    from jiqun.web.dispatch.rounds.models import Assignment, Cell, Round

SignIn = Callable[[str], Client]
CellOf = Callable[[str], "Cell"]
Fill = Callable[..., Any]


def _save(client: Client, unit: Assignment, *edits: dict[str, Any]) -> Any:
    address = reverse("rounds:save", args=[unit.pk])
    return client.post(address, json.dumps({"edits": edits}), content_type="application/json")


@pytest.fixture
def submitted(fill: Fill, pack: Pack, unit_a: Assignment, people: Any) -> Assignment:
    """County a's figures waiting for the city."""
    from jiqun.web.dispatch.rounds import services

    fill(产值="310", 人数="100")
    services.submit(actor=people["county"], pack=pack, assignment=unit_a)
    return unit_a


def test_the_grid_is_told_how_each_cell_stands(sign_in: SignIn, unit_a: Assignment, cell: CellOf) -> None:
    output, staff = cell("产值"), cell("人数")
    answer = _save(
        sign_in("county"), unit_a,
        {"id": output.pk, "version": 1, "text": " １９０万元 "}, {"id": staff.pk, "version": 1, "text": "百人"},
    )  # fmt: skip
    assert answer.status_code == 200
    told = answer.json()
    assert told["faults"] == {str(staff.pk): "“百人”不是数，请填以“人”为单位的数"} and told["conflicts"] == {}
    # 190 after 200 falls; against 250 of the March before it is -24 %.
    assert told["cells"] == [
        {
            "id": output.pk, "version": 2, "text": "190", "change": "-24.0%", "look": "is-draft has-error",
            "hint": "累计数不应下降", "state": "草稿", "editable": True, "explained": False,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"edits": []}', '{"edits": [{"id": "x"}]}', '{"edits": 5}'])
def test_nonsense_is_refused(sign_in: SignIn, unit_a: Assignment, body: str) -> None:
    answer = sign_in("county").post(reverse("rounds:save", args=[unit_a.pk]), body, content_type="application/json")
    assert answer.status_code == 400


def test_a_cell_of_another_assignment_is_not_written(sign_in: SignIn, opened: Round, unit_a: Assignment) -> None:
    from jiqun.web.dispatch.rounds.models import Cell

    other = Cell.objects.filter(line__assignment__place__name="乙县").first()
    assert other is not None
    answer = _save(sign_in("county"), unit_a, {"id": other.pk, "version": 1, "text": "1"})
    assert answer.json()["faults"] == {str(other.pk): "这个数据不在本填报单中"}
    other.refresh_from_db()
    assert other.value == ""


def test_the_later_of_two_reviewers_gets_409_with_what_the_other_did(
    sign_in: SignIn, submitted: Assignment, opened: Round, cell: CellOf, people: Any
) -> None:
    from jiqun.web.dispatch.rounds import services

    seen = f"{cell('产值').pk}:{cell('产值').version}"
    pick = services.Pick(cell("产值").pk, cell("产值").version)
    services.return_cells(actor=people["operator"], round_=opened, level=2, picks=[pick], reason="口径不对")
    address = reverse("rounds:review", args=[opened.pk])
    answer = sign_in("city").post(address, {"cell": seen, "act": "approve"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "有 1 个数据在您处理之前已被他人处理，您的操作没有覆盖" in text
    assert "退回，理由：口径不对" in text and "<html" not in text
    assert cell("产值").state == "returned"


def test_everything_without_problems_is_approved_at_once(
    sign_in: SignIn, submitted: Assignment, opened: Round, cell: CellOf
) -> None:
    # A month of 110万 by 100 people is 1.1万 a head, and 10 % more than the month before: nothing is wrong.
    answer = sign_in("city").post(reverse("rounds:review", args=[opened.pk]), {"act": "approve-sound"})
    assert answer.status_code == 200 and "已通过 2 个数据" in answer.content.decode()
    assert {cell("产值").state, cell("人数").state} == {"approved"}


def test_a_return_without_a_reason_is_refused(
    sign_in: SignIn, submitted: Assignment, opened: Round, cell: CellOf
) -> None:
    seen = f"{cell('产值').pk}:{cell('产值').version}"
    answer = sign_in("city").post(reverse("rounds:review", args=[opened.pk]), {"cell": seen, "act": "return"})
    assert answer.status_code == 422 and "请写明退回理由" in answer.content.decode()


def test_submission_shows_every_fault_on_the_grid(sign_in: SignIn, unit_a: Assignment) -> None:
    answer = sign_in("county").post(reverse("rounds:submit", args=[unit_a.pk]))
    assert answer.status_code == 422
    assert "数据未提交，共 1 处" in answer.content.decode()


def test_the_panel_keeps_an_explanation_and_tells_the_grid(sign_in: SignIn, unit_a: Assignment, cell: CellOf) -> None:
    output = cell("产值")
    answer = sign_in("county").post(
        reverse("rounds:explain", args=[output.pk]), {"version": 1, "explanation": "口径调整"}
    )
    assert "说明已保存" in answer.content.decode()
    [told] = json.loads(answer["HX-Trigger"])["rounds:cells"]["cells"]
    assert (told["id"], told["version"], told["explained"]) == (output.pk, 2, True)


def test_statistics_by_county_as_csv(sign_in: SignIn, submitted: Assignment, opened: Round) -> None:
    answer = sign_in("city").get(reverse("rounds:progress-csv", args=[opened.pk]))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[1:] == ["甲县,1,1,1,0,2,2,100.0%,2,0,0,0,100.0%,0", "乙县,1,0,0,0,1,0,0.0%,0,0,0,0,0.0%,0"]


def test_drafts_are_the_citys_own(pack: Pack, people: Any, sign_in: SignIn) -> None:
    from jiqun.web.dispatch.rounds import services
    from jiqun.web.dispatch.rounds.models import Chain

    draft = services.draft_round(
        actor=None, pack=pack, title="草稿", period="2026-03", subject_kind="cluster", chain=Chain.COUNTY,
        asked=[services.Asked("产值")], selection=services.Selection(), working_days=5,
    )  # fmt: skip
    assert sign_in("county").get(reverse("rounds:round", args=[draft.pk])).status_code == 404
    page = sign_in("city").get(reverse("rounds:round", args=[draft.pk]))
    assert page.context["plan"].cells == 2


def test_the_form_offers_what_fits_the_period(sign_in: SignIn, pack: Pack) -> None:
    text = sign_in("city").get(reverse("rounds:new"), {"subject": "cluster", "period": "2026-03"}).content.decode()
    assert "indicator:产值" in text and "indicator:营业收入" not in text
    text = sign_in("city").get(reverse("rounds:new"), {"subject": "cluster", "period": "2025"}).content.decode()
    assert "indicator:产值" in text and "indicator:营业收入" in text


def test_a_grid_page_asks_the_database_little(
    sign_in: SignIn, submitted: Assignment, django_assert_max_num_queries: Any
) -> None:
    client, address = sign_in("county"), reverse("rounds:fill", args=[submitted.pk])
    client.get(address)  # what is kept between requests
    with django_assert_max_num_queries(BUDGETS["rounds:fill"]):
        assert client.get(address).status_code == 200
