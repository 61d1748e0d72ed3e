"""A module per entity."""

from jiqun.web.registry.models.attachment import Attachment
from jiqun.web.registry.models.cluster import Cluster
from jiqun.web.registry.models.entry import Entry
from jiqun.web.registry.models.facts_load import FactsLoad
from jiqun.web.registry.models.history import NotDuplicate, PartyCode, PartyName
from jiqun.web.registry.models.observation import Observation
from jiqun.web.registry.models.party import Party
from jiqun.web.registry.models.place import Place
from jiqun.web.registry.models.publication import Publication
from jiqun.web.registry.models.recognition import Recognition
from jiqun.web.registry.models.review import Review
from jiqun.web.registry.models.saved_view import SavedView
from jiqun.web.registry.models.search_key import SearchKey
from jiqun.web.registry.models.subject import RecordState

__all__ = [
    "Attachment",
    "Cluster",
    "Entry",
    "FactsLoad",
    "NotDuplicate",
    "Observation",
    "Party",
    "PartyCode",
    "PartyName",
    "Place",
    "Publication",
    "Recognition",
    "RecordState",
    "Review",
    "SavedView",
    "SearchKey",
]
