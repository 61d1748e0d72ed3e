"""The small published plan, with a briefing."""

from tests.web.plan import built, pack, published

__all__ = ["built", "pack", "published"]
