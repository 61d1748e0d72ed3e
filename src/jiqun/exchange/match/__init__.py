"""Matching: which offers fit a need, which of them best, why the others do not, and what would change that."""
