"""Template tags: no style attribute (the CSP forbids it), bars clipped to their track."""

from __future__ import annotations

from jiqun.web.portal.templatetags import jiqun as tags


def test_pace_bar_draws_progress_and_tick() -> None:
    drawn = tags.pace_bar(0.45, 0.58, "滞后")
    assert '<rect class="done" x="0" y="3" width="45.00" height="8"/>' in drawn
    assert '<line class="tick" x1="58.00" x2="58.00" y1="0" y2="14"/>' in drawn
    assert "<title>进度 45.0%，时序应达 58.0%</title>" in drawn
    assert 'class="pace st-bar-warn"' in drawn
    assert "style=" not in drawn


def test_pace_bar_is_clipped_and_knows_nothing_of_missing() -> None:
    assert 'width="100.00"' in tags.pace_bar(1.7, None, "已达标")
    unknown = tags.pace_bar(None, None, "待定")
    assert 'class="done" x="0" y="3" width="0.00"' in unknown
    assert "tick" not in unknown
    assert "<title>进度 待补充</title>" in unknown


def test_marks_and_gaps_escape_what_they_show() -> None:
    assert tags.mark("正常") == '<span class="st st-ok">正常</span>'
    assert tags.mark("<b>") == '<span class="st st-open">&lt;b&gt;</span>'
    assert tags.todo(None) == '<span class="todo">待补充</span>'
    assert tags.todo("") == '<span class="todo">待补充</span>'
    assert tags.todo(0) == 0
    assert tags.todo("市科技局") == "市科技局"


def test_icon_points_into_the_sprite() -> None:
    drawn = tags.icon("search", "fs-4")
    assert 'href="/static/vendor/icons/sprite.svg#search"' in drawn
    assert 'class="icon fs-4"' in drawn
    assert 'aria-hidden="true"' in drawn
