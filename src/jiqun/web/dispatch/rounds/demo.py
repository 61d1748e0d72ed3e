"""A demonstration round over the clusters: some counties filled it in, one submitted, one has a cell returned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from jiqun.base.periods import Period
from jiqun.programme.pack import Pack
from jiqun.web.accounts.models import User
from jiqun.web.dispatch.rounds import services
from jiqun.web.dispatch.rounds.columns import Column, column_of
from jiqun.web.dispatch.rounds.grid import subject_id
from jiqun.web.dispatch.rounds.models import Assignment, Cell, Chain, Round, Worst
from jiqun.web.dispatch.rounds.services import Asked, Edit, Pick, Selection
from jiqun.web.registry.models import Observation

RETURN_REASON = "与上月相比增幅偏大，请与统计部门数据核对后重报"
EXPLAINED = "演示：已与企业核对"
GROWTH = Decimal("1.03")
Known = dict[tuple[int, str, str], Decimal]


@transaction.atomic
def clear_demo_rounds() -> None:
    """Remove demonstration rounds, so that the subjects they are about may be replaced."""
    Round.objects.filter(is_demo=True).delete()


@transaction.atomic
def create_demo_round(pack: Pack) -> Round | None:
    """Open a round of the month after the last one known; None where the pack has no monthly cluster figures."""
    asked = [i.name for i in pack.indicators if i.period == "month" and "cluster" in i.subjects and i.kind == "number"]
    last = Observation.objects.filter(cluster__isnull=False, indicator__in=asked).aggregate(last=Max("period"))["last"]
    if last is None:
        return None
    period = Period.parse(last).shift(1)
    city, county = (User.objects.filter(username=f"demo-{role}").first() for role in ("city", "county"))
    drafted = services.draft_round(
        actor=city, pack=pack, title=f"{period.chinese}集群运行情况", period=str(period), subject_kind="cluster",
        chain=Chain.COUNTY, asked=[Asked(name) for name in asked], selection=Selection(), working_days=10,
        note="演示任务，数据均由程序生成。", is_demo=True,
    )  # fmt: skip
    opened = services.open_round(actor=city, round_=drafted)
    units = list(opened.assignments.select_related("round", "place").order_by("place__code"))
    own = county.organisation.place_id if county and county.organisation else None
    units.sort(key=lambda unit: unit.place_id != own)
    _play(pack, opened, units, city, county)
    return opened


def _play(pack: Pack, round_: Round, units: Sequence[Assignment], city: User | None, county: User | None) -> None:
    """The first unit has something returned, the second waits for review, the third is approved, two are being filled."""
    known = _known(round_)
    for number, unit in enumerate(units[:5]):
        actor = county if number == 0 else None
        _fill(pack, unit, known, actor, part=1.0 if number < 3 else 0.6)
        if number < 3:
            services.submit(actor=actor, pack=pack, assignment=unit)
    cells = Cell.objects.filter(line__assignment=units[0]).order_by("line__position", "item__position")
    services.return_cells(actor=city, round_=round_, level=2, picks=_picks(cells[:1]), reason=RETURN_REASON)
    services.approve_cells(actor=city, round_=round_, level=2, picks=_picks(cells[1:4]))
    if len(units) > 2:
        cells = Cell.objects.filter(line__assignment=units[2])
        services.approve_cells(actor=city, round_=round_, level=2, picks=_picks(cells))


def _picks(cells: Iterable[Cell]) -> list[Pick]:
    return [Pick(cell.pk, cell.version) for cell in cells]


def _fill(pack: Pack, unit: Assignment, known: Known, actor: User | None, *, part: float) -> None:
    columns = {item.pk: column_of(pack, item) for item in unit.round.items.all()}
    cells = list(
        Cell.objects.filter(line__assignment=unit).select_related("line").order_by("line__position", "item__position")
    )
    edits = []
    for number, cell in enumerate(cells[: max(1, int(len(cells) * part))]):
        column = columns[cell.item_id]
        value = _next(known, subject_id(cell.line), column)
        text = column.show(str(value)) if value is not None else str(100 + 37 * number % 400)
        edits.append(Edit(cell.pk, cell.version, text, explanation="" if value is not None else "本月首次统计"))
    saved = services.save_cells(actor=actor, pack=pack, assignment=unit, edits=edits)
    _settle_findings(pack, unit, saved.cells, actor)


def _settle_findings(pack: Pack, unit: Assignment, cells: Iterable[Cell], actor: User | None) -> None:
    """What the checks find in invented figures is explained, or left out where it may not stand."""
    edits = [
        Edit(
            cell.pk, cell.version, "" if cell.worst == Worst.ERROR else None, explanation=cell.explanation or EXPLAINED
        )
        for cell in cells
        if cell.worst in (Worst.ERROR, Worst.EXPLAIN)
    ]
    if edits:
        services.save_cells(actor=actor, pack=pack, assignment=unit, edits=edits)


def _next(known: Known, subject: int, column: Column) -> Decimal | None:
    """A month a little above the one before; with running totals on top of the last total."""
    before, earlier = column.period.shift(-1), column.period.shift(-2)
    last = known.get((subject, column.item.name, str(before)))
    if last is None:
        return None
    if not column.cumulative:
        return (last * GROWTH).quantize(Decimal(1))
    own = last if before.ordinal == 1 else last - known.get((subject, column.item.name, str(earlier)), Decimal(0))
    grown = (own * GROWTH / 10_000).quantize(Decimal(1)) * 10_000
    return grown if column.period.ordinal == 1 else last + grown


def _known(round_: Round) -> Known:
    names = set(round_.items.values_list("name", flat=True))
    since = str(round_.period_value.shift(-3))
    rows = Observation.objects.filter(
        cluster__isnull=False, indicator__in=names, state="approved", period__gte=since
    ).values_list("cluster_id", "indicator", "period", "value")
    return {(pk, name, period): Decimal(value) for pk, name, period, value in rows if value}
