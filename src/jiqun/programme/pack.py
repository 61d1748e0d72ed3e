"""The pack as one frozen object: every part by kind and by id, and the vocabulary of its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from jiqun.base.bounds import Bounds
from jiqun.programme.models import (
    Benefit,
    BriefingFile,
    Case,
    CaseFile,
    Chain,
    ChainFile,
    EvaluationFile,
    ExchangeFile,
    ExchangeKind,
    ForecastRules,
    IndicatorFile,
    IndicatorSpec,
    Ladder,
    LadderFile,
    PaceRules,
    PairCase,
    PairCaseFile,
    Part,
    Policy,
    PolicyFile,
    Programme,
    RegisterFile,
    RegisterSpec,
    Rung,
    SupervisionFile,
    Target,
    TargetFile,
    Task,
    TitleSpec,
)
from jiqun.programme.places import PlaceRow
from jiqun.rules.vocabulary import Field, Indicator, Register, Title, Vocabulary

P = TypeVar("P", bound=Part)


@dataclass(frozen=True)
class PartKind:
    """A kind of file in a pack: a new mechanism adds one line to `PART_KINDS` and reads `Pack.parts(its model)`."""

    pattern: str
    """Glob below the pack's folder."""
    model: type[Part]
    schema: str
    """File name of its JSON Schema, without suffix."""
    required: bool = False


PART_KINDS: tuple[PartKind, ...] = (
    PartKind("programme.yaml", Programme, "programme", required=True),
    PartKind("indicators/*.yaml", IndicatorFile, "indicators"),
    PartKind("registers/*.yaml", RegisterFile, "registers"),
    PartKind("exchange/*.cases.yaml", PairCaseFile, "exchange-cases"),
    PartKind("*/*.cases.yaml", CaseFile, "cases"),
    PartKind("ladders/*.yaml", LadderFile, "ladder"),
    PartKind("policies/*.yaml", PolicyFile, "policies"),
    PartKind("targets.yaml", TargetFile, "targets"),
    PartKind("supervision.yaml", SupervisionFile, "supervision"),
    PartKind("evaluation.yaml", EvaluationFile, "evaluation"),
    PartKind("chains/*.yaml", ChainFile, "chain"),
    PartKind("exchange/*.yaml", ExchangeFile, "exchange"),
    PartKind("briefings/*.yaml", BriefingFile, "briefing"),
)
"""The first pattern that fits a file decides; a YAML file that none fits is refused."""
FOREIGN = ("demo.yaml", "source/**")
"""Files that other engines read, or nobody."""


@dataclass(frozen=True)
class Pack:
    """A programme's pack, read and free of structural faults."""

    root: Path
    digest: str
    """SHA-256 over the names and contents of the files that were read."""
    programme: Programme
    files: Mapping[str, Part]
    """Every YAML file that was read, by its path below the root."""
    places: tuple[PlaceRow, ...] = ()

    def parts(self, model: type[P]) -> Iterator[P]:
        """The files of one kind, in order of their paths."""
        return (part for _, part in sorted(self.files.items()) if isinstance(part, model))

    @cached_property
    def indicators(self) -> tuple[IndicatorSpec, ...]:
        """All indicators."""
        return tuple(i for f in self.parts(IndicatorFile) for i in f.indicators)

    @cached_property
    def registers(self) -> tuple[RegisterSpec, ...]:
        """All registers."""
        return tuple(r for f in self.parts(RegisterFile) for r in f.registers)

    @cached_property
    def indicator_by_name(self) -> Mapping[str, IndicatorSpec]:
        """Indicators by name."""
        return {i.name: i for i in self.indicators}

    @cached_property
    def register_by_name(self) -> Mapping[str, RegisterSpec]:
        """Registers by name."""
        return {r.name: r for r in self.registers}

    @cached_property
    def ladders(self) -> tuple[Ladder, ...]:
        """All ladders."""
        return tuple(f.ladder for f in self.parts(LadderFile) if f.ladder is not None)

    @cached_property
    def titles(self) -> tuple[TitleSpec, ...]:
        """Titles without rungs."""
        return tuple(t for f in self.parts(LadderFile) for t in f.titles)

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """All policies, by number."""
        return tuple(sorted((p for f in self.parts(PolicyFile) for p in f.policies), key=lambda p: p.number))

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """All cases."""
        return tuple(c for f in self.parts(CaseFile) for c in f.cases)

    @cached_property
    def every_target(self) -> tuple[Target, ...]:
        """All targets as written, in the order of the file."""
        return tuple(t for f in self.parts(TargetFile) for t in f.targets)

    @cached_property
    def every_benefit(self) -> tuple[Benefit, ...]:
        """All benefits as written, in the order of the policies."""
        return tuple(b for p in self.policies for b in p.benefits)

    @cached_property
    def forecast_rules(self) -> ForecastRules:
        """How forecasts are put into words; the defaults where the pack does not say."""
        return next((f.forecast for f in self.parts(TargetFile)), ForecastRules())

    @cached_property
    def pace_rules(self) -> PaceRules:
        """When a target is ahead, behind or far behind; the defaults where the pack does not say."""
        return next((f.pace for f in self.parts(TargetFile)), PaceRules())

    @cached_property
    def targets(self) -> Mapping[str, Target]:
        """Targets by id, in the order of the file."""
        return {t.id: t for t in self.every_target}

    @cached_property
    def tasks(self) -> Mapping[str, Task]:
        """Tasks by id."""
        return {t.id: t for t in self.programme.tasks}

    @cached_property
    def supervision(self) -> SupervisionFile:
        """How tasks are followed; the defaults where the pack does not say."""
        return next(self.parts(SupervisionFile), SupervisionFile())

    @cached_property
    def evaluation(self) -> EvaluationFile | None:
        """The index that the pack ranks by; None where it has none."""
        return next(self.parts(EvaluationFile), None)

    @cached_property
    def chains(self) -> Mapping[str, Chain]:
        """Industrial chains by id."""
        return {f.chain.id: f.chain for f in self.parts(ChainFile)}

    @cached_property
    def every_kind(self) -> tuple[ExchangeKind, ...]:
        """All kinds of supply and demand as written, in the order of their files."""
        return tuple(f.kind for f in self.parts(ExchangeFile))

    @cached_property
    def kinds(self) -> Mapping[str, ExchangeKind]:
        """Kinds of supply and demand by id."""
        return {k.id: k for k in self.every_kind}

    @cached_property
    def pair_cases(self) -> tuple[PairCase, ...]:
        """All cases of kinds."""
        return tuple(c for f in self.parts(PairCaseFile) for c in f.cases)

    @cached_property
    def briefings(self) -> Mapping[str, BriefingFile]:
        """Templates of briefings by id."""
        return {f.id: f for f in self.parts(BriefingFile)}

    @cached_property
    def benefits(self) -> Mapping[str, Benefit]:
        """Benefits by id, in the order of the policies."""
        return {b.id: b for b in self.every_benefit}

    @cached_property
    def rungs(self) -> Mapping[str, Rung]:
        """Rungs by id, ladder by ladder, lowest first."""
        return {r.id: r for ladder in self.ladders for r in ladder.rungs}

    @cached_property
    def policy_of(self) -> Mapping[str, Policy]:
        """The policy of each benefit id."""
        return {b.id: p for p in self.policies for b in p.benefits}

    @cached_property
    def ladder_of(self) -> Mapping[str, Ladder]:
        """The ladder of each rung id."""
        return {r.id: ladder for ladder in self.ladders for r in ladder.rungs}

    @cached_property
    def place_by_code(self) -> Mapping[str, PlaceRow]:
        """Places by code."""
        return {p.code: p for p in self.places}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The names that the pack's rules may use."""
        return Vocabulary.of(
            (indicator_of(i) for i in self.indicators),
            (*self._rung_titles(), *(Title(t.name, frozenset(t.subjects), t.aliases) for t in self.titles)),
            (register_of(r) for r in self.registers),
            (p.code for p in self.places if not p.counted),
        )

    def _rung_titles(self) -> Iterator[Title]:
        for ladder in self.ladders:
            for rung in ladder.rungs:
                yield Title(rung.title, frozenset({ladder.subject}), rung.aliases)


class PackKey:
    """A pack as a key of caches: two are the same where their files are."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __hash__(self) -> int:
        return hash(self.pack.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PackKey) and self.pack.digest == other.pack.digest


def indicator_of(spec: IndicatorSpec) -> Indicator:
    """The indicator as the language knows it."""
    return Indicator(
        spec.name,
        spec.kind,
        spec.unit,
        spec.period,
        frozenset(spec.subjects),
        spec.cumulative,
        spec.aliases,
        spec.choices,
    )


def register_of(spec: RegisterSpec) -> Register:
    """The register as the language knows it."""
    fields = (
        Field(f.name, f.kind, f.unit, f.choices, f.required, Bounds.of(f.min, f.max, f.unit)) for f in spec.fields
    )
    return Register(spec.name, spec.subject, tuple(fields))
