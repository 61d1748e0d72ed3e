"""The coverage matrix of the small plan: cluster a has a firm with the title, that of cluster b ran out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.programme.pack import Pack
    from jiqun.web.registry.models import Publication
    from tests.web.world import World

SignIn = Callable[[str], "Client"]


def test_cells_and_their_reasons(pack: Pack, published: Publication) -> None:
    """Two firms in cluster a, of which one holds the title; one in b, which does not."""
    from jiqun.web.dispatch.board.matrix import matrix

    found = matrix(pack, published)
    assert [(c.target.matrix, c.covered, c.total) for c in found.columns] == [("示例企业", 1, 2)]
    cells = {line.code: line.cells[0] for line in found.lines}
    a, b = cells["cluster-a"], cells["cluster-b"]
    assert a is not None
    assert b is not None
    assert (a.covered, a.text) == (True, "“企业”有 1 条符合条件（共 2 条）")
    assert (b.covered, b.text) == (False, '“企业”有 1 条，均不符合：持有("示例称号")')


def test_only_gaps_and_only_one_county(sign_in: SignIn, published: Publication) -> None:
    """Each narrows the lines; the columns' counts stay those of the county."""
    city = sign_in("city")
    gaps = city.get("/board/coverage/?show=gaps").text
    assert "b集群" in gaps
    assert "a集群" not in gaps
    assert "b集群" not in city.get("/board/coverage/?county=990102").text
    assert "没有要显示的集群" in city.get("/board/coverage/?county=000000").text


def test_a_cell_opens_to_records_conditions_and_clause(sign_in: SignIn, published: Publication, world: World) -> None:
    """Whole as a page, and alone for htmx."""
    city = sign_in("city")
    page = city.get("/board/coverage/cluster-coverage/cluster-b/").text
    assert "要补上：在“企业”中登记一条同时符合下列条件的记录" in page
    assert "b1示例公司" in page
    assert "重点集群全覆盖。" in page
    part = city.get("/board/coverage/cluster-coverage/cluster-a/", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert part.index("a1示例公司") < part.index("a2示例公司")
    assert city.get("/board/coverage/example-new/cluster-a/").status_code == 404
