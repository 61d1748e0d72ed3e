"""Django settings, from the environment (see `environment.py`); safe by default."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from jiqun.web.config.database import database
from jiqun.web.config.environment import Environment, secret_key

WEB = Path(__file__).resolve().parent.parent
ENVIRONMENT = Environment.of_process()
HOME = ENVIRONMENT.home
"""The data folder."""
PACK = ENVIRONMENT.pack
"""The pack's folder; read it through `jiqun.web.common.pack.current_pack()`."""

DEBUG = ENVIRONMENT.flag("JIQUN_DEBUG", False)
SECRET_KEY = secret_key(ENVIRONMENT)
ALLOWED_HOSTS = ENVIRONMENT.items("JIQUN_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.items("JIQUN_TRUSTED_ORIGINS")
BEHIND_PROXY = ENVIRONMENT.flag("JIQUN_BEHIND_PROXY", False)

INSTALLED_APPS = [
    "jiqun.web.common",
    "jiqun.web.common.trail",
    "jiqun.web.accounts",
    "jiqun.web.accounts.people",
    "jiqun.web.registry",
    "jiqun.web.registry.intake",
    "jiqun.web.portal",
    "jiqun.web.api",
    "jiqun.web.dispatch",
    "jiqun.web.dispatch.rounds",
    "jiqun.web.dispatch.publishing",
    "jiqun.web.dispatch.board",
    "jiqun.web.dispatch.supervision",
    "jiqun.web.cultivation",
    "jiqun.web.inbox",
    "jiqun.web.jobs",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_tasks",
    "django_tasks_db",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "jiqun.web.common.requests.NullCharacterMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "jiqun.web.accounts.seen.SeenMiddleware",
    "jiqun.web.accounts.second_factor.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "jiqun.web.config.urls"
WSGI_APPLICATION = "jiqun.web.config.wsgi.application"
ASGI_APPLICATION = "jiqun.web.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jiqun.web.common.context.site",
                "jiqun.web.portal.context_processors.shell",
                "jiqun.web.inbox.context.unread",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "django_tables2/bootstrap5-responsive.html"

DATABASES = {"default": database(ENVIRONMENT.text("DATABASE_URL"), HOME)}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "jiqun",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# Static files: hashed and compressed into the data folder by `jiqun serve`; straight from the source in debug.
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [WEB / "static"]
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
MEDIA_ROOT = HOME / "media"

# Long work: a queue in the database, run by the worker that `jiqun serve` starts.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Transport and browser security
HTTPS = ENVIRONMENT.flag("JIQUN_HTTPS", not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = ENVIRONMENT.number("JIQUN_HSTS_SECONDS", 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "jiqun_session"
CSRF_COOKIE_NAME = "jiqun_csrf"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        # No inline script or style anywhere: pages use files, classes and data attributes.
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *ENVIRONMENT.items("JIQUN_OIDC_URL")],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Mail: without a server nothing is sent, the messages are in the inbox
SITE_ADDRESS = ENVIRONMENT.text("JIQUN_SITE_ADDRESS").rstrip("/")
EMAIL_HOST = ENVIRONMENT.text("JIQUN_MAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
EMAIL_PORT = ENVIRONMENT.number("JIQUN_MAIL_PORT", 25)
EMAIL_HOST_USER = ENVIRONMENT.text("JIQUN_MAIL_USER")
EMAIL_HOST_PASSWORD = ENVIRONMENT.text("JIQUN_MAIL_PASSWORD")
EMAIL_USE_TLS = ENVIRONMENT.flag("JIQUN_MAIL_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENVIRONMENT.text("JIQUN_MAIL_FROM", "jiqun@localhost")

# People and sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "jiqun.web.accounts.backend.AccountBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "jiqun.web.accounts.passwords.LengthValidator", "OPTIONS": {"least": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "jiqun.web.accounts.passwords.MixedCharactersValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "jiqun.web.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "jiqun.web.accounts.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# The lockout of one account is the business of axes; the limit by key is for guessing second factors.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,10/5m/key"}
REQUIRE_MFA = {"": "real", True: "all", False: "nobody"}[
    ENVIRONMENT.text("JIQUN_REQUIRE_MFA") and ENVIRONMENT.flag("JIQUN_REQUIRE_MFA", True)
]
"""Whose bureaus', auditors' and operators' accounts need a second factor: all, the real (not demonstration) ones, nobody's."""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Jiqun 集群"
MFA_TOTP_TOLERANCE = 1  # a phone may be half a minute off (RFC 6238, 5.2)
USERSESSIONS_TRACK_ACTIVITY = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "jiqun.web.accounts.lockout.attempted_name"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "jiqun.web.accounts.lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "jiqun.web.common.requests.client_ip"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if ENVIRONMENT.text("JIQUN_OIDC_URL"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": ENVIRONMENT.text("JIQUN_OIDC_NAME", "统一身份认证"),
                "client_id": ENVIRONMENT.text("JIQUN_OIDC_CLIENT_ID"),
                "secret": ENVIRONMENT.text("JIQUN_OIDC_CLIENT_SECRET"),
                "settings": {"server_url": ENVIRONMENT.text("JIQUN_OIDC_URL")},
            }
        ],
        "OAUTH_PKCE_ENABLED": True,
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "jiqun": {"level": ENVIRONMENT.text("JIQUN_LOG_LEVEL", "INFO").upper()},
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # 403 and 404 are answers, not faults; their tracebacks would bury the real ones.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "axes": {"level": "WARNING"},
    },
}

# Programs
WEBHOOK_PRIVATE = ENVIRONMENT.flag("JIQUN_WEBHOOK_PRIVATE", False)
"""Whether webhooks may point into the own network, over plain HTTP too."""
