"""Where weights come from: the tree, judgements (AHP), the data (entropy, CRITIC, PCA), or wishes (optimised)."""
