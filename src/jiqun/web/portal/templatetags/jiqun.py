"""Tags for icons, marks, bars and formats, so that templates hold no formatting of their own."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jiqun.web.portal import formats

register = template.Library()
register.filter("number", formats.show_number)
register.filter("share", formats.show_share)
register.filter("state_class", formats.state_class)


@register.filter
def day(value: date | None) -> str:
    """A date as 2026-09-30."""
    return formats.show_day(value)


@register.filter
def money(value: Any) -> str:
    """Yuan as a person reads it."""
    return formats.show_number(value, "元")


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, extra: str = "") -> SafeString:
    """One icon of the vendored sprite; it says nothing to a screen reader, so text must stand beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra, static("vendor/icons/sprite.svg"), name,
    )  # fmt: skip


@register.simple_tag
def mark(state: str) -> SafeString:
    """The coloured mark of a state or an outcome."""
    return format_html('<span class="st st-{}">{}</span>', formats.state_class(state), state)


@register.simple_tag
def todo(value: Any, word: str = formats.MISSING) -> Any:
    """The value, or a muted 待补充 where there is none."""
    return value if value not in (None, "") else format_html('<span class="todo">{}</span>', word)


@register.simple_tag
def pace_bar(progress: float | None, pace: float | None, state: str) -> SafeString:
    """A bar of progress with a tick where it should be today; both are fractions of the goal."""
    filled = 0.0 if progress is None else min(max(progress, 0.0), 1.0) * 100
    said = f"进度 {formats.show_share(progress)}" + ("" if pace is None else f"，时序应达 {formats.show_share(pace)}")
    tick = SafeString("")
    if pace is not None:
        at = f"{min(max(pace, 0.005), 0.995) * 100:.2f}"
        tick = format_html('<line class="tick" x1="{}" x2="{}" y1="0" y2="14"/>', at, at)
    return format_html(
        '<svg class="pace st-bar-{}" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<title>{}</title><rect class="track" x="0" y="3" width="100" height="8"/>'
        '<rect class="done" x="0" y="3" width="{}" height="8"/>{}</svg>',
        formats.state_class(state), said, said, f"{filled:.2f}", tick,
    )  # fmt: skip
