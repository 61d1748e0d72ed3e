"""Reads of the registry that several desks share."""

from __future__ import annotations

from jiqun.web.registry.models import Publication


def current_publication() -> Publication | None:
    """The publication that pages cite; None where nothing was published yet."""
    return Publication.objects.filter(is_current=True).first()
