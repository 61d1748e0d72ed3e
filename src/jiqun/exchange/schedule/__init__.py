"""Scheduling work over the machines of many owners: the problem, solvers, plans, and the checker apart from them."""
