"""What a pack must fulfil beyond its form, one module for each concern."""
