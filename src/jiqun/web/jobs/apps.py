"""The app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Long work outside the request."""

    name = "jiqun.web.jobs"
    label = "jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        """Find the handlers of all apps."""
        autodiscover_modules("jobs")
