"""How much of a ranking stands: replications under other choices, sensitivity, stability, redundancy."""
