"""Changing and stopping organisations."""

from __future__ import annotations

from django.db import transaction

from jiqun.base.errors import Problems
from jiqun.web.accounts.models import Organisation, OrganisationKind, User
from jiqun.web.accounts.people.services.operators import keep_an_operator
from jiqun.web.accounts.people.services.sessions import end_all
from jiqun.web.accounts.services import check_links
from jiqun.web.common import audit
from jiqun.web.registry.models import Party, Place


@transaction.atomic
def update_organisation(
    *, actor: User, organisation: Organisation, name: str, place: Place | None, party: Party | None
) -> Organisation:
    """Rename it or link it to another place or party; its kind stays."""
    fresh = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    before = audit.state_of(fresh)
    problems = Problems()
    if not name.strip():
        problems.add("机构名称不能为空")
    elif Organisation.objects.filter(name=name.strip()).exclude(pk=fresh.pk).exists():
        problems.add("已有同名机构", found=name)
    check_links(problems, OrganisationKind(fresh.kind), place, party)
    problems.raise_if_any("机构未修改")
    fresh.name, fresh.place, fresh.party = name.strip(), place, party
    fresh.save(update_fields=["name", "place", "party"])
    audit.record(actor=actor, action="修改机构", instance=fresh, before=before, after=audit.state_of(fresh))
    return fresh


@transaction.atomic
def set_organisation_active(*, actor: User, organisation: Organisation, active: bool) -> None:
    """Let its people work, or stop them all at once; the last operator stays."""
    fresh = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    before = audit.state_of(fresh)
    if not active:
        problems = Problems()
        if actor.organisation_id == fresh.pk:
            problems.add("不能停用自己所在的机构", found=fresh.name)
        keep_an_operator(problems, User.objects.filter(organisation=fresh))
        problems.raise_if_any("机构未停用")
    fresh.is_active = active
    fresh.save(update_fields=["is_active"])
    if not active:
        end_all(User.objects.filter(organisation=fresh))
    action = "启用机构" if active else "停用机构"
    audit.record(actor=actor, action=action, instance=fresh, before=before, after=audit.state_of(fresh))
