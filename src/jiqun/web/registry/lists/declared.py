"""The lists that there are: those of the models here, those of the registers from the pack."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from jiqun.programme.models import RegisterSpec
from jiqun.programme.pack import Pack, PackKey
from jiqun.rules.vocabulary import PARTY_KINDS, PLACE_KINDS, SIZE_CLASSES, SUBJECT_NAMES
from jiqun.web.accounts.scope import Scope
from jiqun.web.common.pack import current_pack
from jiqun.web.registry.lists.columns import Choices, Column, FilterKind, ListSpec
from jiqun.web.registry.models import Cluster, Entry, Place, RecordState
from jiqun.web.registry.models.review import Outcome

RECORDS = "基本台账"
MARK = "9" * 18
"""Stands in an address for what differs from row to row."""


def counties(scope: Scope) -> Choices:
    """The places that the reader may choose from."""
    places = scope.own_places() if not scope.party_id else scope.places()
    return tuple(places.exclude(kind="city").order_by("code").values_list("code", "name"))


def clusters(scope: Scope) -> Choices:
    """The clusters that the reader may choose from."""
    own = scope.own_clusters() if not scope.party_id else scope.clusters()
    return tuple(own.order_by("county__code", "name").values_list("code", "name"))


def _county(path: str, **options: Any) -> Column:
    return Column("county", "县（市、区）", f"{path}__name", choices=counties, filter="choice",
                  filter_path=path, coded=Place, **options)  # fmt: skip


def _titles(scope: Scope) -> Choices:
    return tuple((t, t) for t in sorted(current_pack().vocabulary.titles))


def _page(name: str, *arguments: str) -> Callable[[object], str]:
    """The page of a row by its last argument: worked out once, for it would be a fifth of a list's time."""

    @cache
    def address() -> str:
        return reverse(name, args=[*arguments, MARK])

    return lambda last: address().replace(MARK, str(last))


def _address(key: str) -> Any:
    page = _page("registry:record", key)
    return lambda row: page(row.pk)


_PARTY_COLUMNS = (
    Column("name", "名称", "name", sort=True, wide=True),
    Column("uscc", "统一社会信用代码", "uscc", filter="prefix", sort=True),
    _county("county"),
    Column("cluster", "集群", "cluster__name", choices=clusters, filter="choice", filter_path="cluster",
           coded=Cluster, wide=True),
    Column("industry", "行业", "industry", filter="prefix", shown=False),
    Column("founded_on", "成立日期", "founded_on", kind="date", filter="range", sort=True),
    Column("size_class", "企业规模", "size_class", choices=tuple((s, s) for s in SIZE_CLASSES), filter="choice"),
    Column("above_size", "规上", "above_size", kind="flag", filter="flag"),
)  # fmt: skip


_party_page = _page("registry:party")


def _party_link(row: Any) -> str:
    return _party_page(row.uscc)


def _parties_of(kind: str) -> Any:
    return lambda scope: scope.parties().filter(kind=kind)


def _party_lists() -> Iterator[ListSpec]:
    for kind, label in PARTY_KINDS.items():
        yield ListSpec(
            f"{kind}s", label, _parties_of(kind), _PARTY_COLUMNS, "uscc", _party_link, "name", "家", "pk",
            ("county", "cluster"), group=RECORDS, intake="parties",
        )  # fmt: skip


_SUBJECT = (
    Column("subject", "主体", "subject__name", wide=True),
    Column("uscc", "统一社会信用代码", "party__uscc", filter="prefix", shown=False),
    _county("party__county", shown=False),
)
_OF = ("party__county", "cluster", "place")
_MODELS = (
    ListSpec(
        "clusters", "集群", lambda scope: scope.clusters(),
        (
            Column("name", "名称", "name", filter="contains", wide=True),
            Column("code", "编号", "code", sort=True),
            Column("county", "县（市、区）", "county__name", choices=lambda scope: tuple(
                scope.places().exclude(kind="city").order_by("code").values_list("code", "name")),
                filter="choice", filter_path="county", coded=Place),
            Column("chain", "产业链", "chain", filter="contains"),
            Column("provincial_key", "省级重点", "provincial_key", kind="flag", filter="flag"),
        ),
        "code", _address("clusters"), "name", "个", related=("county",), group=RECORDS,
    ),
    ListSpec(
        "places", "区划", lambda scope: scope.places(),
        (
            Column("name", "名称", "name", filter="contains", wide=True),
            Column("code", "代码", "code", sort=True),
            Column("parent", "上级", "parent__name"),
            Column("kind", "类型", "kind", kind="choice", choices=tuple(PLACE_KINDS.items()), filter="choice"),
        ),
        "code", _address("places"), "name", "个", related=("parent",), group=RECORDS,
    ),
    ListSpec(
        "recognitions", "认定", lambda scope: scope.recognitions(),
        (
            *_SUBJECT,
            Column("title", "称号", "title", choices=_titles, filter="choice", wide=True),
            Column("awarded_on", "认定日期", "awarded_on", kind="date", filter="range", sort=True),
            Column("valid_until", "有效期至", "valid_until", kind="date", filter="range"),
        ),
        "-awarded_on", _address("recognitions"), "subject", party_path="party", related=_OF, group=RECORDS,
    ),
    ListSpec(
        "reviews", "复核", lambda scope: scope.reviews(),
        (
            *_SUBJECT,
            Column("title", "称号", "title", choices=_titles, filter="choice", wide=True),
            Column("reviewed_on", "复核日期", "reviewed_on", kind="date", filter="range", sort=True),
            Column("outcome", "结果", "outcome", kind="choice", choices=tuple(Outcome.choices), filter="choice"),
        ),
        "-reviewed_on", _address("reviews"), "subject", party_path="party", related=_OF, group=RECORDS,
    ),
)  # fmt: skip


def _register_list(register: RegisterSpec, group: str) -> ListSpec:
    """The list of a register, from its declaration alone."""
    party = register.subject == "party"
    subject = [Column("subject", SUBJECT_NAMES[register.subject], "subject__name", wide=True)]
    if party:
        subject += _SUBJECT[1:]
    name = register.name

    def rows(scope: Scope) -> QuerySet[Entry]:
        return scope.entries().filter(register=name)

    return ListSpec(
        name, register.title, rows,
        (
            *subject,
            Column("on", "日期", "on", kind="date", filter="range", sort=True),
            *(_field(i, field) for i, field in enumerate(register.fields)),
            Column("state", "状态", "state", kind="choice", choices=tuple(RecordState.choices), filter="choice"),
        ),
        "-on", _address(name), "subject", party_path="party" if party else "", related=_OF if party else (register.subject,),
        note=register.definition or "", group=group, intake=f"register/{name}",
    )  # fmt: skip


def _field(number: int, field: Any) -> Column:
    filters: dict[str, FilterKind] = {"number": "range", "date": "range", "flag": "flag"}
    by_kind = filters.get(field.kind, "choice" if field.choices else "contains")
    return Column(
        f"d{number}", field.name, f"data__{field.name}", field.kind, field.unit,
        tuple((c, c) for c in field.choices), by_kind, sort=field.kind in ("number", "date"), shown=number < 5,
    )  # fmt: skip


def all_lists(pack: Pack) -> Mapping[str, ListSpec]:
    """Every list by its key: the models' and the pack's registers'."""
    return _lists_of(PackKey(pack))


@lru_cache(maxsize=2)
def _lists_of(key: PackKey) -> Mapping[str, ListSpec]:
    pack = key.pack
    tasks = {task.id: f"{task.number}. {task.title}" for task in pack.programme.tasks}
    registers = (_register_list(r, tasks.get(r.task or "", "其他台账")) for r in pack.registers)
    return {spec.key: spec for spec in (*_party_lists(), *_MODELS, *registers)}
