"""Small facts folders written by hand, and the vocabulary that gives them meaning."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jiqun.base.bounds import Bounds
from jiqun.base.codes import uscc_check_digit
from jiqun.base.errors import InputError
from jiqun.rules.vocabulary import Field, Indicator, Register, Title, Vocabulary
from jiqun.snapshot.build import PackMark, build
from jiqun.snapshot.open import Snapshot

ALL = frozenset({"party", "cluster", "place"})
VOCABULARY = Vocabulary.of(
    indicators=[
        Indicator("营业收入", unit="元", subjects=ALL, aliases=("营收",)),
        Indicator("季度产值", unit="元", grain="quarter", cumulative=True),
        Indicator("用电量", unit="千瓦时", grain="month", cumulative=True),
        Indicator("从业人员", unit="人"),
        Indicator("研发占比", unit="%"),
        Indicator("合同额", unit="万元"),
        Indicator("协同明显", kind="flag"),
        Indicator("主导产品", kind="text"),
        Indicator("信用等级", kind="text", choices=("甲", "乙")),
        Indicator("首台套日期", kind="date"),
        Indicator("集群产值", unit="元", subjects=frozenset({"cluster"})),
    ],
    titles=[
        Title("领跑者企业", aliases=("领跑者",)),
        Title("专精特新“小巨人”企业"),
        Title("省级中小企业特色产业集群", subjects=frozenset({"cluster"})),
    ],
    registers=[
        Register(
            "设备更新",
            "party",
            (
                Field("类别", choices=("生产", "研发"), required=True),
                Field("金额", "number", "元", required=True, bounds=Bounds.of(Decimal(0), None, "元")),
                Field("国产", "flag"),
                Field("功率", "number", "千瓦", bounds=Bounds.of(None, Decimal(9000), "千瓦")),
                Field("验收", "date"),
            ),
        ),
        Register("活动", "place", (Field("主题"),)),
    ],
)


def uscc(number: int) -> str:
    """A valid code for each number."""
    first = f"91130100MA{number:07d}"
    return first + uscc_check_digit(first)


A, B, C = uscc(1), uscc(2), uscc(3)
PLACE = "code,name,parent,kind\n130100,石家庄市,,city\n130102,长安区,130100,district\n"
CLUSTER = "id,name,county,chain,provincial_key\nC1,泵业集群,130102,装备,是\nC2,家具集群,,,\n"
PARTY_HEADER = "uscc,name,kind,cluster,county,industry,founded_on,size_class,above_size\n"
PARTY = (
    PARTY_HEADER
    + f"{B},乙公司,企业,,130102,,2025/7/22,,0\n"
    + f"{A},甲公司,enterprise,C1,130102,C3441,2015-03-01,小型,TRUE\n"
    + f"{C},丙研究院,institute,C2,,M,2001年2月3日,,\n"
)
OBSERVATION = "subject_kind,subject,indicator,period,value,state\n"
RECOGNITION = "subject_kind,subject,title,awarded_on,valid_until\n"
REVIEW = "subject_kind,subject,title,reviewed_on,outcome\n"
RENEWAL = "subject_kind,subject,on,类别,金额,国产,功率,验收\n"
BASE = {"place.csv": PLACE, "cluster.csv": CLUSTER, "party.csv": PARTY}


def write(folder: Path, files: Mapping[str, str | bytes | pa.Table]) -> Path:
    """A facts folder: texts and bytes as they are, Arrow tables as Parquet."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pa.Table):
            pq.write_table(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def snapshot(
    tmp_path: Path, files: Mapping[str, str | bytes | pa.Table], vocabulary: Vocabulary = VOCABULARY
) -> Snapshot:
    """The snapshot of a folder with a sound base and these files."""
    facts = write(tmp_path / "facts", {**BASE, **files})
    build(facts, tmp_path / "snapshot", vocabulary, PackMark("示例", "1"))
    return Snapshot.open(tmp_path / "snapshot")


def faults(tmp_path: Path, files: Mapping[str, str | bytes | pa.Table | None]) -> list[str]:
    """The messages with which a folder is refused; nothing must be left behind. None leaves a file of the base out."""
    merged = {name: content for name, content in {**BASE, **files}.items() if content is not None}
    facts = write(tmp_path / "facts", merged)
    with pytest.raises(InputError) as refused:
        build(facts, tmp_path / "snapshot", VOCABULARY, PackMark("示例", "1"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["facts"]
    return [str(p) for p in refused.value.problems]


def table(snap: Snapshot, name: str) -> list[dict[str, object]]:
    """The rows of a snapshot's table."""
    rows: list[dict[str, object]] = pq.read_table(snap.tables[name]).to_pylist()
    return rows
