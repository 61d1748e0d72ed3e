"""Loading a snapshot into the registry: what arrives, what stays, what is refused."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import IntegrityError, connection, connections

from jiqun.base.errors import InputError
from jiqun.web.accounts.models import Organisation, OrganisationKind
from jiqun.web.common.models import AuditRecord
from jiqun.web.registry.bulk.load import Limits, LoadSummary, load_snapshot
from jiqun.web.registry.bulk.session import Database
from jiqun.web.registry.export import export_apart, export_facts
from jiqun.web.registry.models import Cluster, Entry, FactsLoad, Observation, Party, Place, Recognition, Review
from tests.web.registry.snapshots import VOCABULARY, Rows, facts, write_snapshot
from tests.web.world import uscc

pytestmark = pytest.mark.django_db(transaction=True)


def _load(folder: Path, rows: dict[str, Rows] | None = None, **kwargs: Any) -> LoadSummary:
    snapshot = write_snapshot(folder, facts() if rows is None else rows, **kwargs)
    database, limits = Database.of_site(), Limits.of_models()
    connections.close_all()
    return load_snapshot(database=database, snapshot=snapshot, vocabulary=VOCABULARY, limits=limits)


def _contents() -> dict[str, Any]:
    """Everything that the registry holds, without ids."""
    owner = ("party__uscc", "cluster__code", "place__code")
    return {
        "place": list(Place.objects.order_by("code").values_list("code", "name", "parent__code", "kind")),
        "cluster": list(Cluster.objects.order_by("code").values_list("code", "name", "county__code", "chain", "provincial_key")),
        "party": list(Party.objects.order_by("uscc").values_list(
            "uscc", "name", "kind", "cluster__code", "county__code", "industry", "founded_on", "size_class", "above_size")),
        "observation": sorted(Observation.objects.values_list(*owner, "indicator", "period", "value", "state"), key=str),
        "recognition": sorted(Recognition.objects.values_list(*owner, "title", "awarded_on", "valid_until"), key=str),
        "review": sorted(Review.objects.values_list(*owner, "title", "reviewed_on", "outcome"), key=str),
        "entry": sorted(Entry.objects.values_list(*owner, "register", "on", "data", "state"), key=str),
    }  # fmt: skip


def test_postgresql_may_read_lists_from_their_indexes_alone(tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such marks")
    snapshot, database = write_snapshot(tmp_path / "s", facts()), Database.of_site()
    # The suite's server commits without waiting, and what is not on the disk yet is not marked.
    safe = replace(database, uri=database.uri.replace("options=", "options=-c%20synchronous_commit%3Don%20"))
    connections.close_all()
    load_snapshot(database=safe, snapshot=snapshot, vocabulary=VOCABULARY, limits=Limits.of_models())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'registry_%' AND relkind = 'r' AND relpages > relallvisible"
        )
        assert cursor.fetchall() == []


def test_every_row_arrives_with_its_types(tmp_path: Path) -> None:
    summary = _load(tmp_path / "s")
    one, two = uscc(1), uscc(2)
    assert summary.rows == {
        "party": 2,
        "cluster": 2,
        "place": 3,
        "observation": 4,
        "recognition": 2,
        "review": 1,
        "entry": 3,
    }
    assert _contents() == {
        "place": [
            ("990100", "示例市", None, "city"),
            ("990102", "甲县", "990100", "county"),
            ("9901A1", "甲县开发区", "990102", "zone"),
        ],
        "cluster": [("c1", "泵阀集群", "990102", "装备", True), ("c2", "未定集群", None, "", None)],
        "party": [
            (one, "一号公司", "enterprise", "c1", "9901A1", "C3441", date(2015, 3, 1), "小型", True),
            (two, "二号公司", "lab", None, None, "", None, "", None),
        ],
        "observation": [
            (one, None, None, "营业收入", "2023", "", "returned"),
            (one, None, None, "营业收入", "2024", "12345678901.25", "approved"),
            (None, "c1", None, "营业收入", "2024", "9.5", "submitted"),
            (None, None, "990102", "营业收入", "2024", "0", "approved"),
        ],
        "recognition": [
            (one, None, None, "示例称号", date(2023, 12, 1), date(2026, 12, 1)),
            (None, "c1", None, "示例称号", date(2024, 1, 1), None),
        ],
        "review": [(one, None, None, "示例称号", date(2025, 8, 1), "通过")],
        "entry": [
            (
                one,
                None,
                None,
                "设备",
                date(2025, 5, 1),
                {"类别": "生产", "金额": 1234567890123.45, "比例": 0.35},
                "approved",
            ),
            (two, None, None, "设备", date(2025, 5, 2), {}, "approved"),
            (None, None, "990102", "活动", date(2025, 6, 1), {"完成": False, "结束": "2025-06-30"}, "approved"),
        ],
    }


def test_loading_again_changes_nothing_but_the_record_of_it(tmp_path: Path) -> None:
    _load(tmp_path / "a")
    before, ids = _contents(), list(Party.objects.order_by("uscc").values_list("pk", flat=True))
    _load(tmp_path / "b")
    assert _contents() == before
    assert list(Party.objects.order_by("uscc").values_list("pk", flat=True)) == ids
    assert (FactsLoad.objects.count(), AuditRecord.objects.filter(action="载入数据").count()) == (2, 2)


def test_other_facts_replace_and_identities_stay(tmp_path: Path) -> None:
    _load(tmp_path / "a")
    ids = dict(Party.objects.values_list("uscc", "pk"))
    rows = facts()
    rows["party"] = [{**rows["party"][0], "name": "一号改名公司"}, {**rows["party"][1], "uscc": uscc(3)}]
    rows["entry/设备"] = rows["entry/设备"][:1]
    for name in ("observation", "review"):
        del rows[name]
    summary = _load(tmp_path / "b", rows)
    assert summary.removed == {"party": 1, "cluster": 0, "place": 0}
    now = dict(Party.objects.values_list("uscc", "pk"))
    assert now[uscc(1)] == ids[uscc(1)] and Party.objects.get(uscc=uscc(1)).name == "一号改名公司"
    assert set(now) == {uscc(1), uscc(3)} and now[uscc(3)] > max(ids.values())
    assert (Observation.objects.count(), Review.objects.count(), Entry.objects.count()) == (0, 0, 2)


def test_an_id_is_never_given_twice_and_the_site_goes_on_counting(tmp_path: Path) -> None:
    _load(tmp_path / "a")
    gone = Party.objects.get(uscc=uscc(2)).pk
    rows = facts()
    del rows["party"][1], rows["entry/设备"][1]
    _load(tmp_path / "b", rows)
    _load(tmp_path / "c")
    assert Party.objects.get(uscc=uscc(2)).pk > gone
    fresh = Party.objects.create(uscc=uscc(9), name="新公司", kind="enterprise")
    assert fresh.pk > Party.objects.get(uscc=uscc(2)).pk


def test_an_organisation_keeps_its_firm_and_loses_it_only_with_the_firm(tmp_path: Path) -> None:
    _load(tmp_path / "a")
    for number in (1, 2):
        party = Party.objects.get(uscc=uscc(number))
        Organisation.objects.create(name=f"机构{number}", kind=OrganisationKind.ENTERPRISE, party=party)
    rows = facts()
    del rows["party"][1], rows["entry/设备"][1]
    summary = _load(tmp_path / "b", rows)
    assert summary.unlinked == ("机构2",)
    assert dict(Organisation.objects.values_list("name", "party__uscc")) == {"机构1": uscc(1), "机构2": None}


def test_what_fails_in_the_middle_leaves_everything_as_it_was(tmp_path: Path) -> None:
    _load(tmp_path / "a")
    before = _contents()
    rows = copy.deepcopy(facts())
    rows["party"][0]["name"] = "改名公司"
    rows["review"] *= 2  # the same review twice: refused by the unique constraint at the very end
    with pytest.raises(Exception, match=r"(?i)unique"):
        _load(tmp_path / "b", rows)
    assert _contents() == before
    assert FactsLoad.objects.count() == 1
    with pytest.raises(IntegrityError):  # and the constraints are all there again
        Review.objects.create(
            party=Party.objects.get(uscc=uscc(1)), title="示例称号", reviewed_on=date(2025, 8, 1), outcome="通过"
        )


def test_a_row_of_an_unknown_subject_is_refused_by_the_database(tmp_path: Path) -> None:
    rows = facts()
    rows["review"][0]["subject"] = uscc(77)
    with pytest.raises(Exception, match="review_one_subject"):
        _load(tmp_path / "a", rows)
    assert Place.objects.count() == 0


def test_texts_longer_than_the_registry_holds_are_all_named(tmp_path: Path) -> None:
    rows = facts()
    rows["party"][0]["name"] = "长" * 161
    rows["cluster"][0]["id"] = rows["party"][0]["cluster"] = "c" * 41
    with pytest.raises(InputError) as caught:
        _load(tmp_path / "a", rows)
    assert [(p.place.file, p.place.field, p.message) for p in caught.value.problems] == [
        ("cluster", "id", "文字超过 40 个字符"),
        ("party", "name", "文字超过 160 个字符"),
    ]


def _indexes() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        else:
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL "
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            )
        return set(cursor.fetchall())


def test_indexes_and_foreign_keys_are_made_again_as_they_were(tmp_path: Path) -> None:
    before = _indexes()
    assert any("observation_unique_party" in name for name, _ in before)
    _load(tmp_path / "a")
    assert _indexes() == before


def _read(folder: Path) -> dict[str, Any]:
    """A facts folder's tables as sorted rows of named texts."""
    found = {}
    for path in sorted(folder.rglob("*.parquet")):
        relation = duckdb.sql(f"FROM read_parquet('{path}')")
        rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
        found[path.relative_to(folder).as_posix().removesuffix(".parquet")] = sorted(rows, key=str)
    return found


@pytest.mark.parametrize("export", [export_facts, export_apart])
def test_what_was_loaded_comes_out_again(tmp_path: Path, export: Any) -> None:
    _load(tmp_path / "a", demo={"note": "演示数据"})
    database = Database.of_site()
    connections.close_all()
    export(database=database, out=tmp_path / "out")
    expected = {name: sorted(rows, key=str) for name, rows in facts().items()}
    # Register fields leave as texts, money in yuan; everything else has the types of the snapshot.
    expected["entry/设备"][0] |= {"类别": "生产", "金额": "1234567890123.45", "比例": "0.35"}
    expected["entry/活动"][0] |= {"完成": "false", "结束": "2025-06-30"}
    found = _read(tmp_path / "out")
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert found[name] == rows, name
    assert (tmp_path / "out" / "demo.json").read_text(encoding="utf-8") == '{\n  "note": "演示数据"\n}'


def test_an_empty_registry_comes_out_as_empty_tables(tmp_path: Path) -> None:
    database = Database.of_site()
    connections.close_all()
    export_facts(database=database, out=tmp_path / "out")
    assert _read(tmp_path / "out") == {
        "place": [], "cluster": [], "party": [], "observation": [], "recognition": [], "review": [],
    }  # fmt: skip
    assert not (tmp_path / "out" / "demo.json").exists()


def test_an_export_never_overwrites(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        export_facts(database=Database.of_site(), out=tmp_path)
