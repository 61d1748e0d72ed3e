"""Organisation: who an account works for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class OrganisationKind(models.TextChoices):
    """What an organisation is in the programme."""

    CITY = "city", "市级主管部门"
    COUNTY = "county", "县级主管部门"
    ENTERPRISE = "enterprise", "企业"
    PROVIDER = "provider", "服务机构"
    AUDITOR = "auditor", "审计监督机构"
    OPERATOR = "operator", "平台运维机构"


class Organisation(models.Model):
    """A bureau, firm or service body; a county bureau stands for a place, a firm or provider for a party."""

    name = models.CharField("名称", max_length=120, unique=True)
    kind = models.CharField("类型", max_length=12, choices=OrganisationKind)
    # A reload of the registry may drop a place or party: the organisation stays, and its scope becomes empty.
    place = models.ForeignKey(
        "registry.Place", models.SET_NULL, null=True, blank=True, related_name="organisations", verbose_name="区划"
    )
    party = models.ForeignKey(
        "registry.Party", models.SET_NULL, null=True, blank=True, related_name="organisations", verbose_name="主体"
    )
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        ordering = ["kind", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"),
            models.CheckConstraint(
                condition=Q(place__isnull=True) | Q(kind__in=["city", "county"]), name="organisation_place_of_bureau"
            ),
            models.CheckConstraint(
                condition=Q(party__isnull=True) | Q(kind__in=["enterprise", "provider"]),
                name="organisation_party_of_firm",
            ),
        ]

    def __str__(self) -> str:
        return self.name
