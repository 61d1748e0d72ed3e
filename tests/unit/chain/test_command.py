"""`jiqun chain` over the demonstration's own chains."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from jiqun.chain.fit import chain_faults
from jiqun.chain.graph import ChainGraph
from jiqun.cli import program
from jiqun.programme.load import load_pack
from jiqun.sample.generate import generate
from jiqun.snapshot.build import PackMark, build

PACK = Path("programmes/shijiazhuang-2025")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, pack = tmp_path_factory.mktemp("chain"), load_pack(PACK)
    generate(pack, 300, folder / "facts", seed=1, format="parquet")
    build(folder / "facts", folder / "snapshot", pack.vocabulary, PackMark(pack.programme.id, pack.programme.version))
    return folder / "snapshot"


def _chain(snapshot: Path, cluster: str, out: Path, *more: str) -> Result:
    """`jiqun chain` for a cluster of the demonstration."""
    asked = [
        "chain",
        str(snapshot),
        "--pack",
        str(PACK),
        "--as-of",
        "2026-09-30",
        "--cluster",
        cluster,
        "--out",
        str(out),
    ]
    return CliRunner().invoke(program, [*asked, *more])


def test_the_pack_has_the_chains_of_the_plan() -> None:
    pack = load_pack(PACK)
    assert set(pack.chains) == {
        "leather", "textiles", "ceramics", "furniture", "electronics", "biomedicine", "equipment", "starch",
    }  # fmt: skip
    assert chain_faults(pack) == []
    for chain in pack.chains.values():
        graph = ChainGraph(chain)
        assert graph.sources and graph.ends and all(graph.sector(node) is not None for node in graph.nodes)


def test_what_is_written(snapshot: Path, tmp_path: Path) -> None:
    result = _chain(snapshot, "C06", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["cluster"], told["chain"]) == ("C06", "leather")
    out = tmp_path / "out"
    coverage = pq.read_table(out / "coverage.parquet").to_pylist()
    members = pq.read_table(out / "members.parquet").to_pylist()
    assert [c["node"] for c in coverage] == [c["node"] for c in told["coverage"]]
    assert sum(c["firms"] for c in coverage) == sum(m["confidence"] >= 0.4 for m in members)
    assert all((c["firms"] == 0) == ("missing" in c["weak"]) for c in coverage)
    targets = pq.read_table(out / "targets.parquet").to_pylist()
    assert {t["node"] for t in targets} >= {c["node"] for c in coverage if c["firms"] == 0}
    page = (out / "chain.html").read_text(encoding="utf-8")
    assert "演示数据" in page and "src=" not in page.split("<main>")[0] and "echarts.init" in page


def test_a_listed_firm_of_no_node_is_named(snapshot: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,industry,revenue\n甲鞋业,C1952,3\n乙箱包,C1922,6\n丙药业,C2720,9\n", encoding="utf-8")
    result = _chain(snapshot, "C06", tmp_path / "out", "--candidates", str(file), "--json")
    told = json.loads(result.stdout)
    assert {c["firm"] for c in told["candidates"]} == {"甲鞋业", "乙箱包"}
    assert "候选名单中 1 家不属于本产业链，未排名：丙药业" in told["notes"]


def test_the_chain_of_two_that_most_firms_fit(snapshot: Path, tmp_path: Path) -> None:
    for cluster, chain in (("C07", "furniture"), ("C09", "ceramics")):
        result = _chain(snapshot, cluster, tmp_path / cluster, "--json")
        assert json.loads(result.stdout)["chain"] == chain


@pytest.mark.parametrize(("cluster", "message"), [("C99", "没有这个集群"), ("C19", "方案包里没有这个集群的产业链")])
def test_what_cannot_be_analysed(snapshot: Path, tmp_path: Path, cluster: str, message: str) -> None:
    result = _chain(snapshot, cluster, tmp_path / "out")
    assert result.exit_code == 2 and message in result.stderr and not (tmp_path / "out").exists()
