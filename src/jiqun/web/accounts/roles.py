"""Roles: what a person does here. Free of models, so that apps can name roles while they are being loaded."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """What a person does here."""

    CITY = "city", "市级"
    COUNTY = "county", "县级"
    ENTERPRISE = "enterprise", "企业"
    PROVIDER = "provider", "服务机构"
    AUDITOR = "auditor", "审计"
    OPERATOR = "operator", "超级管理员"


EVERYONE: frozenset[Role] | None = None
"""Visitors too."""
SIGNED_IN = frozenset(Role)
BUREAUS = frozenset({Role.CITY, Role.COUNTY, Role.AUDITOR, Role.OPERATOR})
"""Roles that work for the programme."""
OVERSEERS = frozenset({Role.CITY, Role.AUDITOR, Role.OPERATOR})
"""Roles that answer for the whole programme, and so see who did what."""
EDITORS = frozenset({Role.CITY, Role.COUNTY, Role.OPERATOR})
"""Who keeps the registry."""
PUBLISHERS = frozenset({Role.CITY, Role.OPERATOR})
"""Whose records count at once: those of others wait for their approval."""
FIRMS = frozenset({Role.ENTERPRISE, Role.PROVIDER})
WRITERS = EDITORS | FIRMS
"""Who writes records: firms enter lines of registers about themselves."""
