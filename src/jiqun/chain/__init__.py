"""Industrial chains: what a place makes beside what it might, what each sector moves, where a chain breaks, whom to attract."""
