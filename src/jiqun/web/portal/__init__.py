"""What everybody sees: the home page, errors, and the shell of every page."""
