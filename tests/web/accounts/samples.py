"""Samples of the pages of people for the matrix of pages × roles."""

from __future__ import annotations

from jiqun.web.accounts.models import OrganisationKind, Role, User
from jiqun.web.accounts.people.services.invitations import invite
from jiqun.web.accounts.services import create_organisation
from tests.web.accounts.matrix import EVERYBODY, Sample
from tests.web.world import World

OF_FIRM_A = frozenset({"operator", "auditor", "city", "county"})
OF_COUNTY = frozenset({"operator", "auditor", "city"})
OF_CITY = frozenset({"operator", "auditor"})
ACCOUNT = ("people:account", "people:account-role", "people:account-act")
ORGANISATION = ("people:organisation", "people:organisation-state")


def _invitation(world: World, people: dict[str, User], party: str) -> dict[str, object]:
    """An invitation into a firm of county a or b."""
    firm = create_organisation(
        actor=None, name=f"{party}机构", kind=OrganisationKind.ENTERPRISE, party=world.parties[party]
    )
    made, _ = invite(actor=people["operator"], organisation=firm, role=Role.ENTERPRISE, full_name="", email="", site="")
    return {"pk": made.pk}


def _organisation(people: dict[str, User], role: str) -> dict[str, object]:
    return {"pk": people[role].organisation_id}


SAMPLES = [
    Sample(ACCOUNT, lambda w, p: {"pk": p["enterprise"].pk}, seen_by=OF_FIRM_A),
    Sample(ACCOUNT, lambda w, p: {"pk": p["provider"].pk}, seen_by=OF_COUNTY),
    Sample(ACCOUNT, lambda w, p: {"pk": p["county"].pk}, seen_by=OF_COUNTY),
    Sample(ACCOUNT, lambda w, p: {"pk": p["operator"].pk}, seen_by=OF_CITY),
    Sample(ORGANISATION, lambda w, p: _organisation(p, "enterprise"), seen_by=OF_FIRM_A),
    Sample(ORGANISATION, lambda w, p: _organisation(p, "provider"), seen_by=OF_COUNTY),
    Sample(ORGANISATION, lambda w, p: _organisation(p, "auditor"), seen_by=OF_CITY),
    Sample("people:invitation-act", lambda w, p: _invitation(w, p, "a2"), seen_by=OF_FIRM_A),
    Sample("people:invitation-act", lambda w, p: _invitation(w, p, "b1"), seen_by=OF_COUNTY),
    Sample("people:join", lambda w, p: {"token": "nobody-knows-it"}, seen_by=EVERYBODY),
]
