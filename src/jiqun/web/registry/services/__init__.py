"""What may be done to the registry; each act is atomic and audited."""

from jiqun.web.registry.services.facts import Progress, load_facts, refresh, silent
from jiqun.web.registry.services.parties import register_party, rename_party, update_party

__all__ = ["Progress", "load_facts", "refresh", "register_party", "rename_party", "silent", "update_party"]
