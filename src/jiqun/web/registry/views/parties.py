"""The profile of a party and of any other record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from jiqun.rules.vocabulary import PARTY_KINDS
from jiqun.web.accounts.roles import PUBLISHERS, SIGNED_IN
from jiqun.web.accounts.scope import Scope, scope_for
from jiqun.web.common.access import page
from jiqun.web.common.trail.services import record_read
from jiqun.web.registry.approval.waiting import mark_of, reason_of
from jiqun.web.registry.models import Entry, PartyCode, RecordState
from jiqun.web.registry.queries import attachments_of, records_of
from jiqun.web.registry.timeline import TIMELINE_KINDS, timeline_of
from jiqun.web.registry.views.lists import list_of
from jiqun.web.registry.writers import may_add, may_change


@require_safe
@page(SIGNED_IN)
def party(request: HttpRequest, uscc: str) -> HttpResponse:
    """One party: what is recorded of it, and its history; the code of one merged away leads to the one kept."""
    scope = scope_for(request.user)
    parties = scope.parties().select_related("county", "cluster").prefetch_related("former_names")
    found = parties.filter(uscc=uscc).first()
    if found is None:
        merged = get_object_or_404(PartyCode.objects.select_related("party"), uscc=uscc, party__in=scope.parties())
        return redirect("registry:party", uscc=merged.party.uscc)
    record_read(request, found, "台账·主体")
    spec = list_of(f"{found.kind}s")
    kind = request.GET.get("kind", "")
    context = {
        "party": found, "spec": spec, "kind_name": PARTY_KINDS[found.kind],
        "fields": [(c.label, c.text(found)) for c in spec.columns], "names": found.former_names.all(),
        "codes": found.former_codes.all(), "records": records_of(scope, found),
        "events": timeline_of(scope, found, kind), "kinds": TIMELINE_KINDS, "kind": kind,
        "may_edit": may_add(scope, spec),
    }  # fmt: skip
    return render(request, "registry/party.html", context)


def _standing(scope: Scope, row: Any) -> dict[str, Any]:
    """Whether an entry counts, why it came back, and what the reviewer sends to decide on it."""
    if not isinstance(row, Entry):
        return {}
    waits = row.state == RecordState.SUBMITTED and scope.role in PUBLISHERS
    return {"entry": row, "reason": reason_of(row), "mark": mark_of(row) if waits else ""}


@require_safe
@page(SIGNED_IN)
def record(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One record of a list."""
    spec, scope = list_of(key), scope_for(request.user)
    row: Any = get_object_or_404(spec.rows(scope).select_related(*spec.related), pk=pk)
    if spec.party_path == "pk":
        return redirect("registry:party", uscc=row.uscc)
    if getattr(row, "party", None) is not None:
        record_read(request, row.party, f"台账·{spec.title}"[:60])
    context = {
        "spec": spec, "row": row, "fields": [(c.label, c.text(row)) for c in spec.columns],
        "may_edit": may_change(scope, spec, row), "files": attachments_of(row), **_standing(scope, row),
    }  # fmt: skip
    return render(request, "registry/record.html", context)
