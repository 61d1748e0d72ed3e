"""A rule: its text, its typed tree, and whom it is about."""

from __future__ import annotations

from dataclasses import dataclass

from jiqun.rules.nodes import Node, Type


@dataclass(frozen=True)
class Rule:
    """A checked rule about one kind of subject (party, cluster, place) or the whole programme."""

    text: str
    subject: str
    node: Node

    @property
    def type(self) -> Type:
        """What the rule yields."""
        return self.node.type
