"""Flexible job shops and nothing more, for the least makespan: list scheduling, tabu search, bounds and proofs."""
