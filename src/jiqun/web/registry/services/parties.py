"""What may be done to a party: entered, changed, renamed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from jiqun.base.codes import uscc_problem
from jiqun.base.errors import Place, Problems
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.registry.models import Party, PartyCode, PartyName
from jiqun.web.registry.search.keep import index_parties


@transaction.atomic
def register_party(*, actor: User | None, uscc: str, name: str, kind: str, **fields: Any) -> Party:
    """Enter a firm or other body; InputError where its code is wrong or taken."""
    code = uscc.strip().upper()
    problems = Problems()
    wrong = uscc_problem(code)
    if wrong:
        problems.add(wrong, Place(field="统一社会信用代码"), found=uscc)
    elif taken := Party.objects.filter(uscc=code).first():
        problems.add("该统一社会信用代码已登记", Place(field="统一社会信用代码"), found=taken.name)
    elif merged := PartyCode.objects.filter(uscc=code).select_related("party").first():
        problems.add("该统一社会信用代码已并入另一主体", Place(field="统一社会信用代码"), found=merged.party.name)
    if not name.strip():
        problems.add("名称不能为空", Place(field="名称"))
    problems.raise_if_any("主体未登记")
    party = Party(uscc=code, name=name.strip(), kind=kind, **fields)
    party.save(force_insert=True)
    index_parties([party.pk])
    audit.record(actor=actor, action="登记主体", instance=party, after=audit.state_of(party))
    return party


@transaction.atomic
def update_party(*, actor: User | None, party: Party, **changes: Any) -> Party:
    """Change a party's attributes; its code is its identity and stays, its name goes through `rename_party`."""
    if "uscc" in changes or "id" in changes:
        raise ValueError("a party's code is its identity: merge or register instead")
    fresh = Party.objects.select_for_update().get(pk=party.pk)
    before = audit.state_of(fresh)
    for name, value in changes.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=list(changes))
    if (fresh.name, fresh.county_id) != (before["name"], before["county_id"]):
        index_parties([fresh.pk])
    audit.record(actor=actor, action="修改主体", instance=fresh, before=before, after=audit.state_of(fresh))
    return fresh


@transaction.atomic
def rename_party(*, actor: User | None, party: Party, name: str, on: date) -> Party:
    """Give a party another name from a day on; the former one is kept and still found."""
    fresh = Party.objects.select_for_update().get(pk=party.pk)
    last = fresh.former_names.filter(until_on__isnull=False).order_by("-until_on").first()
    problems = Problems()
    if not name.strip():
        problems.add("新名称不能为空", Place(field="名称"))
    elif name.strip() == fresh.name:
        problems.add("新名称与现名称相同", Place(field="名称"), found=name)
    since = last.until_on if last else fresh.founded_on
    if since and on < since:
        problems.add("更名日期早于现名称的启用日期", Place(field="更名日期"), found=on, mend=f"应不早于 {since}")
    problems.raise_if_any("未更名")
    PartyName.objects.create(party=fresh, name=fresh.name, from_on=since, until_on=on)
    before = audit.state_of(fresh)
    fresh.name = name.strip()
    fresh.save(update_fields=["name"])
    index_parties([fresh.pk])
    audit.record(
        actor=actor, action="更名", instance=fresh, before=before, after=audit.state_of(fresh), note=f"更名日期 {on}"
    )
    return fresh
