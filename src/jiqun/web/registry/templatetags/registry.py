"""The body of a list and the options of a filter, written in one pass: as templates they were half of a page's work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from django import template
from django.utils.safestring import SafeString

from jiqun.web.registry.lists.columns import Choices, Column

register = template.Library()
Cells = Sequence[tuple[Column, str | None]]


@register.simple_tag
def list_rows(table: Iterable[tuple[str, Cells]], lead: str) -> SafeString:
    """The rows (where each leads, and its cells); the cell of the column `lead` carries the link."""
    parts: list[str] = []
    for link, cells in table:
        parts.append("<tr>")
        parts += [_lead(link, text) if column.key == lead else _cell(column, text) for column, text in cells]
        parts.append("</tr>")
    return SafeString("".join(parts))


def _lead(link: str, text: str | None) -> str:
    return f'<td class="lead-cell"><a href="{escape(link)}">{escape(text or "（未填）")}</a></td>'


def _cell(column: Column, text: str | None) -> str:
    kind = "n" if column.kind == "number" else "wide" if column.wide else ""
    shown = '<span class="soft">—</span>' if text is None else escape(text)
    return f'<td data-label="{escape(column.label)}" class="{kind}">{shown}</td>'


@register.simple_tag
def filter_options(options: Choices, chosen: str) -> SafeString:
    """The options of a select, the chosen one marked."""
    return SafeString("".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
        for value, label in options
    ))  # fmt: skip
