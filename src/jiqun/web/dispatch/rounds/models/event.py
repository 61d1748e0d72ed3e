"""CellEvent: what was done to a figure, by whom, and why; never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from jiqun.web.dispatch.rounds.models.cell import Cell


class Act(models.TextChoices):
    """What may be done to a cell."""

    FILL = "fill", "填报"
    EXPLAIN = "explain", "说明"
    SUBMIT = "submit", "提交"
    APPROVE = "approve", "审核通过"
    RETURN = "return", "退回"
    UNLOCK = "unlock", "解锁"
    COMMENT = "comment", "批注"


class CellEvent(models.Model):
    """One act on one cell."""

    id = models.BigAutoField(primary_key=True)
    cell = models.ForeignKey(Cell, models.CASCADE, related_name="events")
    at = models.DateTimeField("时间", auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="操作人"
    )
    act = models.CharField("操作", max_length=7, choices=Act)
    before = models.CharField("原值", max_length=400, blank=True)
    after = models.CharField("新值", max_length=400, blank=True)
    text = models.CharField("理由或批注", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "数据流转记录"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(act__in=Act.values), name="cell_event_act_known"),
            models.CheckConstraint(
                condition=~Q(act__in=["return", "unlock", "comment", "explain"]) | ~Q(text=""),
                name="cell_event_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.at:%Y-%m-%d %H:%M}"
