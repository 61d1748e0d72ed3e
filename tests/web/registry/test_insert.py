"""Many rows at once: they are the rows given, and the table keeps its indexes and its constraints."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from django.db import IntegrityError, connection, transaction

from jiqun.rules.vocabulary import PARTY_KINDS, SIZE_CLASSES
from jiqun.web.registry.bulk import insert as insertion
from jiqun.web.registry.bulk.insert import insert
from jiqun.web.registry.models import Party
from tests.web.world import World, uscc

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("uscc", "name", "founded_on", "above_size")
REST = {"kind": "enterprise", "industry": "", "size_class": ""}


def _indexes() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "registry_party")
    return {name: c["columns"] for name, c in found.items() if c["index"] or c["foreign_key"]}


@pytest.mark.parametrize(("count", "together"), [(1, 1_000), (30, 1_000), (30, 7), (30, 10)])
def test_the_rows_are_those_given(world: World, count: int, together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few beside the world's six, and more than them, for which the indexes are made again; in one statement or in some."""
    monkeypatch.setattr(insertion, "_ROWS", together)
    before = _indexes()
    codes = [uscc(100 + i) for i in range(count)]
    columns = [
        codes,
        [f"公司\\{i}\t“{i}”" for i in range(count)],
        ["2020-02-29"] * count,
        [None, *[True] * (count - 1)],
    ]
    with transaction.atomic():
        insert("registry_party", NAMES, columns, REST)
    found = Party.objects.filter(uscc__in=codes).order_by("id").values_list("uscc", "name", "above_size", "kind")
    assert list(found) == [(*row, "enterprise") for row in zip(columns[0], columns[1], columns[3], strict=True)]
    assert {str(p.founded_on) for p in Party.objects.filter(uscc__in=codes)} == {"2020-02-29"}
    assert _indexes() == before


@pytest.mark.parametrize("wrong", [("", "名称"), (uscc(1), "已有"), (uscc(900), "")])
def test_one_wrong_row_and_nothing_is_written(world: World, wrong: tuple[str, str]) -> None:
    before, rows = _indexes(), Party.objects.count()
    codes, names = zip(*[(uscc(100 + i), "公司") for i in range(30)], wrong, strict=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert("registry_party", NAMES[:2], [codes, names], REST)
    assert (Party.objects.count(), _indexes()) == (rows, before)


@pytest.mark.parametrize(("column", "known"), [("kind", PARTY_KINDS), ("size_class", ("", *SIZE_CLASSES))])
def test_words_that_are_not_known_are_refused(world: World, column: str, known: Collection[str]) -> None:
    """Each known one is taken; another is refused by the database itself."""
    codes = [uscc(100 + index) for index in range(len(known))]
    rest = {name: text for name, text in REST.items() if name != column}
    with transaction.atomic():
        insert("registry_party", ("uscc", "name", column), [codes, codes, list(known)], rest)
    found = Party.objects.filter(uscc__in=codes).order_by("id").values_list(column, flat=True)
    assert list(found) == list(known)
    for wrong in ("Lab", "大", "x"):
        with pytest.raises(IntegrityError), transaction.atomic():
            insert("registry_party", ("uscc", "name", column), [[uscc(200)], ["公司"], [wrong]], rest)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own setting")
def test_where_sorts_take_their_memory_is_set_back(world: World) -> None:
    def temp_store() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA temp_store")
            return int(cursor.fetchone()[0])

    def broken() -> None:
        with insertion.quick_sorts():
            raise ValueError(f"broken at {temp_store()}")

    file, memory = 1, 2
    assert temp_store() == memory
    with pytest.raises(ValueError, match=f"broken at {file}"):
        broken()
    assert temp_store() == memory
    with transaction.atomic(), insertion.quick_sorts():  # too late for it
        assert temp_store() == memory
