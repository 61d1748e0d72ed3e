"""The parts of a pack as frozen models, by mechanism; `docs/pack-format.md` says what each means."""

from jiqun.programme.models.base import Origin, Part, Span
from jiqun.programme.models.briefings import BriefingFile, BriefingSection
from jiqun.programme.models.cases import Case, CaseFacts, CaseFile, CaseReview, CaseTitle, Expect
from jiqun.programme.models.chains import Chain, ChainFile, ChainLink, ChainNode, ChainThresholds, Stage
from jiqun.programme.models.evaluation import Doubts, EvaluationFile, Judgement, Leaf, Method, Pillar
from jiqun.programme.models.ladders import Condition, Criterion, Ladder, LadderFile, Rung, Source, Version
from jiqun.programme.models.policies import Benefit, DatedValue, Effective, Parameter, Policy, PolicyFile
from jiqun.programme.models.programme import Action, Card, City, DataSource, Programme, Task
from jiqun.programme.models.supervision import EscalationStep, LightRule, NoticeRules, SupervisionFile
from jiqun.programme.models.targets import ForecastRules, Milestone, Target, TargetFile
from jiqun.programme.models.vocabulary import (
    FieldSpec,
    FigureCheckSpec,
    IndicatorFile,
    IndicatorSpec,
    RegisterFile,
    RegisterSpec,
    TitleSpec,
)

__all__ = [
    "Action",
    "Benefit",
    "BriefingFile",
    "BriefingSection",
    "Card",
    "Case",
    "CaseFacts",
    "CaseFile",
    "CaseReview",
    "CaseTitle",
    "Chain",
    "ChainFile",
    "ChainLink",
    "ChainNode",
    "ChainThresholds",
    "City",
    "Condition",
    "Criterion",
    "DataSource",
    "DatedValue",
    "Doubts",
    "Effective",
    "EscalationStep",
    "EvaluationFile",
    "Expect",
    "FieldSpec",
    "FigureCheckSpec",
    "ForecastRules",
    "IndicatorFile",
    "IndicatorSpec",
    "Judgement",
    "Ladder",
    "LadderFile",
    "Leaf",
    "LightRule",
    "Method",
    "Milestone",
    "NoticeRules",
    "Origin",
    "Parameter",
    "Part",
    "Pillar",
    "Policy",
    "PolicyFile",
    "Programme",
    "RegisterFile",
    "RegisterSpec",
    "Rung",
    "Source",
    "Span",
    "Stage",
    "SupervisionFile",
    "Target",
    "TargetFile",
    "Task",
    "TitleSpec",
    "Version",
]  # fmt: skip
