"""Workbooks in: what is checked, previewed and written; for whom; and that nothing is ever half-written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from jiqun.base.errors import InputError
from jiqun.programme.load import load_pack
from jiqun.programme.pack import Pack
from jiqun.web import jobs
from jiqun.web.accounts.models import User
from jiqun.web.common.models import AuditRecord
from jiqun.web.jobs.models import Job
from jiqun.web.registry.intake import files, queries, services
from jiqun.web.registry.intake.models import Upload
from jiqun.web.registry.intake.services import loading
from jiqun.web.registry.models import Entry, Observation, Party, Recognition, Review
from tests.web.registry.intake.workbooks import FIGURES, load, send
from tests.web.world import World, uscc

pytestmark = pytest.mark.django_db(transaction=True)
FIRMS = ("统一社会信用代码", "企业名称", "县区", "规上", "成立日期")


@pytest.fixture
def pack() -> Pack:
    return load_pack(Path(__file__).parents[2] / "pack")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def words(upload: Upload) -> list[str]:
    """The faults of an upload."""
    return [str(p) for p in files.read_problems(upload)]


def test_firms_new_changed_and_unchanged(world: World, people: dict[str, User], pack: Pack) -> None:
    city = people["city"]
    upload = send(
        pack, city, "parties", FIRMS,
        (uscc(1), "a1示例公司", "甲县", "", "2015-03-01"), (uscc(2), "a2新名公司", "", "是", ""), (uscc(50), "新公司", "乙县", "否", "2020年1月2日"),
    )  # fmt: skip
    assert (upload.state, upload.counts) == (
        "ready",
        {"new": 1, "changed": 1, "unchanged": 1, "wrong": 0, "problems": 0},
    )
    page = queries.preview_page(upload, "changed", 1)
    assert page is not None
    assert [(line.row, line.label, line.changes) for line in page.rows] == [
        (3, "a2新名公司", [["名称", "a2示例公司", "a2新名公司"], ["规上", "—", "是"]])
    ]
    assert not Party.objects.filter(uscc=uscc(50)).exists()
    assert load(city, upload).state == "loaded"
    made = Party.objects.get(uscc=uscc(50))
    assert (made.name, made.kind, made.county, made.above_size, made.founded_on, made.industry) == (
        "新公司", "enterprise", world.places["b"], False, date(2020, 1, 2), "",
    )  # fmt: skip
    changed = Party.objects.get(uscc=uscc(2))
    assert (changed.name, changed.above_size, changed.founded_on) == ("a2新名公司", True, date(2015, 3, 1))
    record = AuditRecord.objects.get(action="导入数据")
    assert record.after is not None
    assert (record.actor, record.after["new"], record.after["file"], record.after["changed_records"]) == (
        city, 1, "上报.xlsx",
        [["a2新名公司", ["名称", "a2示例公司", "a2新名公司"], ["规上", "—", "是"]]],
    )  # fmt: skip


def test_a_county_imports_its_own_firms_only(world: World, people: dict[str, User], pack: Pack) -> None:
    upload = send(
        pack, people["county"], "parties", FIRMS,
        (uscc(3), "b1示例公司", "甲县"), (uscc(50), "新公司", "乙县"), (uscc(51), "新公司二", ""), (uscc(52), "好公司", "甲县开发区"),
    )  # fmt: skip
    assert upload.state == "wrong"
    assert words(upload) == [
        f"工作表“表”A2（统一社会信用代码）：这家企业已由其他县（市、区）登记（现为“{uscc(3)}”）。如已迁入本县，请联系市级调整属地",
        "工作表“表”C3（县（市、区））：只能登记本县（市、区）的企业（现为“乙县”）。请删去外县企业的行",
        "工作表“表”C4（县（市、区））：新登记的企业要写县（市、区）。请从下拉列表中选",
    ]
    assert not Party.objects.filter(uscc__in=[uscc(50), uscc(51), uscc(52)]).exists()


def test_figures_of_the_city_count_and_those_of_a_county_wait(
    world: World, people: dict[str, User], pack: Pack
) -> None:
    head = ("信用代码", "名称", "营业收入（万元）", "研发强度", "协作明显")
    upload = send(
        pack,
        people["county"],
        FIGURES,
        head,
        (uscc(1), "a1示例公司", 1200.5, "3.5%", "√"),
        (uscc(2), "", "-", "", "否"),
    )
    assert upload.counts["new"] == 4
    load(people["county"], upload)
    found = (
        Observation.objects.filter(period="2025")
        .order_by("pk")
        .values_list("party__uscc", "indicator", "value", "state", "source")
    )
    source = f"导入 {upload.pk}"
    assert list(found) == [
        (uscc(1), "营业收入", "12005000", "submitted", source), (uscc(1), "研发强度", "0.035", "submitted", source),
        (uscc(1), "协作明显", "是", "submitted", source), (uscc(2), "协作明显", "否", "submitted", source),
    ]  # fmt: skip
    again = send(pack, people["city"], FIGURES, head, (uscc(1), "a1示例公司", 1300, 0.035, "是"))
    # The city's word is an approval: the two figures that are the same are approved too.
    assert again.counts == {"new": 0, "changed": 3, "unchanged": 0, "wrong": 0, "problems": 0}
    load(people["city"], again)
    assert Observation.objects.get(party=world.parties["a1"], indicator="营业收入", period="2025").state == "approved"
    third = send(pack, people["county"], FIGURES, head, (uscc(1), "a1示例公司", 1400, "", ""))
    assert words(third) == [
        "工作表“表”C2（营业收入）：这个数已经审核，不能直接修改；请联系市级退回或解锁后再报（现为“1,400万元”）"
    ]


def test_foreign_unknown_and_misnamed_rows_are_named(world: World, people: dict[str, User], pack: Pack) -> None:
    rows = ((uscc(3), "b1示例公司", 1), (uscc(77), "没有的公司", 1), (uscc(1), "别的公司", 1))
    upload = send(pack, people["county"], FIGURES, ("信用代码", "名称", "营业收入"), *rows)
    mend = "请删去外县企业的行；本县新企业请先在“企业名录”中导入登记"
    assert words(upload) == [
        f"工作表“表”A2（统一社会信用代码）：本县企业名录中没有这家企业（现为“b1示例公司（{uscc(3)}）”）。{mend}",
        f"工作表“表”A3（统一社会信用代码）：本县企业名录中没有这家企业（现为“没有的公司（{uscc(77)}）”）。{mend}",
        "工作表“表”B4（名称）：名称与代码不是同一家：这个代码在台账中是“a1示例公司”（现为“别的公司”）。"
        "请核对代码；若企业已更名，请先在企业名录中修改名称",
    ]
    own = send(pack, people["enterprise"], FIGURES, ("信用代码", "营业收入"), (uscc(1), 5), (uscc(2), 5))
    assert words(own) == [
        f"工作表“表”A3（统一社会信用代码）：只能填报本单位的数据（现为“{uscc(2)}”）。请删去其他单位的行"
    ]


def test_a_second_row_for_one_record_and_the_marked_copy(world: World, people: dict[str, User], pack: Pack) -> None:
    upload = send(pack, people["city"], FIGURES, ("信用代码", "营业收入"), (uscc(1), 5), (uscc(1), 6), (uscc(2), "多"))
    assert words(upload) == [
        "工作表“表”B3（营业收入）：与第 2 行重复：a1示例公司 · 营业收入。请只保留一行",
        "工作表“表”B4（营业收入）：“营业收入”应填金额（现为“多”）。请只填数字",
    ]
    page = openpyxl.load_workbook(upload.marked_copy)["表"]
    assert [page[ref].comment.text if page[ref].comment else None for ref in ("B2", "B3", "B4")] == [
        None, "与第 2 行重复：a1示例公司 · 营业收入。请只保留一行", "“营业收入”应填金额。请只填数字",
    ]  # fmt: skip


def test_entries_titles_and_reviews(world: World, people: dict[str, User], pack: Pack) -> None:
    city = people["city"]
    head = ("信用代码", "日期", "类别", "金额（万元）", "比例")
    row = (uscc(1), "2025-05-06", "生产", 12.5, "20%")
    assert load(city, send(pack, city, "register/设备", head, row)).state == "loaded"
    assert Entry.objects.get(register="设备").data == {"类别": "生产", "金额": 125000, "比例": 0.2}
    assert send(pack, city, "register/设备", head, row).counts["unchanged"] == 1
    title = next(iter(t for t in pack.vocabulary.titles.values() if "party" in t.subjects)).name
    load(
        city,
        send(
            pack,
            city,
            "recognitions/party",
            ("信用代码", "称号", "认定日期", "有效期至"),
            (uscc(1), title, "2024-01-02", "2027.1.1"),
        ),
    )
    assert Recognition.objects.get(title=title, awarded_on="2024-01-02").valid_until == date(2027, 1, 1)
    wrong = send(
        pack,
        city,
        "recognitions/party",
        ("信用代码", "称号", "认定日期", "有效期至"),
        (uscc(1), title, "2024-01-02", "2023-01-01"),
    )
    assert words(wrong) == ["工作表“表”D2（有效期至）：有效期至早于认定日期（现为“2023-01-01”）。请核对两个日期"]
    load(
        city,
        send(
            pack,
            city,
            "reviews/party",
            ("信用代码", "称号", "复核日期", "结果"),
            (uscc(1), title, "2025-01-02", "不通过"),
        ),
    )
    assert Review.objects.get(title=title, reviewed_on="2025-01-02").outcome == "不通过"


def test_somebody_else_changed_a_record_between_preview_and_confirmation(
    world: World, people: dict[str, User], pack: Pack
) -> None:
    city = people["city"]
    upload = send(pack, city, "parties", FIRMS[:2], (uscc(1), "新名"), (uscc(50), "新公司"))
    Party.objects.filter(uscc=uscc(1)).update(name="别人改的名")
    again = load(city, upload)
    assert (again.state, again.message) == (
        "ready", "核对之后，台账中的有关记录有变动；已按最新数据重新核对，请再看一遍后确认",
    )  # fmt: skip
    page = queries.preview_page(again, "changed", 1)
    assert page is not None and page.rows[0].changes == [["名称", "别人改的名", "新名"]]
    Party.objects.create(uscc=uscc(50), name="别人登记的", kind="lab")
    again = load(city, again)
    assert (again.state, again.counts["new"], again.counts["changed"]) == ("ready", 0, 2)
    assert load(city, again).state == "loaded"
    assert set(Party.objects.filter(uscc__in=[uscc(1), uscc(50)]).values_list("name", flat=True)) == {"新名", "新公司"}


def test_a_load_that_fails_midway_writes_nothing(
    world: World, people: dict[str, User], pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, real = people["city"], loading.audit.record
    upload = send(pack, city, "parties", FIRMS[:2], (uscc(1), "新名"), (uscc(50), "新公司"))
    services.confirm(actor=city, upload=upload)

    def broken(**kwargs: object) -> None:
        if kwargs["action"] == "导入数据":
            raise RuntimeError("power cut")
        real(**kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(loading.audit, "record", broken)
    jobs.run_pending()
    upload.refresh_from_db()
    assert upload.state == "loading"
    assert not Party.objects.filter(uscc=uscc(50)).exists()
    assert Party.objects.get(uscc=uscc(1)).name == "a1示例公司"
    work = queries.job_of(upload)
    assert work is not None and work.stuck
    monkeypatch.setattr(loading.audit, "record", real)
    services.resume(actor=city, upload=upload)
    jobs.run_pending()
    upload.refresh_from_db()
    assert load(city, upload).state == "loaded"


def test_what_was_confirmed_is_not_confirmed_again(world: World, people: dict[str, User], pack: Pack) -> None:
    city = people["city"]
    upload = load(city, send(pack, city, "parties", FIRMS[:2], (uscc(50), "新公司")))
    with pytest.raises(InputError, match="这份文件的状态已是“已载入”"):
        services.confirm(actor=city, upload=upload)
    assert Job.objects.count() == 2
    services.load(upload=upload, progress=lambda *_: None)
    assert Party.objects.filter(uscc=uscc(50)).count() == 1


def test_hostile_and_foreign_files_are_refused(world: World, people: dict[str, User], pack: Pack) -> None:
    upload = send(pack, people["city"], "parties", ("单位", "电话"), ("甲", "1"))
    assert (upload.state, upload.counts) == ("refused", {})
    assert upload.message.startswith("上报.xlsx：没有找到能识别的表头")
    with pytest.raises(InputError, match="不支持这种文件"):
        send(pack, people["city"], "parties", (), name="病毒.exe")


def test_the_search_knows_imported_firms(world: World, people: dict[str, User], pack: Pack) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_searchkey")
    load(people["city"], send(pack, people["city"], "parties", FIRMS[:2], (uscc(50), "滹沱机械公司")))
    from jiqun.web.accounts.scope import scope_for
    from jiqun.web.registry.search.find import find_parties

    assert [hit.party.uscc for hit in find_parties(scope_for(people["city"]), "滹沱")] == [uscc(50)]
