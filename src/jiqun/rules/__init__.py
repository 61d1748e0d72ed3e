"""The clause language: text → typed nodes → a reference evaluator and a compiler to columns."""

from jiqun.rules.build import parse_constant, parse_rule
from jiqun.rules.rule import Rule
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import Field, Indicator, Register, Title, Vocabulary

__all__ = ["Field", "Indicator", "Register", "Rule", "Title", "Vocabulary", "When", "parse_constant", "parse_rule"]
