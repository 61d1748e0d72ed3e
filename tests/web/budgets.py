"""How often a page may ask the database: one table for every page that lists, profiles or shows a board.

Up to seven queries are the session's (who asks and, every few minutes, that they were seen) and a few the frame's. The figures are those
measured on a second request; never do they grow with the rows. Where a page is played with more than the first of
its samples (every list, a filled grid), the budget is that of the dearest.
"""

from __future__ import annotations

BUDGETS: dict[str, int] = {
    "board:board": 11,
    "board:coverage": 12,
    "board:shares": 15,
    "board:shares-county": 17,
    "cultivation:firm": 12,
    "cultivation:firms": 15,
    "cultivation:own": 15,
    "dispatch:overview": 11,
    "dispatch:target": 14,
    "dispatch:target-records": 10,
    "inbox:inbox": 12,
    "intake:index": 12,
    "intake:upload": 11,
    "interface:home": 13,
    "jobs:job": 11,
    "jobs:list": 12,
    "people:account": 15,
    "people:accounts": 12,
    "people:invitations": 12,
    "people:organisation": 12,
    "people:organisations": 12,
    "portal:cluster": 14,
    "portal:clusters": 11,
    "portal:home": 8,
    "portal:policies": 10,
    "publishing:release": 14,
    "publishing:releases": 11,
    "registry:duplicates": 11,
    "registry:home": 10,
    "registry:list": 17,
    "registry:party": 23,
    "registry:record": 11,
    "registry:search": 12,
    "registry:waiting": 16,
    "rounds:fill": 25,
    "rounds:index": 12,
    "rounds:review": 18,
    "rounds:round": 16,
    "supervision:board": 18,
    "supervision:calendar": 14,
    "supervision:gantt": 18,
    "supervision:notice": 15,
    "supervision:notices": 11,
    "supervision:task": 24,
    "trail:acts": 12,
    "trail:own": 13,
    "trail:reads": 12,
}
"""Queries at most, by the name of the page."""
