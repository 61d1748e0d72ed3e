"""The WSGI application."""

import atexit
import gc
import os
from contextlib import suppress

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from jiqun.base.errors import InputError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiqun.web.config.settings")
application = get_wsgi_application()


def settle() -> None:
    """Read the pack before the first request, and tell the collector that what there is now stays.

    Looking through it for garbage would stop all threads of the process for a third of a second again and again.
    """
    from jiqun.web.common.pack import current_pack

    with suppress(ImproperlyConfigured, InputError):  # pages say what is wrong with the pack
        current_pack()
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # at the end all goes


settle()
