"""Releases: made as drafts, compared, published, withdrawn; and briefings whose numbers are the results'."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import docx
import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from jiqun.base.errors import InputError
from jiqun.programme.targets import TARGETS, read_targets
from jiqun.web.accounts.models import User
from jiqun.web.common.models import AuditRecord
from jiqun.web.dispatch.publishing import services
from jiqun.web.dispatch.publishing.models import Release
from jiqun.web.inbox.models import Message
from jiqun.web.jobs.models import Job
from jiqun.web.registry.models import Publication
from jiqun.web.registry.queries import current_publication

SignIn = Callable[[str], Client]


def another(published: Publication, **changed: Any) -> Publication:
    """The same results again, as a publication that is not current."""
    kept = ("pack_id", "pack_version", "snapshot_id", "snapshot_folder", "results_folder", "is_demo")
    fields = {key: getattr(published, key) for key in kept}
    return Publication.objects.create(as_of=published.as_of, is_current=False, **{**fields, **changed})


def draft_of(publication: Publication, actor: User) -> Release:
    return Release.objects.create(publication=publication, made_by=actor)


def test_publishing_makes_it_current_and_tells_the_counties(published: Publication, people: dict[str, User]) -> None:
    draft = draft_of(another(published), people["city"])
    done = services.publish(actor=people["city"], release=draft)
    assert (done.number, done.state, done.published_by) == (1, "published", people["city"])
    assert current_publication() == draft.publication
    told = Message.objects.get()
    assert (told.recipient, told.text) == (people["county"], "已发布截至 2026-09-30 的数据（第 1 期）")
    assert AuditRecord.objects.filter(action="发布数据").count() == 1


def test_a_second_publisher_is_told(published: Publication, people: dict[str, User]) -> None:
    draft = draft_of(another(published), people["city"])
    services.publish(actor=people["city"], release=draft)
    with pytest.raises(InputError) as error:
        services.publish(actor=people["operator"], release=draft)
    problem = error.value.problems[0]
    assert (problem.message, problem.found, problem.mend) == ("不能发布", "已发布", "请刷新页面，看看同事做了什么")


def test_a_correction_and_its_withdrawal(published: Publication, people: dict[str, User]) -> None:
    first = services.publish(actor=people["city"], release=draft_of(another(published), people["city"]))
    second = services.publish(actor=people["city"], release=draft_of(another(published), people["city"]))
    assert (second.number, current_publication()) == (2, second.publication)
    with pytest.raises(InputError) as error:
        services.withdraw(actor=people["city"], release=second, reason=" ")
    assert error.value.problems[0].message == "没有写撤回原因"
    taken = services.withdraw(actor=people["city"], release=second, reason="口径有误")
    assert (taken.state, taken.reason, current_publication()) == ("withdrawn", "口径有误", first.publication)
    assert services.withdraw(actor=people["city"], release=first, reason="也有误").state == "withdrawn"
    assert current_publication() == published  # what was there before there were releases


def test_the_only_publication_stays(published: Publication, people: dict[str, User]) -> None:
    Publication.objects.filter(pk=published.pk).update(is_current=False)
    only = Release.objects.create(publication=published)
    done = services.publish(actor=people["city"], release=only)
    with pytest.raises(InputError) as error:
        services.withdraw(actor=people["city"], release=done, reason="有误")
    assert error.value.problems[0].message == "这是唯一发布的数据，不能撤回"
    assert Release.objects.get().state == "published"


def test_a_draft_is_asked_for_up_to_today(published: Publication, people: dict[str, User]) -> None:
    job = services.ask_for_draft(actor=people["city"], as_of=date(2026, 6, 30), note=" 二季度 ", today=date(2026, 7, 5))
    assert (job.kind, job.params) == ("publishing.draft", {"as_of": "2026-06-30", "note": "二季度"})
    with pytest.raises(InputError):
        services.ask_for_draft(actor=people["city"], as_of=date(2026, 7, 6), note="", today=date(2026, 7, 5))


def test_a_job_run_twice_keeps_one_draft(published: Publication, people: dict[str, User]) -> None:
    job = Job.objects.create(kind="publishing.draft", title="试算", params={})
    one = services.keep_draft(actor=people["city"], publication=another(published), job_id=job.pk)
    again = services.keep_draft(actor=people["city"], publication=another(published), job_id=job.pk)
    assert one == again and Release.objects.count() == 1


def test_the_page_shows_what_changed(published: Publication, people: dict[str, User], sign_in: SignIn) -> None:
    draft = draft_of(another(published), people["city"])
    page = sign_in("city").get(reverse("publishing:release", args=[draft.pk])).content.decode()
    assert "0 项目标有变化" in page and "没有变化。" in page and "新培育示例企业" in page
    assert sign_in("county").get(reverse("publishing:release", args=[draft.pk])).status_code == 404
    answer = sign_in("city").post(reverse("publishing:act", args=[draft.pk]), {"act": "publish"}, follow=True)
    assert "已发布：第 1 期，数据截至 2026-09-30。" in answer.content.decode()
    assert "上一次发布" not in sign_in("county").get(reverse("publishing:releases")).content.decode()


def briefing(client: Client, release: Release, form: str, county: str = "") -> Any:
    answer = client.get(reverse("publishing:briefing", args=[release.pk, "dispatch", form]), {"county": county})
    return answer if answer.status_code != 200 else b"".join(answer.streaming_content)


def test_the_numbers_of_the_briefing_are_those_of_the_results(
    published: Publication, people: dict[str, User], sign_in: SignIn
) -> None:
    release = draft_of(another(published), people["city"])
    word = docx.Document(io.BytesIO(briefing(sign_in("city"), release, "docx")))
    texts = [p.text for p in word.paragraphs]
    results = read_targets(published.results / TARGETS)
    met = sum(t.state == "已达标" for t in results.values())
    late = sum(t.state in ("滞后", "严重滞后") for t in results.values())
    assert "关于示例市进展的通报" in texts
    stated = next(text for text in texts if text.startswith("截至2026年9月30日"))
    assert stated.startswith(f"截至2026年9月30日，{len(results)}项目标中已达标{met}项，滞后{late}项；")
    rows = {row.cells[0].text: [c.text for c in row.cells] for row in word.tables[0].rows}
    new = results["example-new"]
    assert rows["新培育示例企业"][1:] == ["2家", f"{new.actual:.0f}家", f"{new.pace:,.1f}家", new.state]
    annex = openpyxl.load_workbook(io.BytesIO(briefing(sign_in("city"), release, "xlsx")))
    values = {row[0].value: row[3].value for row in annex["目标进展"].iter_rows(min_row=2)}
    for target in results.values():
        title = next(t for t in values if t == _title(target.target))
        assert values[title] == (target.actual if target.actual is not None else "待补充")
    assert briefing(sign_in("city"), release, "pdf").startswith(b"%PDF-")


def _title(id: str) -> str:
    from jiqun.web.common.pack import current_pack

    return current_pack().targets[id].title


def test_a_county_gets_its_own_briefing_only(published: Publication, people: dict[str, User], sign_in: SignIn) -> None:
    release = services.publish(actor=people["city"], release=draft_of(another(published), people["city"]))
    county = sign_in("county")
    own = docx.Document(io.BytesIO(briefing(county, release, "docx", "990102")))
    assert "关于甲县进展的通报" in [p.text for p in own.paragraphs]
    assert "乙县" not in "".join(p.text for p in own.paragraphs) + "".join(c.text for c in own.tables[0]._cells)
    assert briefing(county, release, "docx", "990103").status_code == 404
    assert briefing(county, release, "docx").status_code == 404
    assert briefing(sign_in("city"), release, "exe").status_code == 404
