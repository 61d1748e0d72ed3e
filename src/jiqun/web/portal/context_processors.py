"""The frame of every page as template variables: `frame`, `menus`, `viewer`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jiqun.web.common.pack import current_pack
from jiqun.web.portal.shell import frame_of, menus_of, viewer_of
from jiqun.web.registry.queries import publication_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that a fragment that does not show the frame costs no query."""
    user = getattr(request, "user", None)
    return {
        "frame": SimpleLazyObject(lambda: frame_of(current_pack(), publication_of(request), user)),
        "menus": SimpleLazyObject(lambda: menus_of(request, user)),
        "viewer": SimpleLazyObject(lambda: viewer_of(user)),
    }
