"""Tags of the cultivation desk."""
