"""Approving what counties and firms report outside rounds: figures and register entries, by the city."""
