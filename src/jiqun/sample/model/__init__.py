"""What a pack's demo.yaml may say: the shape of an invented city, as frozen, checked objects."""

from jiqun.sample.model.base import (
    Model,
    SubjectKind,
    Weights,
)
from jiqun.sample.model.demo import (
    Demo,
)
from jiqun.sample.model.events import (
    Among,
    EntrySpec,
    ExplicitAward,
    ExplicitReview,
    FieldSpec,
    PartOf,
    Rank,
    ReviewSpec,
    TitleSpec,
)
from jiqun.sample.model.exchange import (
    ExchangeSpec,
)
from jiqun.sample.model.figures import (
    Base,
    Choice,
    Count,
    Difference,
    FigureSpec,
    Flag,
    Level,
    Margin,
    Multiple,
    Part,
    Quotient,
    Run,
)
from jiqun.sample.model.parties import (
    ClusterSpec,
    FirmsSpec,
    NamesSpec,
    OrganisationSpec,
    OutsideSpec,
    SizeClass,
    Trade,
)

__all__ = [
    "Among",
    "Base",
    "Choice",
    "ClusterSpec",
    "Count",
    "Demo",
    "Difference",
    "EntrySpec",
    "ExchangeSpec",
    "ExplicitAward",
    "ExplicitReview",
    "FieldSpec",
    "FigureSpec",
    "FirmsSpec",
    "Flag",
    "Level",
    "Margin",
    "Model",
    "Multiple",
    "NamesSpec",
    "OrganisationSpec",
    "OutsideSpec",
    "Part",
    "PartOf",
    "Quotient",
    "Rank",
    "ReviewSpec",
    "Run",
    "SizeClass",
    "SubjectKind",
    "TitleSpec",
    "Trade",
    "Weights",
]
