"""Facts folder → database → snapshot → publication, with the real checks and the real evaluation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.db import connections, transaction
from pytest_django.fixtures import Settings

from jiqun.base.errors import InputError
from jiqun.programme.load import load_pack
from jiqun.programme.pack import Pack
from jiqun.snapshot.build import PackMark, build
from jiqun.web.common.models import AuditRecord
from jiqun.web.registry import services
from jiqun.web.registry.bulk.session import Database
from jiqun.web.registry.export import export_facts
from jiqun.web.registry.models import Observation, Party, Place, Publication
from jiqun.web.registry.queries import current_publication
from tests.web.registry.facts_folder import FILES, LAB, ONE, TWO, write_facts
from tests.web.world import World, uscc

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pack() -> Pack:
    return load_pack(Path(__file__).parents[1] / "pack")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.HOME = tmp_path / "home"
    return tmp_path / "home"


def test_facts_through_the_database_are_the_same_facts(tmp_path: Path, pack: Pack) -> None:
    facts, mark = write_facts(tmp_path / "facts", demo=True), PackMark("p", "1")
    summary = services.load_facts(folder=facts, pack=pack)
    database = Database.of_site()
    connections.close_all()
    export_facts(database=database, out=tmp_path / "out")
    direct = build(facts, tmp_path / "direct", pack.vocabulary, mark)
    again = build(tmp_path / "out", tmp_path / "again", pack.vocabulary, mark)
    # The identity of a snapshot is the digest of all its tables' contents; compare them one by one to see which fails.
    assert {t: e["sha256"] for t, e in again["tables"].items()} == {t: e["sha256"] for t, e in direct["tables"].items()}
    assert again["id"] == direct["id"] == summary.snapshot_id
    assert again["demo"] == direct["demo"] == summary.demo == {"note": "全部虚构"}
    assert again["tables"]["observation"]["rows"] == 9


def test_a_load_tells_how_far_it_is(tmp_path: Path, pack: Pack) -> None:
    told: list[tuple[str, float]] = []
    services.load_facts(
        folder=write_facts(tmp_path / "facts"), pack=pack, progress=lambda stage, share: told.append((stage, share))
    )
    shares = [share for stage, share in told if stage != "重建索引"]
    assert shares == sorted(shares) and told[-1] == ("完成", 1.0)
    assert {"检查名录", "载入指标数据", "核对"} <= {stage for stage, _ in told}


def test_every_fault_of_the_facts_is_told_and_nothing_is_loaded(tmp_path: Path, pack: Pack, home: Path) -> None:
    services.load_facts(folder=write_facts(tmp_path / "a"), pack=pack)
    wrong = ONE[:17] + ("A" if ONE[17] != "A" else "B")
    party = FILES["party.csv"].replace("检测所,lab,,,", "检测所,lab,,999999,").replace(ONE, wrong)
    with pytest.raises(InputError) as caught:
        services.load_facts(folder=write_facts(tmp_path / "b", party_csv=party), pack=pack)
    told = [(p.place.file, p.place.row, p.place.field) for p in caught.value.problems]
    assert ("party.csv", 2, "uscc") in told and ("party.csv", 4, "county") in told
    assert set(Party.objects.values_list("uscc", flat=True)) == {ONE, TWO, LAB}
    assert AuditRecord.objects.filter(action="载入数据").count() == 1
    assert list(home.glob(".work-*")) == []


def test_a_load_is_never_part_of_another_transaction(tmp_path: Path, pack: Pack) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="has its own transaction"):
        services.load_facts(folder=write_facts(tmp_path / "a"), pack=pack)


def test_refresh_publishes_what_the_registry_holds(tmp_path: Path, pack: Pack, home: Path) -> None:
    summary = services.load_facts(folder=write_facts(tmp_path / "facts", demo=True), pack=pack)
    first = services.refresh(actor=None, as_of=date(2026, 9, 30), pack=pack)
    assert (first.as_of, first.snapshot_id, first.is_demo) == (date(2026, 9, 30), summary.snapshot_id, True)
    assert (first.pack_id, first.pack_version) == ("example-city", "1")
    assert current_publication() == first
    rows = pq.read_table(first.results / "decisions.parquet").to_pylist()
    found = {(r["subject"], r["rule"]): (r["outcome"], r["amount"] and str(r["amount"])) for r in rows}
    assert found[ONE, "example-equipment"] == ("符合", "5000000.00")
    assert found[TWO, "example-equipment"] == ("不符合", None)
    assert (found[ONE, "example-firm"], found[TWO, "example-firm"]) == (("不符合", None), ("待定", None))
    targets = pq.read_table(first.results / "targets.parquet").to_pylist()
    assert [(t["target"], t["actual"], t["goal"]) for t in targets] == [("example-new", 1, 2)]


def test_a_correction_makes_a_new_publication_and_keeps_the_old(
    tmp_path: Path, pack: Pack, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.load_facts(folder=write_facts(tmp_path / "facts"), pack=pack)
    first = services.refresh(actor=None, as_of=date(2026, 9, 30), pack=pack)
    same = services.refresh(actor=None, as_of=date(2026, 10, 31), pack=pack)
    assert same.snapshot == first.snapshot and same.results != first.results
    Observation.objects.filter(party__uscc=ONE, indicator="营业收入", period="2025").update(value="10000000")
    third = services.refresh(actor=None, as_of=date(2026, 9, 30), pack=pack, note="更正一号公司营业收入")
    assert third.snapshot_id != first.snapshot_id
    assert [p.is_current for p in Publication.objects.order_by("id")] == [False, False, True]
    assert AuditRecord.objects.filter(action="发布").count() == 3

    def outcome(publication: Publication) -> str:
        rows = pq.read_table(publication.results / "decisions.parquet").to_pylist()
        return next(r["outcome"] for r in rows if (r["subject"], r["rule"]) == (ONE, "example-firm"))

    assert (outcome(first), outcome(third)) == ("不符合", "符合")

    def failing(*args: object, **kwargs: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("jiqun.programme.evaluate.evaluate", failing)
    with pytest.raises(RuntimeError, match="killed"):
        services.refresh(actor=None, as_of=date(2026, 11, 30), pack=pack)
    assert current_publication() == third
    assert len(list((home / "results").iterdir())) == 3
    assert list(home.glob(".work-*")) == []


def test_a_party_is_registered_with_a_checked_code(world: World) -> None:
    with pytest.raises(InputError) as caught:
        services.register_party(actor=None, uscc=uscc(50)[:17] + "X", name=" ", kind="enterprise")
    assert [(p.place.field, p.message.split("，")[0]) for p in caught.value.problems] == [
        ("统一社会信用代码", "统一社会信用代码校验位不符"),
        ("名称", "名称不能为空"),
    ]
    with pytest.raises(InputError, match="已登记（现为“a1示例公司”）"):
        services.register_party(actor=None, uscc=uscc(1), name="重名公司", kind="enterprise")
    party = services.register_party(
        actor=None, uscc=f" {uscc(50).lower()} ", name="新公司", kind="enterprise", county=world.places["a"]
    )
    assert (party.uscc, party.county) == (uscc(50), world.places["a"])
    services.update_party(actor=None, party=party, name="改名公司", county=world.places["b"])
    row = AuditRecord.objects.latest("id")
    assert (row.action, row.before, row.after) == (
        "修改主体",
        {"name": "新公司", "county_id": world.places["a"].pk},
        {"name": "改名公司", "county_id": world.places["b"].pk},
    )
    with pytest.raises(ValueError, match="its identity"):
        services.update_party(actor=None, party=party, uscc=uscc(51))
    assert Place.objects.count() == 4
