"""What observations, titles, reviews and entries share: exactly one subject, and a state."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

SUBJECT_KINDS = ("party", "cluster", "place")


class RecordState(models.TextChoices):
    """Where a reported record stands; only approved ones count."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    APPROVED = "approved", "已审核"
    RETURNED = "returned", "已退回"


def length_is(field: str, length: int) -> Exact:
    """The condition that a text has this many characters (in plain SQL, so that any client may write the table)."""
    return Exact(Length(field), length)


def one_of(field: str, texts: Iterable[str]) -> Q:
    """The condition that a text is one of these, compared one by one: a list SQLite would make anew for each row."""
    return reduce(or_, (Q(**{field: text}) for text in texts))


class OfSubject(models.Model):
    """A record about one party, cluster or place."""

    # No index of their own: the unique constraint of each table begins with the subject and serves as one.
    party = models.ForeignKey(
        "registry.Party", models.CASCADE, null=True, blank=True, db_index=False, related_name="%(class)ss"
    )
    cluster = models.ForeignKey(
        "registry.Cluster", models.CASCADE, null=True, blank=True, db_index=False, related_name="%(class)ss"
    )
    place = models.ForeignKey(
        "registry.Place", models.CASCADE, null=True, blank=True, db_index=False, related_name="%(class)ss"
    )

    class Meta:
        abstract = True

    @property
    def subject_kind(self) -> str:
        """party, cluster or place."""
        return next(kind for kind in SUBJECT_KINDS if getattr(self, f"{kind}_id") is not None)

    @property
    def subject(self) -> Any:
        """The party, cluster or place itself."""
        return getattr(self, self.subject_kind)


def code_of(subject: Any) -> str:
    """What names a subject outside: the USCC of a party, the code of a cluster or place."""
    return str(getattr(subject, "uscc", None) or subject.code)


def one_subject(name: str) -> models.CheckConstraint:
    """The constraint that exactly one of the three subjects is given."""
    condition = Q()
    for kind in SUBJECT_KINDS:
        condition |= Q(**{f"{other}__isnull": other != kind for other in SUBJECT_KINDS})
    return models.CheckConstraint(condition=condition, name=f"{name}_one_subject")


def unique_for_subject(name: str, *fields: str) -> list[models.UniqueConstraint]:
    """Per kind of subject, the fields occur once a subject; each is also the index by that subject."""
    return [
        models.UniqueConstraint(
            fields=[kind, *fields], condition=Q(**{f"{kind}__isnull": False}), name=f"{name}_unique_{kind}"
        )
        for kind in SUBJECT_KINDS
    ]
