"""People, their organisations, what they may see, and how they sign in."""
