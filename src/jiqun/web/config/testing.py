"""Settings of the test suite: as in production, but plain HTTP, unhashed static files and a quick password hash."""

from jiqun.web.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
REQUIRE_MFA = "nobody"
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}
