"""Demonstration facts: invented by seed from a pack's demo.yaml, and marked as invented."""
