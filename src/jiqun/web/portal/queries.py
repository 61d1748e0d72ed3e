"""Reads of the public pages: clusters and policies."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, QuerySet

from jiqun.programme.pack import Pack
from jiqun.web.registry.models import Cluster, Party, Recognition


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


@dataclass(frozen=True)
class ClusterLine:
    """A cluster of the list with the number of its members."""

    cluster: Cluster
    members: int


MEMBERS_KEPT = 300
"""Seconds."""
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


def cluster_list() -> list[ClusterLine]:
    """All clusters by county, with the number of their members."""
    members = cache.get_or_set("portal.members-by-cluster", _members, MEMBERS_KEPT) or {}
    clusters = Cluster.objects.select_related("county").order_by("county__code", "name")
    return [ClusterLine(cluster, members.get(cluster.pk, 0)) for cluster in clusters]


def _members() -> dict[int, int]:
    """Members of each cluster; over a million parties it takes a second, so it is kept for a while."""
    counted = Party.objects.filter(cluster__isnull=False).order_by().values_list("cluster").annotate(Count("pk"))
    return dict(counted)


def member_count(cluster: Cluster) -> int:
    """How many parties belong to the cluster."""
    return Party.objects.filter(cluster=cluster).count()


def awarded_in(cluster: Cluster, limit: int = 200) -> QuerySet[Recognition]:
    """Titles awarded to the cluster and to its firms, the latest first: awards are public."""
    own = Recognition.objects.filter(party__cluster=cluster) | Recognition.objects.filter(cluster=cluster)
    return own.select_related("party", "cluster").order_by("-awarded_on", "title")[:limit]
