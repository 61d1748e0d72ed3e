"""Observation: one indicator of one subject in one period."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiqun.web.registry.models.subject import OfSubject, RecordState, one_subject, unique_for_subject


class Observation(OfSubject):
    """A reported figure; `value` is text in the indicator's base unit, so that it stays exact, empty where unknown."""

    id = models.BigAutoField(primary_key=True)
    indicator = models.CharField("指标", max_length=60)
    period = models.CharField("期间", max_length=7)
    value = models.CharField("数值", max_length=400, blank=True)
    state = models.CharField("状态", max_length=9, choices=RecordState, default=RecordState.APPROVED)
    source = models.CharField("来源", max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "指标数据"
        constraints = [
            one_subject("observation"),
            *unique_for_subject("observation", "indicator", "period"),
            models.CheckConstraint(condition=~Q(indicator="") & ~Q(period=""), name="observation_named"),
            models.CheckConstraint(condition=Q(state__in=RecordState.values), name="observation_state_known"),
        ]
        indexes = [
            # Few rows are ever open; the desk that reviews them needs no index over the millions that are closed.
            models.Index(
                fields=["state", "indicator", "period"], condition=~Q(state="approved"), name="observation_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}"
