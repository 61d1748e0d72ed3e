"""Lists of the registry: one mechanism driven by the declaration of their columns."""
