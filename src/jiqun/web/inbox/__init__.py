"""In-app notices: what a person should know of, with where to go."""
