"""The page of a split: who writes it, what is kept, and that nobody overwrites another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.web.registry.models import Publication
    from tests.web.world import World

SignIn = Callable[[str], "Client"]
CITY = "/board/shares/example-new/"
COUNTIES = ("990102", "990103", "9901A1")


def form(values: dict[str, tuple[int | str, ...]], **more: Any) -> dict[str, Any]:
    """The fields of the page: a goal of 2 by the line 0.67, 1.33, 2, so 1, 2 and 2."""
    cells = {f"v-{key}-{2025 + i}": v for key, row in values.items() for i, v in enumerate(row)}
    return {"seen": "0", "act": "save", **cells, **more}


GOOD = {"990102": (1, 1, 1), "990103": (0, 1, 1), "9901A1": (0, 0, 0)}


def test_the_city_proposes_and_settles(sign_in: SignIn, published: Publication) -> None:
    """The titles of last year are 甲县's alone; the final version is kept, shown and audited."""
    from jiqun.web.common.models import AuditRecord
    from jiqun.web.dispatch.board.models import Decomposition

    city = sign_in("city")
    proposed = city.post(CITY, {"act": "propose-share", "seen": "0"}).text
    assert 'name="v-990102-2027" value="2"' in proposed
    assert not Decomposition.objects.exists()

    assert city.post(CITY, form(GOOD, act="final", note="市政府常务会", **{"l-990102-2027": "on"})).status_code == 302

    made = Decomposition.objects.get()
    assert (made.version, made.is_final, made.county, made.note) == (1, True, None, "市政府常务会")
    assert {(s.place.code, s.year): int(s.value) for s in made.shares.all() if s.place and s.value}  == {
        ("990102", 2025): 1, ("990102", 2026): 1, ("990102", 2027): 1, ("990103", 2026): 1, ("990103", 2027): 1,
    }  # fmt: skip
    assert made.shares.get(place__code="990102", year=2027).locked
    assert AuditRecord.objects.get(action="目标分解定稿").after["甲县 2027"] == "1"
    assert "第 1 版" in city.get(CITY).text


def test_what_does_not_add_up_is_no_final_version(sign_in: SignIn, published: Publication) -> None:
    """Every fault at once, the typed values stay, nothing is stored."""
    from jiqun.web.dispatch.board.models import Decomposition

    wrong = {**GOOD, "990103": (0, "x", 3)}
    answer = sign_in("city").post(CITY, form(wrong, act="final"))
    assert answer.status_code == 422
    assert "乙县 2026 年：“x”不是数，请改正" in answer.text
    answer = sign_in("city").post(CITY, form({**GOOD, "990103": (0, "２", "3")}, act="final"))
    assert "2026 年：各行合计比应达的 2家 多 1家" in answer.text
    assert "2027 年：各行合计比应达的 2家 多 2家" in answer.text
    assert 'name="v-990103-2027" value="3"' in answer.text
    assert not Decomposition.objects.exists()


def test_a_later_version_is_not_overwritten(sign_in: SignIn, published: Publication) -> None:
    """Two people opened version 0: the second is told."""
    from jiqun.web.dispatch.board.models import Decomposition

    city = sign_in("city")
    assert city.post(CITY, form(GOOD)).status_code == 302
    second = city.post(CITY, form({**GOOD, "990102": (0, 0, 0)}))
    assert second.status_code == 422
    assert "别人刚刚保存了第 1 版。请重新打开页面，看过新版本后再改" in second.text
    assert Decomposition.objects.count() == 1
    assert city.post(CITY, form(GOOD, seen="1")).status_code == 302
    assert city.get(f"{CITY}?version=1").status_code == 200


def test_rebalancing_on_the_page(sign_in: SignIn, published: Publication) -> None:
    """The changed cell is fixed, the others make up the sum; nothing is stored."""
    from jiqun.web.dispatch.board.models import Decomposition

    originals = {f"o-{key}-{2025 + i}": str(v) for key, row in GOOD.items() for i, v in enumerate(row)}
    changed = {**GOOD, "9901A1": (0, 0, 2)}
    text = sign_in("city").post(CITY, form(changed, act="rebalance", **originals)).text
    assert "其余已重新平衡，尚未保存" in text
    values = {key: [f'name="v-{key}-{y}" value="{v}"' in text for y, v in cells] for key, cells in {
        "990102": [(2027, 0)], "990103": [(2027, 0)], "9901A1": [(2025, 1), (2026, 2), (2027, 2)],
    }.items()}  # fmt: skip
    assert all(all(found) for found in values.values()), values
    assert not Decomposition.objects.exists()


def test_a_county_splits_its_own_share(sign_in: SignIn, published: Publication, world: World) -> None:
    """After the city settled: 甲县 has 1 for its cluster and what lies outside; before, only a draft may be kept."""
    from jiqun.web.dispatch.board.models import Decomposition

    own = f"{CITY}990102/"
    shares = {"cluster-a": (1, 1, 1), "990102": (0, 0, 0)}
    early = sign_in("county").post(own, form(shares, act="final"))
    assert "全市分解还没有定稿，本县应达数未知，只能保存草稿" in early.text
    sign_in("city").post(CITY, form(GOOD, act="final"))

    county = sign_in("county")
    assert "集群以外" in county.get(own).text
    assert county.post(own, form(shares, act="final")).status_code == 302
    made = Decomposition.objects.get(county=world.places["a"])
    assert made.shares.get(cluster=world.clusters["a"], year=2027).value == 1
    assert county.get(f"{CITY}990103/").status_code == 404
    assert county.post(CITY, form(GOOD)).status_code == 403


def test_a_target_of_counties_has_no_split(sign_in: SignIn, published: Publication) -> None:
    """A coverage of counties means nothing for one county."""
    city = sign_in("city")
    assert "这项目标不能分解到县（市、区）" in city.get("/board/shares/county-coverage/").text
    assert city.post("/board/shares/county-coverage/", {"act": "save"}).status_code == 404
    assert city.get("/board/shares/nothing/").status_code == 404


@pytest.mark.parametrize("target", ["cluster-coverage", "revenue-share", "big-firms", "equipment"])
def test_every_kind_has_a_table(sign_in: SignIn, published: Publication, target: str) -> None:
    """Shares say that they are no sums."""
    text = sign_in("city").get(f"/board/shares/{target}/").text
    assert ("不能相加" in text) == (target in ("cluster-coverage", "revenue-share"))


def test_one_share_of_one_subject(published: Publication, world: World) -> None:
    """The database holds: a share is of a place or a cluster, once a year."""
    from django.db import IntegrityError, transaction

    from jiqun.web.dispatch.board.models import Decomposition, TargetShare

    made = Decomposition.objects.create(target="example-new", version=1)
    TargetShare.objects.create(decomposition=made, place=world.places["a"], year=2025)
    for wrong in (
        {"place": world.places["a"]}, {}, {"place": world.places["b"], "cluster": world.clusters["a"]},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            TargetShare.objects.create(decomposition=made, year=2025, **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decomposition.objects.create(target="example-new", version=1)
