"""The city of the evaluation's tests serves here too."""

from tests.unit.evaluation.conftest import city

__all__ = ["city"]
