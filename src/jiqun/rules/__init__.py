"""The clause language: text → typed nodes → a reference evaluator and a compiler to columns."""
