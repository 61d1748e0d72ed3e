"""Settings, addresses and servers of the Django project."""
