"""Reads of the public pages: clusters and policies."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from jiqun.programme.pack import Pack
from jiqun.web.registry.models import Cluster, Recognition


@dataclass(frozen=True)
class BenefitLine:
    """A benefit of the policy catalogue."""

    title: str
    text: str
    beneficiary: str
    handling: str
    conditions: tuple[str, ...]
    forbidden_uses: tuple[str, ...]


@dataclass(frozen=True)
class PolicySection:
    """A support policy with its benefits."""

    clause: str
    title: str
    text: str
    benefits: tuple[BenefitLine, ...]


HANDLING = {"apply": "申请", "automatic": "免申即享"}
BENEFICIARIES = {"party": "企业", "cluster": "集群所在县（市、区）"}


def policy_catalogue(pack: Pack) -> tuple[PolicySection, ...]:
    """All support policies of the plan in words."""
    return tuple(
        PolicySection(
            policy.clause, policy.title, policy.text,
            tuple(
                BenefitLine(
                    b.title, b.text, BENEFICIARIES[b.beneficiary], HANDLING[b.handling],
                    tuple(c.text for c in b.conditions), b.forbidden_uses,
                )
                for b in policy.benefits
            ),
        )
        for policy in pack.policies
    )  # fmt: skip


def cluster_list() -> QuerySet[Cluster]:
    """All clusters with their county and the number of firms."""
    return Cluster.objects.select_related("county").annotate(firms=Count("parties")).order_by("county__code", "name")


def awarded_in(cluster: Cluster, limit: int = 200) -> QuerySet[Recognition]:
    """Titles awarded to the cluster and to its firms, the latest first: awards are public."""
    own = Recognition.objects.filter(party__cluster=cluster) | Recognition.objects.filter(cluster=cluster)
    return own.select_related("party", "cluster").order_by("-awarded_on", "title")[:limit]
