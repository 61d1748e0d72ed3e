"""Tags of the board: small lines, choices, the colour of an outlook."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jiqun.web.dispatch.board.matrix import Matrix
from jiqun.web.dispatch.board.rows import OUTLOOK_CLASSES, Spark

register = template.Library()


@register.filter
def outlook_class(word: str) -> str:
    """The colour of an outlook: met, ok, warn, bad, open."""
    return OUTLOOK_CLASSES.get(word, "open")


@register.simple_tag
def sparkline(spark: Spark) -> SafeString:
    """The course so far as a line, the forecast as a dashed one over its interval, the goal as a thin level."""
    return format_html(
        '<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="{}"><title>{}</title>'
        '<line class="goal" x1="0" x2="100" y1="{}" y2="{}"/><polygon class="band" points="{}"/>'
        '<polyline class="ahead" points="{}"/><polyline class="past" points="{}"/></svg>',
        spark.text, spark.text, spark.goal, spark.goal, spark.band, spark.ahead, spark.line,
    )  # fmt: skip


@register.simple_tag
def pick(name: str, everything: str, label: str, choices: Iterable[str | tuple[str, str]], chosen: str) -> SafeString:
    """A select of (value, label) pairs or plain words; `everything` is the line that asks for nothing."""
    pairs = [(c, c) if isinstance(c, str) else c for c in choices]
    if everything:
        pairs.insert(0, ("", everything))
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((v, SafeString(" selected") if v == chosen else "", t) for v, t in pairs),
    )
    return format_html(
        '<select class="form-select form-select-sm" name="{}" aria-label="{}">{}</select>', name, label, options
    )


@register.simple_tag
def cell_label(matrix: Matrix, number: int) -> str:
    """The name of a column, for a cell on a phone."""
    return matrix.columns[number].target.matrix or ""
