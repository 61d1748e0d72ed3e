"""What stands behind a rank and what would better it: changes explained, roadmaps, strengths, peers, benchmarks."""
