"""Round: what the city asks for, of whom, and until when."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q

from jiqun.base.periods import Period
from jiqun.web.registry.models.subject import SUBJECT_KINDS

SUBJECT_WORDS = {"cluster": "集群", "party": "企业", "place": "县（市、区）"}


class RoundState(models.TextChoices):
    """Where a round stands."""

    DRAFT = "draft", "草拟"
    OPEN = "open", "填报中"
    CLOSED = "closed", "已截止"
    PUBLISHED = "published", "已发布"


class Chain(models.TextChoices):
    """Who fills, and who reviews after them."""

    COUNTY = "county", "县级填报 → 市级审核"
    FIRM = "firm", "企业填报 → 县级审核 → 市级审核"


class ItemKind(models.TextChoices):
    """What a column of a round asks for."""

    INDICATOR = "indicator", "指标"
    REGISTER = "register", "台账"


class Round(models.Model):
    """A reporting round; `selection` says of which subjects (see `services.opening.Selection`)."""

    title = models.CharField("名称", max_length=80)
    period = models.CharField("期间", max_length=7)
    subject_kind = models.CharField("填报对象", max_length=7, choices=list(SUBJECT_WORDS.items()))
    chain = models.CharField("填报与审核", max_length=6, choices=Chain)
    selection = models.JSONField("范围", default=dict)
    working_days = models.PositiveSmallIntegerField("填报期限（工作日）")
    note = models.TextField("填报说明", blank=True)
    state = models.CharField("状态", max_length=9, choices=RoundState, default=RoundState.DRAFT)
    opened_at = models.DateTimeField("下发时间", null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="下发人"
    )
    due_on = models.DateField("截止日期", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    is_demo = models.BooleanField("演示", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "填报任务"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(period=""), name="round_named"),
            models.CheckConstraint(condition=Q(state__in=RoundState.values), name="round_state_known"),
            models.CheckConstraint(condition=Q(subject_kind__in=SUBJECT_KINDS), name="round_subject_known"),
            models.CheckConstraint(
                condition=Q(chain="county") | Q(chain="firm", subject_kind="party"), name="round_firms_fill_firms"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at__isnull=True)
                | (~Q(state="draft") & Q(opened_at__isnull=False, due_on__isnull=False)),
                name="round_opened_with_deadline",
            ),
            models.CheckConstraint(condition=Q(working_days__gte=1), name="round_days_positive"),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def period_value(self) -> Period:
        """The period as a value."""
        return Period.parse(self.period)

    @property
    def first_level(self) -> int:
        """The approval that a submitted cell already has: a county's own figures need only the city's."""
        return 1 if self.chain == Chain.COUNTY else 0


class RoundItem(models.Model):
    """A column of a round: an indicator in a period, or a register to be brought up to date."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField("顺序")
    kind = models.CharField("类型", max_length=9, choices=ItemKind, default=ItemKind.INDICATOR)
    name = models.CharField("指标或台账", max_length=60)
    period = models.CharField("期间", max_length=7)
    unit = models.CharField("填报单位", max_length=12, blank=True)
    required = models.BooleanField("必填", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "填报内容"
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "kind", "name", "period"], name="item_once_a_round"),
            models.UniqueConstraint(fields=["round", "position"], name="item_position_once"),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="item_kind_known"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(period=""), name="item_named"),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def period_value(self) -> Period:
        """The period as a value."""
        return Period.parse(self.period)
