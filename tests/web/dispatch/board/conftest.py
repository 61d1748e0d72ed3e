"""The published plan of `plan.py`."""

from tests.web.plan import built, pack, published

__all__ = ["built", "pack", "published"]
