"""Assigning teams to clusters and experts to needs: exact optimum under duties, quotas and conflicts, with reasons."""
