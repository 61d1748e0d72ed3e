"""Who pays what: the bill of an agreed pool, and the worst bill a firm can get before it joins.

Goods: every unit has the same price, that of the whole quantity (average pricing; with prices that fall with the
quantity it lies in the core). Freight: `split.along_the_road`. Fees of late leavers go to those who stayed, in
proportion to their quantities. All in whole fen.
"""

from __future__ import annotations

from dataclasses import dataclass

from jiqun.exchange.pool.split import along_the_road, in_proportion, largest_remainder
from jiqun.exchange.pool.state import Member, Pool, within
from jiqun.exchange.pool.terms import Terms


@dataclass(frozen=True)
class Bill:
    """In fen. Buying: total = goods + freight - compensation; selling: what is received is goods - freight + it."""

    id: str
    quantity: int
    goods: int
    freight: int
    compensation: int
    total: int


def bills(pool: Pool) -> tuple[Bill, ...]:
    """The bill of every member in joining order; before settling by ordered, after it by delivered quantities.

    While the pool is open it says what it would be if it closed now with at least the least quantity. In a pool that
    failed no goods move, but the fees of late leavers still go to those who stayed; with no one left they lapse.
    """
    terms, members = pool.terms, pool.members
    if not members:
        return ()
    fees = in_proportion(sum(fee for _, fee in pool.fees), [m.quantity for m in members])
    if pool.phase == "failed":
        return tuple(_bill(terms, m, 0, 0, 0, c) for m, c in zip(members, fees, strict=True))
    price = terms.price(max(pool.total, terms.least)) if pool.price is None else pool.price
    distances = [m.distance for m in members]
    freight = largest_remainder(
        along_the_road(terms.freight.fixed, terms.freight.rate, distances), terms.freight.alone(max(distances))
    )
    return tuple(
        _bill(terms, m, pool.delivered.get(m.id, m.quantity), price, f, c)
        for m, f, c in zip(members, freight, fees, strict=True)
    )


def alone(terms: Terms, member: Member, quantity: int | None = None) -> Bill:
    """What the firm pays (or receives, selling) without the pool."""
    return _bill(
        terms,
        member,
        member.quantity if quantity is None else quantity,
        terms.alone,
        terms.freight.alone(member.distance),
        0,
    )


def worst(terms: Terms, member: Member) -> Bill:
    """The worst bill a firm that joins with this quantity can get, whatever the others do.

    All others may leave down to the least quantity at which the pool holds, so that the price is the one there; the
    goods may be off by the tolerance; it bears the journey alone. A pool that fails costs nothing.
    """
    quantity = within(terms, member.quantity)[terms.kind == "buy"]
    price = terms.price(max(terms.least, member.quantity))
    return _bill(terms, member, quantity, price, terms.freight.alone(member.distance), 0)


def _bill(terms: Terms, member: Member, quantity: int, price: int, freight: int, compensation: int) -> Bill:
    goods = price * quantity
    total = goods + freight - compensation if terms.kind == "buy" else goods - freight + compensation
    return Bill(member.id, quantity, goods, freight, compensation, total)
