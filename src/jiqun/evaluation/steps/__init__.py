"""The steps from raw figures to scores, each a pure function of arrays."""
