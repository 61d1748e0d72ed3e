"""A snapshot as a whole: its identity, its place on disk, its manifest."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pcsv
import pytest

from jiqun.base.errors import InputError
from jiqun.snapshot import build as building
from jiqun.snapshot.build import PackMark, build
from jiqun.snapshot.digest import ContentDigest
from tests.unit.snapshot.folder import (
    BASE,
    OBSERVATION,
    RECOGNITION,
    RENEWAL,
    VOCABULARY,
    A,
    B,
    C,
    faults,
    snapshot,
    table,
    write,
)

PACK = PackMark("示例", "1")
FILES = {
    **BASE,
    "observation.csv": OBSERVATION
    + f"party,{B},营业收入,2024,1200.5,approved\nparty,{A},营业收入,2024,7,draft\ncluster,C1,营业收入,2023,8,\n"
    + f"party,{A},主导产品,2024,泵,\nparty,{A},研发占比,2024,12.5%,\nparty,{C},协同明显,2024,是,\n",
    "recognition.csv": RECOGNITION + f"party,{A},领跑者,2024-01-01,\n",
    "entry/设备更新.csv": RENEWAL + f"party,{A},2025-01-01,生产,100,是,1.5,\nparty,{B},2025-01-01,研发,100.1,,,\n",
}


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def as_parquet(text: str) -> pa.Table:
    """The cells of a CSV as texts in Parquet."""
    names = text.split("\n", 1)[0].split(",")
    options = pcsv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, quoted_strings_can_be_null=True
    )
    return pcsv.read_csv(pa.py_buffer(text.encode()), convert_options=options)


def test_the_same_facts_give_the_same_bytes_whatever_their_form(tmp_path: Path) -> None:
    shuffled = {}
    for name, text in FILES.items():
        head, *rows = text.splitlines()
        random.Random(name).shuffle(rows)
        shuffled[name] = "\n".join([head, *rows])
    parquet = {name.replace(".csv", ".parquet"): as_parquet(text) for name, text in FILES.items()}
    typed = dict(parquet)
    typed["party.parquet"] = (
        parquet["party.parquet"]
        .set_column(6, "founded_on", pa.array([date(2025, 7, 22), date(2015, 3, 1), date(2001, 2, 3)]))
        .set_column(8, "above_size", pa.array([False, True, None]))
    )
    renewal = parquet["entry/设备更新.parquet"]
    typed["entry/设备更新.parquet"] = renewal.set_column(4, "金额", pa.array([100.0, 100.1])).set_column(
        7, "验收", pa.nulls(2)
    )
    typed["cluster.parquet"] = parquet["cluster.parquet"].set_column(
        1, "name", pa.array(["泵业集群".encode(), "家具集群".encode()])
    )
    mixed = {**FILES, "party.parquet": typed["party.parquet"]}
    del mixed["party.csv"]
    forms = {"csv": FILES, "shuffled": shuffled, "parquet": parquet, "typed": typed, "mixed": mixed}
    found = {}
    for form, files in forms.items():
        build(write(tmp_path / form, files), tmp_path / f"{form}.snapshot", VOCABULARY, PACK)
        found[form] = contents(tmp_path / f"{form}.snapshot")
    assert all(found[form] == found["csv"] for form in forms)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("party.csv", "甲公司", "甲厂"),
        ("observation.csv", "1200.5", "1200.51"),
        ("observation.csv", "7,draft", "7,returned"),
        ("observation.csv", "12.5%", ""),
        ("entry/设备更新.csv", "100.1", "100.11"),
        ("recognition.csv", "2024-01-01", "2024-01-02"),
    ],
)
def test_other_facts_give_another_id(tmp_path: Path, file: str, old: str, new: str) -> None:
    assert FILES[file].count(old) == 1
    first = snapshot(tmp_path / "a", FILES)
    other = snapshot(tmp_path / "b", {**FILES, file: FILES[file].replace(old, new)})
    assert first.id != other.id


def test_the_manifest_says_what_there_is(tmp_path: Path) -> None:
    snap = snapshot(tmp_path, {**FILES, "demo.json": '{"seed": 7}'})
    manifest = json.loads((snap.path / "manifest.json").read_text(encoding="utf-8"))
    assert {k: manifest[k] for k in ("format", "pack", "demo", "rounded", "warnings")} == {
        "format": 1,
        "pack": {"id": "示例", "version": "1"},
        "demo": {"seed": 7},
        "rounded": {},
        "warnings": [],
    }
    assert manifest["cells"]["营业收入@2023"] == {
        "indicator": "营业收入", "period": "2023", "kind": "money", "unit": "元", "cumulative": False,
    }  # fmt: skip
    cluster = manifest["tables"]["cluster"]
    assert (cluster["file"], cluster["rows"], cluster["bytes"]) == (
        "cluster.parquet", 2, (snap.path / "cluster.parquet").stat().st_size,
    )  # fmt: skip
    assert [(c["name"], c["type"]) for c in cluster["columns"]] == [
        ("row", "int64"), ("id", "string"), ("name", "string"), ("county", "string"), ("chain", "string"),
        ("provincial_key", "bool"), ("county_row", "int64"), ("营业收入@2023", "int64"),
    ]  # fmt: skip
    assert sorted(contents(snap.path)) == [
        "cluster.parquet", "entry/活动.parquet", "entry/设备更新.parquet", "manifest.json", "observation.parquet", "party.parquet",
        "place.parquet", "recognition.parquet", "review.parquet",
    ]  # fmt: skip


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    facts = write(tmp_path / "facts", FILES)
    out = tmp_path / "out"
    out.mkdir()
    build(facts, out, VOCABULARY, PACK)  # an empty folder is free
    before = contents(out)
    with pytest.raises(InputError, match="输出文件夹已有数据快照。请另选一个文件夹，或加 --replace 替换它"):
        build(facts, out, VOCABULARY, PACK)
    assert contents(out) == before
    write(facts, {"recognition.csv": RECOGNITION})
    build(facts, out, VOCABULARY, PACK, replace=True)
    assert contents(out) != before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("x")
    with pytest.raises(InputError, match="输出位置已有其他内容，不会覆盖。请另选一个文件夹"):
        build(facts, tmp_path / "other", VOCABULARY, PACK, replace=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["facts", "other", "out"]


def test_a_facts_folder_is_never_replaced(tmp_path: Path) -> None:
    facts = write(
        tmp_path / "facts", {name.replace(".csv", ".parquet"): as_parquet(text) for name, text in FILES.items()}
    )
    before = contents(facts)
    with pytest.raises(InputError, match="输出位置已有其他内容，不会覆盖"):
        build(facts, facts, VOCABULARY, PACK, replace=True)
    assert contents(facts) == before


def test_a_refused_replacement_leaves_the_old_snapshot(tmp_path: Path) -> None:
    facts = write(tmp_path / "facts", FILES)
    build(facts, tmp_path / "out", VOCABULARY, PACK)
    before = contents(tmp_path / "out")
    write(facts, {"party.csv": "broken"})
    with pytest.raises(InputError):
        build(facts, tmp_path / "out", VOCABULARY, PACK, replace=True)
    assert contents(tmp_path / "out") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["facts", "out"]


def test_a_failure_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    facts = write(tmp_path / "facts", FILES)
    monkeypatch.setattr(building, "write_manifest", fail)
    with pytest.raises(OSError, match="disk full"):
        build(facts, tmp_path / "out", VOCABULARY, PACK)
    assert [p.name for p in tmp_path.iterdir()] == ["facts"]


def test_the_facts_are_left_alone(tmp_path: Path) -> None:
    facts = write(tmp_path / "facts", FILES)
    before = contents(facts)
    build(facts, tmp_path / "out", VOCABULARY, PACK)
    assert contents(facts) == before


def test_paths_may_hold_any_character(tmp_path: Path) -> None:
    odd = tmp_path / "数据 [1] o'x *"
    odd.mkdir()
    snap = snapshot(odd, FILES)
    assert [r["name"] for r in table(snap, "party")] == ["甲公司", "乙公司", "丙研究院"]
    found = snap.lookup().subject("party", A)
    assert found is not None and found["name"] == "甲公司"


def test_columns_of_optional_fields_may_be_absent(tmp_path: Path) -> None:
    snap = snapshot(
        tmp_path, {"entry/设备更新.csv": f"subject_kind,subject,on,类别,金额\nparty,{A},2025-01-01,生产,100\n"}
    )
    assert [(r["金额"], r["国产"], r["功率"]) for r in table(snap, "entry/设备更新")] == [(10000, None, None)]


def test_columns_of_required_fields_may_not(tmp_path: Path) -> None:
    assert faults(tmp_path, {"entry/设备更新.csv": f"subject_kind,subject,on,类型\nparty,{A},2025-01-01,生产\n"}) == [
        "entry/设备更新.csv 第 1 行 “类别”：缺少这一列。是否写成了 类型？",
        "entry/设备更新.csv 第 1 行 “金额”：缺少这一列。请补上这一列",
        "entry/设备更新.csv 第 1 行：没有这一列（现为“类型”）。您是否要写 类别？",
    ]


def test_a_city_without_clusters_or_parties(tmp_path: Path) -> None:
    files = {"cluster.csv": BASE["cluster.csv"].split("\n")[0], "party.csv": BASE["party.csv"].split("\n")[0] + "\n"}
    snap = snapshot(tmp_path, {**files, "observation.csv": OBSERVATION + "place,130102,营业收入,2024,5,\n"})
    assert (snap.rows("cluster"), snap.rows("party"), snap.rows("place")) == (0, 0, 2)
    assert [(r["subject_kind"], r["subject"], r["row"]) for r in table(snap, "observation")] == [("place", "130102", 1)]
    assert [r["营业收入@2024"] for r in table(snap, "place")] == [None, 500]


def test_a_digest_does_not_depend_on_where_pieces_end() -> None:
    data = pa.table(
        {
            "a": ["甲", None, "", "bc", "乙"],
            "b": pa.array([1, None, 3, 4, 5], pa.int64()),
            "c": [True, False, None, True, False],
            "d": pa.array([date(2024, 1, n) for n in range(1, 6)], pa.date32()),
            "e": [0.5, None, 1.5, 2.5, -1.0],
        }
    )
    whole, pieces = ContentDigest("t", data.schema), ContentDigest("t", data.schema)
    whole.update(data)
    for start, stop in ((0, 1), (1, 4), (4, 5)):
        pieces.update(data.slice(start, stop - start))
    assert whole.hexdigest() == pieces.hexdigest()
    moved = data.set_column(0, "a", pa.array(["甲b", None, "", "c", "乙"]))
    blank = data.set_column(0, "a", pa.array(["甲", "", None, "bc", "乙"]))
    for other in (data.slice(0, 4), data.select([0, 1, 2, 4, 3]), moved, blank):
        digest = ContentDigest("t", other.schema)
        digest.update(other)
        assert digest.hexdigest() != whole.hexdigest()
