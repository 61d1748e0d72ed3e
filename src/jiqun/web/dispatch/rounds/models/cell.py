"""Cell: one figure of one subject, with its own state and version."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiqun.web.dispatch.rounds.models.assignment import Line
from jiqun.web.dispatch.rounds.models.round import RoundItem


class CellState(models.TextChoices):
    """Where a figure stands; only approved ones count."""

    EMPTY = "empty", "未填"
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审"
    APPROVED = "approved", "已审核"
    RETURNED = "returned", "已退回"
    UNLOCKED = "unlocked", "已解锁"


class Worst(models.TextChoices):
    """The gravest finding of the checks."""

    NONE = "", "无"
    OPEN = "open", "待定"
    WARNING = "warning", "提示"
    EXPLAIN = "explain", "须说明"
    ERROR = "error", "有误"


EDITABLE = (CellState.EMPTY, CellState.DRAFT, CellState.RETURNED, CellState.UNLOCKED)


class Cell(models.Model):
    """A figure; `value` is text in the base unit, as in the registry. Whoever acts on it must know its `version`."""

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(Line, models.CASCADE, related_name="cells")
    item = models.ForeignKey(RoundItem, models.CASCADE, related_name="cells")
    value = models.CharField("数值", max_length=400, blank=True)
    state = models.CharField("状态", max_length=9, choices=CellState, default=CellState.EMPTY)
    version = models.PositiveIntegerField("版本", default=1)
    approved_level = models.PositiveSmallIntegerField("审核级次", default=0)
    """Whose approval it has: 0 nobody's, 1 the county's, 2 the city's."""
    approved_value = models.CharField("此前审核值", max_length=400, blank=True)
    """The value that counts now: the last one approved, here or elsewhere; empty where there is none."""
    explanation = models.TextField("说明", blank=True, max_length=500)
    findings = models.JSONField("校核结果", default=list)
    worst = models.CharField("校核", max_length=7, choices=Worst, default=Worst.NONE, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "数据"
        ordering = ["line", "item"]
        constraints = [
            models.UniqueConstraint(fields=["line", "item"], name="cell_once"),
            models.CheckConstraint(condition=Q(state__in=CellState.values), name="cell_state_known"),
            models.CheckConstraint(condition=Q(worst__in=Worst.values), name="cell_worst_known"),
            models.CheckConstraint(condition=~Q(state="empty") | Q(value=""), name="cell_empty_has_no_value"),
            models.CheckConstraint(condition=Q(version__gte=1), name="cell_version_from_one"),
            models.CheckConstraint(
                condition=Q(state="approved", approved_level=2)
                | Q(state="submitted", approved_level__in=[0, 1])
                | Q(state__in=["empty", "draft", "returned", "unlocked"], approved_level=0),
                name="cell_level_fits_state",
            ),
        ]
        indexes = [models.Index(fields=["item", "state"], name="cell_of_item")]

    def __str__(self) -> str:
        return f"{self.line} {self.item}"

    @property
    def is_editable(self) -> bool:
        """Whether the unit may change it."""
        return self.state in EDITABLE
