"""How often a page may ask the database: one table for every page that lists, profiles or shows a board.

Two queries are the session's (who asks) and two the frame's (what is published, unread messages). The figures are those
measured on a second request, for every few minutes the first one also notes that the person was seen; never do they
grow with the rows. Where a page is played with more than the first of its samples (every list, a filled grid), the
budget is that of the dearest.
"""

from __future__ import annotations

BUDGETS: dict[str, int] = {
    "board:board": 4,
    "board:coverage": 5,
    "board:shares": 8,
    "board:shares-county": 10,
    "cultivation:firm": 5,
    "cultivation:firms": 9,
    "cultivation:own": 3,
    "dispatch:overview": 4,
    "dispatch:target": 6,
    "dispatch:target-records": 4,
    "inbox:inbox": 6,
    "intake:index": 6,
    "intake:upload": 5,
    "interface:home": 7,
    "jobs:job": 5,
    "jobs:list": 6,
    "people:account": 9,
    "people:accounts": 6,
    "people:invitations": 6,
    "people:organisation": 6,
    "people:organisations": 6,
    "portal:cluster": 8,
    "portal:clusters": 5,
    "portal:home": 1,
    "portal:policies": 4,
    "publishing:release": 8,
    "publishing:releases": 5,
    "registry:duplicates": 5,
    "registry:home": 4,
    "registry:list": 9,
    "registry:party": 13,
    "registry:record": 5,
    "registry:search": 6,
    "registry:waiting": 10,
    "rounds:fill": 15,
    "rounds:index": 6,
    "rounds:review": 12,
    "rounds:round": 10,
    "supervision:board": 11,
    "supervision:calendar": 8,
    "supervision:gantt": 11,
    "supervision:notice": 9,
    "supervision:notices": 5,
    "supervision:task": 17,
    "trail:acts": 6,
    "trail:own": 7,
    "trail:reads": 6,
}
"""Queries at most, by the name of the page."""
