"""Drafting a round, and opening it: the units' assignments, lines and cells are made at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from jiqun.base.errors import InputError, Place, Problem, Problems
from jiqun.base.periods import Period
from jiqun.base.workdays import add_working_days
from jiqun.programme.pack import Pack
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.dispatch.rounds.columns import default_unit, grain_word, periods_asked
from jiqun.web.dispatch.rounds.models import Assignment, Cell, Chain, ItemKind, Line, Round, RoundItem, RoundState
from jiqun.web.dispatch.rounds.models.round import SUBJECT_WORDS
from jiqun.web.dispatch.rounds.services._telling import tell_units
from jiqun.web.registry.models import Cluster, Observation, Party, RecordState
from jiqun.web.registry.models import Place as District

MOST_CELLS = 400_000
MOST_DAYS = 120


@dataclass(frozen=True)
class Asked:
    """Something that a round asks for."""

    name: str
    kind: ItemKind = ItemKind.INDICATOR
    required: bool = True
    unit: str = ""
    """The unit to report in; the usual one where empty."""


@dataclass(frozen=True)
class Selection:
    """Of which subjects: those of some counties (of all where empty), and of them which."""

    counties: tuple[str, ...] = ()
    which: str = "all"
    """all; key (provincial key clusters); above-size or leader (firms with the title `title`)."""
    title: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the round keeps it."""
        return {**asdict(self), "counties": list(self.counties)}

    @classmethod
    def of(cls, round_: Round) -> Selection:
        """The selection that a round keeps."""
        kept = round_.selection
        return cls(tuple(kept.get("counties", ())), kept.get("which", "all"), kept.get("title", ""))


@transaction.atomic
def draft_round(
    *,
    actor: User | None,
    pack: Pack,
    title: str,
    period: str,
    subject_kind: str,
    chain: Chain,
    asked: Sequence[Asked],
    selection: Selection,
    working_days: int,
    note: str = "",
    is_demo: bool = False,
) -> Round:
    """Write a round down without telling anybody; InputError names everything that does not fit."""
    problems = Problems()
    span = _period(problems, period)
    if not title.strip():
        problems.add("请写明任务名称", Place(field="名称"))
    if chain == Chain.FIRM and subject_kind != "party":
        problems.add("由企业填报时，填报对象只能是企业", Place(field="填报对象"))
    if not 1 <= working_days <= MOST_DAYS:
        problems.add(f"填报期限应为 1 至 {MOST_DAYS} 个工作日", Place(field="填报期限"), found=working_days)
    items = [] if span is None else list(_items(problems, pack, asked, subject_kind, span))
    if not asked:
        problems.add("请至少选择一项指标或台账", Place(field="填报内容"))
    problems.raise_if_any("任务未保存")
    made = Round.objects.create(
        title=title.strip(), period=str(span), subject_kind=subject_kind, chain=chain, working_days=working_days,
        selection=selection.as_json(), note=note.strip(), is_demo=is_demo,
    )  # fmt: skip
    for number, item in enumerate(items):
        item.round, item.position = made, number
    RoundItem.objects.bulk_create(items)
    after = {**audit.state_of(made), "items": [f"{item.name}[{item.period}]" for item in items]}
    audit.record(actor=actor, action="草拟填报任务", instance=made, after=after)
    return made


@transaction.atomic
def discard_round(*, actor: User | None, round_: Round) -> None:
    """Throw a draft away; InputError where it was opened."""
    locked = Round.objects.select_for_update().get(pk=round_.pk)
    _must_be_draft(locked, "任务未删除")
    audit.record(actor=actor, action="删除填报任务草稿", instance=locked, before=audit.state_of(locked))
    locked.delete()


@transaction.atomic
def open_round(*, actor: User | None, round_: Round, now: datetime | None = None) -> Round:
    """Make every unit's assignment, lines and cells, count the deadline, and tell the units."""
    opened = Round.objects.select_for_update().get(pk=round_.pk)
    _must_be_draft(opened, "任务未下发")
    groups = plan(opened)
    items = list(opened.items.all())
    cells = sum(len(subjects) for subjects in groups.values()) * len(items)
    if not cells:
        raise InputError([Problem("所选范围内没有填报对象", mend="请放宽范围")], "任务未下发")
    if cells > MOST_CELLS:
        mend = "请减少指标，或分几次下发"
        raise InputError([Problem(f"共 {cells:,} 个数据，超过 {MOST_CELLS:,} 个", mend=mend)], "任务未下发")
    before = audit.state_of(opened)
    opened.opened_at = now or timezone.now()
    opened.opened_by, opened.state = actor, RoundState.OPEN
    opened.due_on = add_working_days(timezone.localdate(opened.opened_at), opened.working_days)
    opened.save()
    _distribute(opened, groups, items)
    audit.record(actor=actor, action="下发填报任务", instance=opened, before=before, after=audit.state_of(opened))
    tell_units(
        opened.assignments.all(), f"新的填报任务：{opened.title}，请于 {opened.due_on} 前提交", key=f"round-{opened.pk}"
    )
    return opened


Unit = tuple[int | None, int | None]
"""The place and the party of an assignment, by id."""


def plan(round_: Round) -> dict[Unit, list[Any]]:
    """The subjects of each unit that would fill, in the order of units."""
    unit_of = county_units()
    names = dict(District.objects.values_list("pk", "code"))
    groups: dict[Unit, list[Any]] = defaultdict(list)
    for subject in subjects_of(round_):
        county = subject.pk if round_.subject_kind == "place" else subject.county_id
        place = unit_of.get(county) if county else None
        if round_.chain == Chain.FIRM:
            groups[place, subject.pk].append(subject)
        elif place is not None:
            groups[place, None].append(subject)
    return dict(sorted(groups.items(), key=lambda pair: (names.get(pair[0][0] or 0, ""), pair[0][1] or 0)))


def subjects_of(round_: Round) -> QuerySet[Any]:
    """The subjects that the round's selection means."""
    selection = Selection.of(round_)
    found: QuerySet[Any]
    if round_.subject_kind == "cluster":
        found = Cluster.objects.order_by("code")
        if selection.which == "key":
            found = found.filter(provincial_key=True)
    elif round_.subject_kind == "place":
        found = District.objects.exclude(kind="city").filter(pk__in=set(county_units().values())).order_by("code")
    else:
        found = Party.objects.filter(kind="enterprise").order_by("uscc")
        if selection.which == "above-size":
            found = found.filter(above_size=True)
        elif selection.which == "title":
            today = timezone.localdate()
            valid = Q(recognitions__valid_until__isnull=True) | Q(recognitions__valid_until__gte=today)
            found = found.filter(valid, recognitions__title=selection.title).distinct()
    if selection.counties:
        chosen = set(District.objects.filter(code__in=selection.counties).values_list("pk", flat=True))
        within = {pk for pk, unit in county_units().items() if unit in chosen}
        found = found.filter(**{"pk__in" if round_.subject_kind == "place" else "county__in": within})
    return found


def county_units() -> dict[int, int]:
    """For each place the county-level one that reports for it: itself, or the county that a zone belongs to."""
    places = {place.pk: place for place in District.objects.select_related("parent")}
    return {
        pk: place.parent_id if place.parent and place.parent.kind != "city" else pk  # type: ignore[misc]
        for pk, place in places.items()
        if place.kind != "city"
    }


def _must_be_draft(round_: Round, title: str) -> None:
    if round_.state != RoundState.DRAFT:
        raise InputError([Problem(f"任务“{round_.title}”已经下发", mend="请刷新页面")], title)


def _period(problems: Problems, text: str) -> Period | None:
    try:
        return Period.parse(text)
    except ValueError:
        problems.add("不是期间", Place(field="期间"), found=text, mend="请写成 2026、2026Q3 或 2026-09")
        return None


def _items(
    problems: Problems, pack: Pack, asked: Sequence[Asked], subject_kind: str, span: Period
) -> Iterator[RoundItem]:
    for one in asked:
        at = Place(field=one.name)
        if one.kind == ItemKind.REGISTER:
            register = pack.register_by_name.get(one.name)
            if register is None or register.subject != subject_kind:
                problems.add(f"没有{SUBJECT_WORDS[subject_kind]}的这一台账", at)
                continue
            yield RoundItem(kind=one.kind, name=one.name, period=str(span), required=one.required)
            continue
        spec = pack.indicator_by_name.get(one.name)
        if spec is None or subject_kind not in spec.subjects:
            problems.add(f"没有{SUBJECT_WORDS[subject_kind]}的这一指标", at)
            continue
        periods = periods_asked(spec.period, span)
        if not periods:
            problems.add(f"{grain_word(spec.period)}指标不能按 {span.chinese} 填报", at, mend="请改选期间或去掉该指标")
        for period in periods:
            yield RoundItem(
                kind=one.kind, name=one.name, period=str(period), required=one.required,
                unit=one.unit or default_unit(spec),
            )  # fmt: skip


def _distribute(round_: Round, groups: dict[Unit, list[Any]], items: list[RoundItem]) -> None:
    kind = round_.subject_kind
    assignments = Assignment.objects.bulk_create(
        Assignment(round=round_, place_id=place, party_id=party) for place, party in groups
    )
    lines = Line.objects.bulk_create(
        Line(assignment=assignment, position=n, **{kind: subject})
        for assignment, subjects in zip(assignments, groups.values(), strict=True)
        for n, subject in enumerate(subjects)
    )
    known = _approved(kind, items, [getattr(line, f"{kind}_id") for line in lines])
    Cell.objects.bulk_create(
        (
            Cell(
                line=line,
                item=item,
                approved_value=known.get((getattr(line, f"{kind}_id"), item.name, item.period), ""),
            )
            for line in lines
            for item in items
        ),
        batch_size=2000,
    )


def _approved(kind: str, items: Iterable[RoundItem], ids: Sequence[int]) -> dict[tuple[int, str, str], str]:
    """What the registry already holds of the figures that are asked for."""
    wanted = {(item.name, item.period) for item in items if item.kind == ItemKind.INDICATOR}
    rows = Observation.objects.filter(
        **{f"{kind}__isnull": False}, indicator__in={name for name, _ in wanted},
        period__in={period for _, period in wanted}, state=RecordState.APPROVED,
    )  # fmt: skip
    if len(ids) < 500:
        rows = rows.filter(**{f"{kind}__in": list(ids)})
    found = rows.values_list(f"{kind}_id", "indicator", "period", "value")
    return {(pk, name, period): value for pk, name, period, value in found.iterator() if (name, period) in wanted}
