"""Tags of the registry."""
