"""Assignment: one reporting unit's part of a round, with a line for each subject."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiqun.web.dispatch.rounds.models.round import Round
from jiqun.web.registry.models.subject import OfSubject, one_subject, unique_for_subject


class AssignmentState(models.TextChoices):
    """Where a unit stands."""

    NOT_STARTED = "not-started", "未开始"
    FILLING = "filling", "填报中"
    SUBMITTED = "submitted", "已提交"
    RETURNED = "returned", "有退回"
    APPROVED = "approved", "已审核"


class Assignment(models.Model):
    """What one unit fills: a county (`place`), or a firm (`party`) whose county reviews it."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="assignments")
    place = models.ForeignKey(
        "registry.Place", models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="县（市、区）"
    )
    party = models.ForeignKey(
        "registry.Party", models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="企业"
    )
    state = models.CharField("状态", max_length=11, choices=AssignmentState, default=AssignmentState.NOT_STARTED)
    submitted_at = models.DateTimeField("首次提交时间", null=True, blank=True)
    late = models.BooleanField("逾期提交", default=False)
    returns = models.PositiveIntegerField("退回次数", default=0)
    """How many cells were sent back, ever."""
    reminded_at = models.DateTimeField("最近督办时间", null=True, blank=True)
    reminders = models.PositiveSmallIntegerField("督办次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "填报单"
        ordering = ["round", "place__code", "party__uscc"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "place"], condition=Q(party__isnull=True), name="assignment_once_a_place"
            ),
            models.UniqueConstraint(
                fields=["round", "party"], condition=Q(party__isnull=False), name="assignment_once_a_party"
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=False) | Q(party__isnull=False), name="assignment_has_unit"
            ),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["not-started", "filling"], submitted_at__isnull=True, late=False)
                | (~Q(state__in=["not-started", "filling"]) & Q(submitted_at__isnull=False)),
                name="assignment_submitted_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.party or self.place)


class Line(OfSubject):
    """A subject in an assignment."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField("顺序")

    class Meta:
        verbose_name = verbose_name_plural = "填报行"
        ordering = ["assignment", "position"]
        constraints = [
            one_subject("line"),
            *unique_for_subject("line", "assignment"),
            models.UniqueConstraint(fields=["assignment", "position"], name="line_position_once"),
        ]

    def __str__(self) -> str:
        return str(self.subject)
