"""Ending sessions."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.db.models import QuerySet

from jiqun.web.accounts.models import User


def end_all(users: QuerySet[User]) -> int:
    """Sign these people out everywhere; how many sessions that were."""
    sessions = list(UserSession.objects.filter(user__in=users))
    for session in sessions:
        session.end()
    return len(sessions)
