"""An assignment by Excel: out, back with changes, with faults, and with what somebody else changed meanwhile."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

if TYPE_CHECKING:
    from jiqun.web.dispatch.rounds.models import Assignment, Cell

SignIn = Callable[[str], Client]
CellOf = Callable[[str], "Cell"]


@pytest.fixture
def template(sign_in: SignIn, unit_a: Assignment) -> Any:
    """The template as the county downloads it, opened."""
    answer = sign_in("county").get(reverse("rounds:template", args=[unit_a.pk]))
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def _find(page: Any, text: str) -> tuple[int, int]:
    return next((c.row, c.column) for row in page for c in row if c.value and str(c.value).startswith(text))


def _put(book: Any, **texts: str | int) -> bytes:
    """Write into cluster a's row, by the beginning of the header."""
    page = book["填报表"]
    row, _ = _find(page, "cluster-a")
    for name, text in texts.items():
        page.cell(row, _find(page, name)[1]).value = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _upload(client: Client, unit: Assignment, data: bytes) -> Any:
    file = SimpleUploadedFile("三月.xlsx", data)
    return client.post(reverse("rounds:upload", args=[unit.pk]), {"file": file})


def _payload(answer: Any) -> str:
    found = re.search(r'name="payload" value="([^"]+)"', answer.content.decode())
    assert found is not None
    return found[1]


def test_an_upload_is_shown_first_and_written_when_confirmed(
    template: Any, sign_in: SignIn, unit_a: Assignment, cell: CellOf
) -> None:
    client = sign_in("county")
    answer = _upload(client, unit_a, _put(template, 产值=310, 人数="１００"))
    assert answer.status_code == 200
    assert (cell("产值").state, cell("人数").state) == ("empty", "empty")
    done = client.post(reverse("rounds:apply", args=[unit_a.pk]), {"payload": _payload(answer)}, follow=True)
    assert "已写入 2 个数据" in done.content.decode()
    assert (cell("产值").value, cell("人数").value) == ("3100000", "100")


def test_a_faulty_upload_comes_back_marked_and_changes_nothing(
    template: Any, sign_in: SignIn, unit_a: Assignment, cell: CellOf
) -> None:
    client = sign_in("county")
    # 190 after 200 falls, which a check refuses; 很多 is no number.
    answer = _upload(client, unit_a, _put(template, 产值=190, 人数="很多"))
    text = answer.content.decode()
    assert answer.status_code == 422 and "没有写入任何数据" in text
    assert cell("产值").value == ""
    copy = re.search(r'href="([^"]+marked\.xlsx\?copy=[^"]+)"', text)
    assert copy is not None
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(copy[1]).streaming_content)))  # type: ignore[attr-defined]
    page = book["填报表"]
    row, _ = _find(page, "cluster-a")
    wrong = page.cell(row, _find(page, "人数")[1])
    assert wrong.comment is not None and wrong.fill.start_color.rgb.endswith("FFC7CE")
    assert sign_in("city").get(copy[1]).status_code == 403


def test_what_the_checks_refuse_is_marked_too(template: Any, sign_in: SignIn, unit_a: Assignment, cell: CellOf) -> None:
    answer = _upload(sign_in("county"), unit_a, _put(template, 产值=190, 人数=100))
    assert answer.status_code == 422
    assert [p.message for p in answer.context["problems"]] == ["累计数不应下降"]
    assert cell("产值").version == 1


def test_what_was_changed_meanwhile_is_left(
    template: Any, sign_in: SignIn, unit_a: Assignment, cell: CellOf, fill: Callable[..., Any]
) -> None:
    client = sign_in("county")
    answer = _upload(client, unit_a, _put(template, 产值=310, 人数=100))
    fill(产值="320")
    done = client.post(reverse("rounds:apply", args=[unit_a.pk]), {"payload": _payload(answer)}, follow=True)
    assert "有 1 个数据在预览之后被改动，没有写入：county人员 已于 " in done.content.decode()
    assert (cell("产值").value, cell("人数").value) == ("3200000", "100")


@pytest.mark.parametrize(
    ("code", "message"), [("cluster-b", "不在本填报单的集群中"), ("nothing", "不在本填报单的集群中")]
)
def test_rows_of_others_are_refused(
    template: Any, sign_in: SignIn, unit_a: Assignment, code: str, message: str
) -> None:
    page = template["填报表"]
    row, column = _find(page, "cluster-a")
    page.cell(row, column).value = code
    page.cell(row, _find(page, "人数")[1]).value = 5
    out = io.BytesIO()
    template.save(out)
    answer = _upload(sign_in("county"), unit_a, out.getvalue())
    assert [(p.message, p.found) for p in answer.context["problems"]] == [(message, code.upper())]


@pytest.mark.parametrize("data", [b"", b"no workbook", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused_with_a_sentence(data: bytes, sign_in: SignIn, unit_a: Assignment) -> None:
    answer = _upload(sign_in("county"), unit_a, data)
    assert answer.status_code == 422 and len(answer.context["problems"]) == 1


def test_a_payload_of_another_or_a_forged_one_is_refused(sign_in: SignIn, unit_a: Assignment) -> None:
    client = sign_in("county")
    done = client.post(reverse("rounds:apply", args=[unit_a.pk]), {"payload": "forged"}, follow=True)
    assert "预览已失效，请重新上传" in done.content.decode()
