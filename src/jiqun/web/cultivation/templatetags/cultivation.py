"""The parts of a rule with their figures, written in one pass: as templates they were two thirds of a firm's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from django import template
from django.utils.safestring import SafeString

from jiqun.web.cultivation.shapes import CriterionView
from jiqun.web.portal.templatetags.jiqun import mark

register = template.Library()


@register.simple_tag
def parts_list(parts: Iterable[CriterionView]) -> SafeString:
    """Parts within parts: text, what was found or is missing, what is required, what it comes to."""
    return SafeString("".join(_list(parts)))


def _list(parts: Iterable[CriterionView]) -> Iterator[str]:
    yield '<ul class="part-list">'
    for part in parts:
        yield f'<li><span class="part-text">{escape(part.text)}</span>'
        if part.missing:
            yield f'：<span class="todo">{escape("；".join(part.missing))}</span>'
        elif part.actual:
            yield f'：<b class="tnum">{escape(part.actual)}</b>'
        if part.threshold:
            yield f"，要求 {escape(part.threshold)}"
        if part.gap:
            yield f"，{escape(part.gap)}"
        if part.outcome:
            yield f" {mark(part.outcome)}"
        if part.children:
            yield from _list(part.children)
        yield "</li>"
    yield "</ul>"
