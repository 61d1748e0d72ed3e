"""`jiqun load` as people and programs call it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connections
from pytest_django.fixtures import Settings

from jiqun.cli import program
from jiqun.web.accounts.models import Organisation, OrganisationKind
from jiqun.web.registry.models import Party, Publication
from tests.web.registry.facts_folder import FILES, LAB, write_facts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of its own, and no trace in the environment."""
    settings.HOME = tmp_path / "home"
    monkeypatch.setattr(os, "environ", os.environ.copy())


def test_it_says_in_chinese_what_it_did(tmp_path: Path) -> None:
    done = CliRunner().invoke(program, ["load", str(write_facts(tmp_path / "facts", demo=True))])
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        ["导入完成（演示数据）：", "  行政区划 3 条", "  集群 2 条", "  企业和机构 3 条", "  指标数据 9 条", "  认定 2 条",
         "  复核 1 条", "  台账记录 3 条"],
    )  # fmt: skip


def test_it_says_what_went_and_who_lost_it(tmp_path: Path) -> None:
    CliRunner().invoke(program, ["load", str(write_facts(tmp_path / "a"))])
    Organisation.objects.create(name="检测所账号", kind=OrganisationKind.PROVIDER, party=Party.objects.get(uscc=LAB))
    connections.close_all()
    party = "".join(line for line in FILES["party.csv"].splitlines(keepends=True) if LAB not in line)
    done = CliRunner().invoke(program, ["load", str(write_facts(tmp_path / "b", party_csv=party))])
    assert done.stdout.splitlines()[-2:] == [
        "  原有企业和机构中有 1 个不在新数据中，已删除",
        "  注意：机构“检测所账号”关联的对象已不存在，该机构的账号暂时看不到数据，请重新关联",
    ]


def test_it_publishes_on_demand_and_tells_programs(tmp_path: Path) -> None:
    facts = write_facts(tmp_path / "facts")
    done = CliRunner().invoke(program, ["load", str(facts), "--as-of", "2026-09-30", "--json"])
    said = json.loads(done.stdout)
    publication = Publication.objects.get()
    assert said["rows"] == {
        "party": 3, "cluster": 2, "place": 3, "observation": 9, "recognition": 2, "review": 1, "entry": 3,
    }  # fmt: skip
    assert said["publication"] == {
        "as_of": "2026-09-30", "snapshot": str(publication.snapshot), "results": str(publication.results),
    }  # fmt: skip
    assert (said["snapshot_id"], said["demo"], said["removed"], said["unlinked"]) == (
        publication.snapshot_id, False, {"party": 0, "cluster": 0, "place": 0}, [],
    )  # fmt: skip


def test_bad_facts_end_with_code_2_and_all_faults(tmp_path: Path) -> None:
    facts = write_facts(tmp_path / "facts", cluster_csv=FILES["cluster.csv"].replace("990102", "990199"))
    done = CliRunner().invoke(program, ["load", str(facts)])
    assert done.exit_code == 2
    assert "cluster.csv 第 2 行 “county”" in done.stderr
    assert not Party.objects.exists()
