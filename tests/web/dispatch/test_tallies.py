"""How many items stand behind each county's value: written with the results, so that no page counts them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jiqun.programme.drill import drill
from jiqun.programme.pack import Pack
from jiqun.rules import parse_rule
from jiqun.rules.timing import When
from jiqun.web.common.disclosure import HIDDEN
from jiqun.web.dispatch import measures
from jiqun.web.dispatch.written import Tally, tallies
from jiqun.web.portal.published import facts_of
from jiqun.web.registry.models import Publication
from tests.web.plan import AS_OF, Built

if TYPE_CHECKING:
    from django.test import Client

SignIn = Callable[[str], "Client"]
ON_SPARK = """
import sys
from datetime import date
from pathlib import Path
from jiqun.programme.breakdown import write_tallies
from jiqun.programme.load import load_pack
from jiqun.snapshot.engines import open_engine
snapshot, pack, day, out = sys.argv[1:]
write_tallies(open_engine(Path(snapshot), "spark"), load_pack(Path(pack)), date.fromisoformat(day), Path(out))
"""
"""In a process of its own, for a session of Spark outlives what asked it."""
ONE, BASE, OPEN = Tally(1), Tally(base=1), Tally(open=1)
COUNTED = {
    '计数(企业, 认定("示例称号", 2025 至 本年))': {"990102": ONE},
    "计数(企业, 营业收入 >= 1000万元)": {"990102": ONE, "9901A1": OPEN},
    '覆盖率(集群, 省级重点, 存在(企业, 持有("示例称号")))': {"990102": ONE, "990103": BASE},
    '覆盖率(县, 类型 != "功能区", 存在(企业, 持有("示例称号")))': {"990102": ONE, "990103": BASE},
    '占比(企业.营业收入, 存在(所属集群), 持有("示例称号"))': {"990102": ONE, "990103": BASE, "9901A1": OPEN},
    "计数(设备, 年度 = 上年)": {"990102": ONE, "990103": ONE},
    "合计(企业.营业收入)": {"990102": ONE, "990103": ONE, "9901A1": OPEN},
}
FIRMS = {
    '计数(企业, 认定("示例称号", 2025 至 本年))': {"990102": 1},
    "计数(企业, 营业收入 >= 1000万元)": {"990102": 1, "9901A1": 0},
    '占比(企业.营业收入, 存在(所属集群), 持有("示例称号"))': {"990102": 1, "990103": 1, "9901A1": 0},
    "计数(设备, 年度 = 上年)": {"990102": 1, "990103": 1},
    "合计(企业.营业收入)": {"990102": 1, "990103": 1, "9901A1": 0},
}


def test_what_is_written(published: Publication) -> None:
    found = tallies(published)
    assert {text: {**each.by_county} for text, each in found.items()} == {
        text: {None: Tally(), **counties} for text, counties in COUNTED.items()
    }
    assert {text: {**each.firms} for text, each in found.items() if each.firms} == FIRMS


def test_spark_counts_the_same(built: Built, published: Publication, tmp_path: Path) -> None:
    arguments = [str(built.snapshot), str(built.pack), str(AS_OF), str(tmp_path)]
    subprocess.run([sys.executable, "-c", ON_SPARK, *arguments], check=True, capture_output=True)
    published.results_folder = str(tmp_path)
    assert {text: {**each.by_county} for text, each in tallies(published).items()} == {
        text: {None: Tally(), **counties} for text, counties in COUNTED.items()
    }


@pytest.mark.parametrize("text", COUNTED)
def test_it_is_what_the_lists_of_records_hold(pack: Pack, published: Publication, text: str) -> None:
    facts = facts_of(published, pack)
    found: dict[str, Tally] = {}
    for part in drill(facts.source(), parse_rule(text, pack.vocabulary, subject="programme"), When(published.as_of)):
        for row in facts.rows(part.items):
            found[row["county"]] = found.get(row["county"], Tally()) + Tally(**{row["state"]: 1})
    assert found == COUNTED[text]


@pytest.mark.parametrize("address", ["/board/?county=990103", "/overview/"])
def test_no_page_of_a_county_opens_the_facts(
    address: str, published: Publication, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "drill", lambda *_: pytest.fail("the items were worked out"))
    assert sign_in("county").get(address).status_code == 200


def test_without_them_a_county_sees_no_figure_of_the_others(
    published: Publication, sign_in: SignIn, tmp_path: Path
) -> None:
    """Results of an evaluation made before they were written: whether a cell is small is not known."""
    shutil.copytree(published.results, tmp_path / "results")
    (tmp_path / "results" / "tallies.parquet").unlink()
    published.results_folder = str(tmp_path / "results")
    published.save()
    client = sign_in("county")
    other, own = (client.get(f"/board/?county={code}").text for code in ("990103", "990102"))
    hidden = HIDDEN.replace("<", "&lt;")
    assert (other.count(hidden), own.count(hidden)) == (5, 0)
