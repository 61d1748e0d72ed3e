"""A small pack with monthly figures and checks, and a round over the clusters of `world`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from jiqun.programme.pack import Pack
    from jiqun.web.dispatch.rounds.models import Assignment, Cell, Round

SMALL_PACK = Path(__file__).parents[2] / "pack"
MONTHS = """title: 月报
indicators:
  - name: 产值
    unit: 元
    period: month
    subjects: [cluster, party]
    cumulative: true
    checks:
      - {id: rises, rule: 产值 >= 0元, message: 累计数不应下降}
      - {id: change, rule: 绝对值(增长率(产值)) <= 50%, level: explain, message: 变动超过 50%}
  - {name: 人数, unit: 人, period: month, subjects: [cluster, party]}
checks:
  - {id: output-a-head, subjects: [cluster], rule: 产值 <= 10万元 / 1人 * 人数, level: warning, message: 人均产值过高}
"""
PERIOD = "2026-03"


@pytest.fixture(scope="session")
def pack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small pack with the monthly figures."""
    folder = tmp_path_factory.mktemp("rounds") / "pack"
    shutil.copytree(SMALL_PACK, folder)
    (folder / "indicators" / "months.yaml").write_text(MONTHS, encoding="utf-8")
    return folder


@pytest.fixture
def pack(pack_folder: Path, settings: Any) -> Pack:
    """That pack, as the site's."""
    from jiqun.programme.load import load_pack

    settings.PACK = pack_folder
    return load_pack(pack_folder)


@pytest.fixture
def known(world: Any) -> None:
    """产值 of cluster a in 2026: 100万 to January, 200万 to February; in March of the year before 250万."""
    from jiqun.web.registry.models import Observation

    for period, value in (("2026-01", "1000000"), ("2026-02", "2000000"), ("2025-03", "2500000")):
        Observation.objects.create(cluster=world.clusters["a"], indicator="产值", period=period, value=value)


@pytest.fixture
def opened(pack: Pack, people: Any, known: None) -> Round:
    """A round of March, filled by counties, opened."""
    from jiqun.web.dispatch.rounds import services
    from jiqun.web.dispatch.rounds.models import Chain

    drafted = services.draft_round(
        actor=people["city"], pack=pack, title="三月集群运行", period=PERIOD, subject_kind="cluster",
        chain=Chain.COUNTY, asked=[services.Asked("产值"), services.Asked("人数", required=False)],
        selection=services.Selection(), working_days=5,
    )  # fmt: skip
    return services.open_round(actor=people["city"], round_=drafted)


@pytest.fixture
def unit_a(opened: Round) -> Assignment:
    """County a's part of it."""
    from jiqun.web.dispatch.rounds.models import Assignment

    return Assignment.objects.select_related("round", "place").get(round=opened, place__name="甲县")


@pytest.fixture
def cell(unit_a: Assignment) -> Callable[[str], Cell]:
    """A cell of county a as it is now, by the name of its indicator."""
    from jiqun.web.dispatch.rounds.models import Cell

    def found(name: str) -> Cell:
        return Cell.objects.select_related("item", "line").get(line__assignment=unit_a, item__name=name)

    return found


@pytest.fixture
def fill(pack: Pack, people: Any, unit_a: Assignment, cell: Callable[[str], Cell]) -> Callable[..., Any]:
    """Write texts (and explanations) into county a's cells, by indicator."""
    from jiqun.web.dispatch.rounds import services

    def filled(explain: dict[str, str] | None = None, **texts: str) -> services.Saved:
        names = [*texts, *(name for name in explain or {} if name not in texts)]
        edits = [services.Edit(cell(n).pk, cell(n).version, texts.get(n), (explain or {}).get(n)) for n in names]
        return services.save_cells(actor=people["county"], pack=pack, assignment=unit_a, edits=edits)

    return filled
