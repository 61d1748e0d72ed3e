"""Measures and fonts of GB/T 9704-2012 (党政机关公文格式); lengths in millimetres, sizes in points."""

from __future__ import annotations

PAGE = (210.0, 297.0)
TOP, LEFT = 37.0, 28.0
"""天头 and 订口 (5.2.1)."""
TEXT = (156.0, 225.0)
"""版心 without the page number (5.2.1)."""
RIGHT, BOTTOM = PAGE[0] - LEFT - TEXT[0], PAGE[1] - TOP - TEXT[1]
LINES, CHARACTERS = 22, 28
"""A full page has 22 lines of 28 characters (5.2.3)."""
LINE_PITCH = TEXT[1] / 25.4 * 72 / LINES
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = 22.0, 16.0, 14.0, 10.5
"""二号, 三号, 四号, 五号."""
RED = "C00000"

TITLE = ("方正小标宋简体", "Noto Serif CJK SC")
BODY = ("仿宋_GB2312", "FangSong", "Noto Serif CJK SC")
HEADINGS = {
    1: ("黑体", "SimHei", "Noto Sans CJK SC"),
    2: ("楷体_GB2312", "KaiTi", "Noto Serif CJK SC"),
    3: ("仿宋_GB2312", "FangSong", "Noto Serif CJK SC"),
}
"""Fonts by level (7.3.3), the named one first; the rest stand in where a machine lacks it."""
NUMBER = ("宋体", "SimSun", "Noto Serif CJK SC")
"""The page number is set in half-width 宋体, 四号, between dashes (7.5)."""
