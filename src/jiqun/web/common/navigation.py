"""The navigation: each app names its own entries in its AppConfig, as `navigation`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.urls import reverse

from jiqun.web.accounts.roles import Role


@dataclass(frozen=True)
class Entry:
    """A page that the navigation offers; entries with a `group` share a menu of that name."""

    label: str
    view: str
    roles: frozenset[Role] | None
    """Who sees it; None for everyone, visitors too."""
    order: int
    group: str = ""
    marks: tuple[str, ...] = ()
    """Beginnings of the names of the views that belong to it; its own view where empty."""
    hidden_for: frozenset[Role] = frozenset()

    def shown_to(self, role: Role | None) -> bool:
        """Whether a person of this role sees it."""
        return role not in self.hidden_for and (self.roles is None or role in self.roles)

    def owns(self, view_name: str) -> bool:
        """Whether a page belongs to this entry."""
        return view_name.startswith(self.marks or (self.view,))


@dataclass(frozen=True)
class NavItem:
    """A line of the navigation, or a menu with lines."""

    label: str
    url: str
    active: bool
    items: tuple[NavItem, ...] = ()


def entries() -> list[Entry]:
    """What all apps offer, in order."""
    found = (entry for config in apps.get_app_configs() for entry in getattr(config, "navigation", ()))
    return sorted(found, key=lambda entry: entry.order)


def navigation(role: Role | None, view_name: str) -> tuple[NavItem, ...]:
    """The lines and menus that a role sees; the one that the page belongs to is active."""
    return tuple(_lines([entry for entry in entries() if entry.shown_to(role)], view_name))


def _lines(shown: list[Entry], view_name: str) -> Iterator[NavItem]:
    groups: set[str] = set()
    for entry in shown:
        if not entry.group:
            yield _line(entry, view_name)
        elif entry.group not in groups:
            groups.add(entry.group)
            items = tuple(_line(other, view_name) for other in shown if other.group == entry.group)
            if len(items) == 1:
                yield items[0]
            else:
                yield NavItem(entry.group, items[0].url, any(item.active for item in items), items)


def _line(entry: Entry, view_name: str) -> NavItem:
    return NavItem(entry.label, reverse(entry.view), entry.owns(view_name))
