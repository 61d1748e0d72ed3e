"""The Django project: the desks that people work at."""
