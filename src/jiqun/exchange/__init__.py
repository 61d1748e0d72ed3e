"""Sharing machines, capacity, purchases and people: matching, assigning, scheduling, pools, booking rules."""
