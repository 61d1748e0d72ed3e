"""A small plan with every kind of target, hand-written facts whose figures can be checked by head, and its publication.

As of 2026-09-30, in 万元 of 2025: firm a1 (甲县) has 1200, a2 (甲县开发区) did not report, b1 (乙县) has 800.
a1 holds 示例称号 since 2025-08-01; that of b1 ran out on 2026-08-01. Both clusters are key ones.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jiqun.base.codes import uscc_check_digit
from jiqun.programme.evaluate import evaluate
from jiqun.programme.load import load_pack
from jiqun.snapshot.build import PackMark, build

if TYPE_CHECKING:
    from jiqun.programme.pack import Pack
    from jiqun.web.registry.models import Publication
    from tests.web.world import World

AS_OF = date(2026, 9, 30)
SMALL_PACK = Path(__file__).parent / "pack"
_FIRST = [f"91990100MA{n:07d}" for n in (1, 2, 3, 4)]
A1, A2, B1, LAB = (first + uscc_check_digit(first) for first in _FIRST)
"""The codes of `world.py`, which cannot be imported before the settings are known."""
CARDS = "cards: [{title: 营业收入, measure: 合计(企业.营业收入), unit: 万元}, example-new, county-coverage]\nmap: map.geojson\n"
MAP = (
    '{"type": "FeatureCollection", "features": ['
    '{"type": "Feature", "properties": {"code": "990102", "name": "甲县"}, "geometry": {"type": "Polygon", '
    '"coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}]}'
)
_COMMON = "    from: 2025-01-01\n    due: 2027-12-31\n"
TARGETS = """targets:
  - id: example-new
    title: 新培育示例企业
    task: t01
    clause: 二（一）1
    text: 培育示例企业2家。
    kind: new-count
    unit: 家
    measure: 计数(企业, 认定("示例称号", 2025 至 本年))
    goal: 2家
    baseline: 0家
    note: 只计方案期内认定的。
  - id: big-firms
    title: 千万元企业
    task: null
    clause: 一
    text: 千万元企业达到3家。
    kind: stock
    unit: 家
    measure: 计数(企业, 营业收入 >= 1000万元)
    goal: 3家
    baseline: 1家
    milestones: [{on: 2025-12-31, value: 2家}]
    lead: 市工业和信息化局
  - id: cluster-coverage
    title: 重点集群覆盖率
    task: t01
    clause: 二（一）1
    text: 重点集群全覆盖。
    kind: coverage
    unit: "%"
    measure: 覆盖率(集群, 省级重点, 存在(企业, 持有("示例称号")))
    goal: 100%
    baseline: 0%
    matrix: 示例企业
  - id: county-coverage
    title: 县覆盖率
    task: t01
    clause: 二（一）1
    text: 县全覆盖。
    kind: coverage
    unit: "%"
    measure: 覆盖率(县, 类型 != "功能区", 存在(企业, 持有("示例称号")))
    goal: 100%
    baseline: 0%
  - id: revenue-share
    title: 示例企业营业收入占比
    task: null
    clause: 一
    text: 占比超过50%。
    kind: share
    unit: "%"
    measure: 占比(企业.营业收入, 存在(所属集群), 持有("示例称号"))
    goal: 50%
    comparison: more-than
    baseline: 40%
  - id: equipment
    title: 每年更新设备
    task: t01
    clause: 二（一）1
    text: 每年更新设备4项。
    kind: new-count
    unit: 项
    measure: 计数(设备, 年度 = 上年)
    goal: 4项
    baseline: 0项
    repeats: year
""".replace("    kind:", _COMMON + "    kind:")
FACTS = {
    "place": "code,name,parent,kind\n990100,示例市,,city\n990102,甲县,990100,county\n990103,乙县,990100,county\n"
    "9901A1,甲县开发区,990102,zone\n",
    "cluster": "id,name,county,chain,provincial_key\ncluster-a,a集群,990102,装备,是\ncluster-b,b集群,990103,,是\n",
    "party": "uscc,name,kind,cluster,county,industry,founded_on,size_class,above_size\n"
    f"{A1},a1示例公司,企业,cluster-a,990102,,2015-03-01,,是\n{A2},a2示例公司,企业,cluster-a,9901A1,,,,\n"
    f"{B1},b1示例公司,企业,cluster-b,990103,,,,\n{LAB},lab示例公司,lab,,990103,,,,\n",
    "observation": "subject_kind,subject,indicator,period,value,state\n"
    f"party,{A1},营业收入,2024,10000000,\nparty,{A1},营业收入,2025,12000000,\nparty,{B1},营业收入,2025,8000000,\n"
    f"party,{B1},研发费用,2025,400000,\nparty,{B1},研发强度,2025,5%,\nparty,{B1},协作明显,2025,是,\n"
    f"party,{B1},营业收入,2023,1,returned\nparty,{B1},用电量,2025-01,10,\n",
    "recognition": "subject_kind,subject,title,awarded_on,valid_until\n"
    f"party,{A1},示例称号,2025-08-01,2028-07-31\nparty,{B1},示例称号,2023-08-01,2026-08-01\n",
    "review": f"subject_kind,subject,title,reviewed_on,outcome\nparty,{B1},示例称号,2025-09-01,整改\n",
    "entry/设备": "subject_kind,subject,on,类别,金额,比例\n"
    f"party,{A1},2025-05-01,生产,100000,\nparty,{B1},2025-06-01,研发,50000,\nparty,{B1},2024-06-01,研发,1,\n",
}


@dataclass(frozen=True)
class Built:
    """The pack and the folders of its snapshot and results, below a data folder."""

    pack: Path
    snapshot: Path
    results: Path
    snapshot_id: str


def build_plan(folder: Path) -> Built:
    """Write pack and facts, make the snapshot and evaluate it."""
    built = Built(folder / "pack", folder / "snapshot", folder / "results", "")
    shutil.copytree(SMALL_PACK, built.pack)
    programme = (built.pack / "programme.yaml").read_text(encoding="utf-8").replace("cards: [example-new]\n", CARDS)
    (built.pack / "programme.yaml").write_text(programme, encoding="utf-8")
    (built.pack / "map.geojson").write_text(MAP, encoding="utf-8")
    (built.pack / "targets.yaml").write_text(TARGETS, encoding="utf-8")
    for name, text in FACTS.items():
        path = folder / "facts" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    pack = load_pack(built.pack)
    manifest = build(folder / "facts", built.snapshot, pack.vocabulary, PackMark(pack.programme.id, "1"))
    evaluate(built.snapshot, pack, AS_OF, built.results)
    return Built(built.pack, built.snapshot, built.results, manifest["id"])


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The plan, built once a session."""
    return build_plan(tmp_path_factory.mktemp("plan"))


@pytest.fixture
def published(built: Built, world: World, settings: Any) -> Publication:
    """The plan as the site's current publication."""
    from jiqun.web.registry.models import Publication

    settings.PACK = built.pack
    return Publication.objects.create(
        as_of=AS_OF, pack_id="example-city", pack_version="1", snapshot_id=built.snapshot_id,
        snapshot_folder=str(built.snapshot), results_folder=str(built.results), is_current=True, is_demo=True,
    )  # fmt: skip


@pytest.fixture
def pack(published: Publication) -> Pack:
    """The plan's pack, as the site holds it."""
    from jiqun.web.common.pack import current_pack

    return current_pack()
