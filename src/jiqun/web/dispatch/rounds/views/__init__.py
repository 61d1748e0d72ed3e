"""A module per page: what everybody sees, steering, filling, reviewing."""
