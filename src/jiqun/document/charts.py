"""Charts of a document as PNG: plain, in grey and blue, the same bytes for the same numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findSystemFonts, fontManager

FONTS = ("SimHei", "Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei")
FILES = r"simhei|notosans(cjk|sc)|wqy"
"""How the files of these fonts begin."""
BLUE, GREY = "#1d4f91", "#b9c4d2"


def bars(
    labels: Sequence[str], values: Sequence[float], unit: str, marks: Sequence[float | None] | None = None
) -> bytes:
    """Horizontal bars, the first at the top; `marks` are drawn as a line across each bar."""
    figure = Figure(figsize=(6.4, 0.34 * len(labels) + 0.8), dpi=200)
    FigureCanvasAgg(figure)
    axes, font = figure.add_subplot(), _font()
    places = list(range(len(labels)))[::-1]
    axes.barh(places, list(values), color=BLUE, height=0.62)
    for place, mark in zip(places, marks or [None] * len(labels), strict=True):
        if mark is not None:
            axes.plot([mark, mark], [place - 0.4, place + 0.4], color="#c00000", linewidth=1.6)
    most = max([*values, *(m for m in marks or [] if m is not None), 0.0]) or 1.0
    for place, value in zip(places, values, strict=True):
        axes.text(value + most * 0.01, place, f"{value:g}", va="center", fontproperties=font, fontsize=9)
    axes.set_yticks(places, list(labels), fontproperties=font, fontsize=9)
    axes.set_xlim(0, most * 1.12)
    axes.set_xlabel(unit, fontproperties=font, fontsize=9)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="x", labelsize=8, colors="#555555")
    figure.tight_layout()
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


@cache
def _font() -> FontProperties:
    """A font with Chinese characters; one installed after Matplotlib listed the machine's fonts is found too."""
    if not _known():
        for file in findSystemFonts():
            if re.match(FILES, Path(file).name, re.I):
                fontManager.addfont(file)
    return FontProperties(family=[*_known(), "sans-serif"])


def _known() -> list[str]:
    names = {font.name for font in fontManager.ttflist}
    return [name for name in FONTS if name in names]
