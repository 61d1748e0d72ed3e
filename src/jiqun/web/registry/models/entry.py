"""Entry: a line of one of the pack's registers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiqun.web.registry.models.subject import SUBJECT_KINDS, OfSubject, RecordState, one_subject


class Entry(OfSubject):
    """A dated line; `data` holds the fields that the pack declares, by name, with the types of JSON."""

    register = models.CharField("台账", max_length=60)
    on = models.DateField("日期", db_column="entry_on")  # "on" alone is a word of SQL
    data = models.JSONField("内容", default=dict)
    state = models.CharField("状态", max_length=9, choices=RecordState, default=RecordState.APPROVED)

    class Meta:
        verbose_name = verbose_name_plural = "台账记录"
        ordering = ["register", "-on"]
        constraints = [
            one_subject("entry"),
            models.CheckConstraint(condition=~Q(register=""), name="entry_register_named"),
            models.CheckConstraint(condition=Q(state__in=RecordState.values), name="entry_state_known"),
        ]
        indexes = [
            *(
                models.Index(
                    fields=[kind, "register", "on"], condition=Q(**{f"{kind}__isnull": False}), name=f"entry_{kind}"
                )
                for kind in SUBJECT_KINDS
            ),
            models.Index(fields=["register", "on"], name="entry_register"),
            # Few rows are ever open: the desk that approves them reads this one alone.
            models.Index(fields=["state", "register"], condition=~Q(state="approved"), name="entry_open"),
        ]

    def __str__(self) -> str:
        return f"{self.register}（{self.on}）"
