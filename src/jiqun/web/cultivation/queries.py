"""Reads of the cultivation desk."""

from __future__ import annotations

from jiqun.base.industries import section_name
from jiqun.programme.pack import Pack
from jiqun.rules.vocabulary import PARTY_KINDS
from jiqun.web.cultivation.history import figures_of, titles_of
from jiqun.web.cultivation.lists import coded_industry, firm_choices, firm_list, is_known_code
from jiqun.web.cultivation.rules import rules_of
from jiqun.web.cultivation.shapes import FirmPage, Profile
from jiqun.web.portal.published import facts_of
from jiqun.web.registry.models import Party, Publication

__all__ = ["firm_choices", "firm_list", "firm_page", "is_known_code"]


def firm_page(pack: Pack, publication: Publication | None, party: Party) -> FirmPage:
    """The page of one firm: who it is from the registry, all else from what is published."""
    profile = profile_of(party)
    if publication is None:
        return FirmPage(profile, (), (), ())
    facts = facts_of(publication, pack)
    return FirmPage(
        profile,
        titles_of(facts, party.uscc, publication.as_of),
        figures_of(facts, pack, party.uscc),
        rules_of(pack, publication, party.uscc),
    )


def profile_of(party: Party) -> Profile:
    """The party in words."""
    cluster = party.cluster
    return Profile(
        uscc=party.uscc,
        name=party.name,
        kind=PARTY_KINDS[party.kind],
        county=party.county.name if party.county else None,
        cluster=cluster.name if cluster else None,
        cluster_key=bool(cluster and cluster.provincial_key),
        industry=coded_industry(party.industry),
        industry_section=section_name(party.industry),
        founded_on=party.founded_on,
        size_class=party.size_class or None,
        above_size=party.above_size,
    )
