"""Forms of the registry: of the models, and of a register from its declaration alone."""
