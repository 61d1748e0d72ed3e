"""A module per entity."""

from jiqun.web.registry.models.cluster import Cluster
from jiqun.web.registry.models.entry import Entry
from jiqun.web.registry.models.facts_load import FactsLoad
from jiqun.web.registry.models.observation import Observation
from jiqun.web.registry.models.party import Party
from jiqun.web.registry.models.place import Place
from jiqun.web.registry.models.publication import Publication
from jiqun.web.registry.models.recognition import Recognition
from jiqun.web.registry.models.review import Review
from jiqun.web.registry.models.subject import RecordState

__all__ = [
    "Cluster",
    "Entry",
    "FactsLoad",
    "Observation",
    "Party",
    "Place",
    "Publication",
    "Recognition",
    "RecordState",
    "Review",
]
