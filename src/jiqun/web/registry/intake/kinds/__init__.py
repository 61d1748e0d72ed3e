"""What may be imported, made from the pack's declarations alone."""

from jiqun.web.registry.intake.kinds.base import KEEP, Kind, Known, Records
from jiqun.web.registry.intake.kinds.catalogue import Group, find, offered

__all__ = ["KEEP", "Group", "Kind", "Known", "Records", "find", "offered"]
