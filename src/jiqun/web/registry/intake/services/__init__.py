"""What may be done with uploads: receive, check, confirm, load, drop, clean up; each act is atomic and audited."""

from jiqun.web.registry.intake.services.checking import check
from jiqun.web.registry.intake.services.loading import index_names, load
from jiqun.web.registry.intake.services.people import clean_up, confirm, drop, receive, resume

__all__ = ["check", "clean_up", "confirm", "drop", "index_names", "load", "receive", "resume"]
