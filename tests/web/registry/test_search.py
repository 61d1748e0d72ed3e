"""Search: by name, pinyin, initials, former name and code, within the scope, on both databases."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiqun.web.accounts.scope import scope_for
from jiqun.web.registry import services
from jiqun.web.registry.search.find import find_clusters, find_parties
from jiqun.web.registry.search.tokens import fold, matches, question_of, syllables
from tests.web.world import uscc

if TYPE_CHECKING:
    from jiqun.web.accounts.models import User
    from jiqun.web.registry.models import Party
    from tests.web.world import World


@pytest.fixture
def firms(world: World) -> dict[str, Party]:
    """Three firms that differ in a word, two in county a and one in b."""
    names = {
        "皮衣": ("无极县榆卓皮衣有限公司", "a"),
        "银行": ("示例农商银行股份有限公司", "a"),
        "绿能": ("乙县绿能ABC科技有限公司", "b"),
    }
    return {
        key: services.register_party(
            actor=None, uscc=uscc(100 + i), name=name, kind="enterprise", county=world.places[place]
        )
        for i, (key, (name, place)) in enumerate(names.items())
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("皮衣", "皮衣"), ("榆卓皮衣", "皮衣"), ("衣", "皮衣"), ("无极 榆卓", None), ("yuzhuo", "皮衣"), ("YuZhuoPi", "皮衣"),
        ("yzpy", "皮衣"), ("wjxyzpy", "皮衣"), ("yuzhuopiyiyouxian", "皮衣"), ("yinhang", "银行"), ("nsyh", "银行"),
        ("lvneng", "绿能"), ("ＡＢＣ", "绿能"), ("abc科技", "绿能"), ("没有的", None), ("zzzz", None), ("（）", None), ("' OR *", None),
    ],
)  # fmt: skip
def test_what_is_typed_finds_the_firm(
    firms: dict[str, Party], people: dict[str, User], text: str, found: str | None
) -> None:
    hits = find_parties(scope_for(people["city"]), text)
    assert [hit.party for hit in hits] == ([firms[found]] if found else [])


def test_the_scope_limits_what_is_found(firms: dict[str, Party], people: dict[str, User]) -> None:
    def names(role: str) -> set[str]:
        return {hit.party.name for hit in find_parties(scope_for(people[role]), "有限公司")}

    assert names("city") == {party.name for party in firms.values()}
    assert names("county") == {firms["皮衣"].name, firms["银行"].name}
    assert names("enterprise") == set()


def test_a_code_is_found_by_its_beginning(firms: dict[str, Party], people: dict[str, User]) -> None:
    code = firms["皮衣"].uscc
    assert [hit.party for hit in find_parties(scope_for(people["city"]), code.lower())] == [firms["皮衣"]]
    assert firms["皮衣"] in [hit.party for hit in find_parties(scope_for(people["city"]), code[:14])]


def test_a_renamed_firm_is_found_by_both_names(firms: dict[str, Party], people: dict[str, User]) -> None:
    scope = scope_for(people["city"])
    services.rename_party(actor=people["city"], party=firms["皮衣"], name="无极县新程服饰有限公司", on=date(2026, 1, 1))
    (old,), (new,) = find_parties(scope, "榆卓"), find_parties(scope, "新程")
    assert (old.party, old.by) == (firms["皮衣"], "曾用名 无极县榆卓皮衣有限公司")
    assert (new.party, new.by) == (firms["皮衣"], "")


def test_the_nearest_name_comes_first(firms: dict[str, Party], people: dict[str, User]) -> None:
    hits = find_parties(scope_for(people["city"]), "示例农商银行股份有限公司")
    assert hits[0].party == firms["银行"]


def test_clusters_are_found_by_initials(world: World, people: dict[str, User]) -> None:
    assert find_clusters(scope_for(people["city"]), "ajq") == [world.clusters["a"]]


def test_readings_fold_and_questions() -> None:
    assert fold("石家庄（Ａ）·1 号") == "石家庄a1号"
    assert syllables("银行绿色") == ["yin", "hang", "lv", "se"]
    assert matches("无极县榆卓皮衣", "jixianyu")
    assert not matches("无极县榆卓皮衣", "卓榆")
    assert question_of("，") == ()


def test_postgresql_is_not_told_how_few_are_wanted(firms: dict[str, Party], people: dict[str, User]) -> None:
    """With a number before its eyes it reads all names from the first on instead of the index of words."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has but one way")
    with CaptureQueriesContext(connection) as asked:
        assert [hit.party for hit in find_parties(scope_for(people["city"]), "皮衣")] == [firms["皮衣"]]
    assert [sql for sql in (query["sql"] for query in asked) if "LIMIT (SELECT 200)" in sql]
