"""Tags of the reporting rounds."""
