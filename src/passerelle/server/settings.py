"""Django's settings, read from the installation's folder (`PASSERELLE_DIR`; default: here)."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from passerelle import conf
from passerelle.server import safe_sqlite
from passerelle.words import LOCALE_FOLDER

_sqlite = safe_sqlite.install()

FOLDER = Path(os.environ.get("PASSERELLE_DIR", ".")).resolve()
CONF = conf.load(FOLDER)

SECRET_KEY = str(CONF["secret_key"]) or "this-folder-has-no-key: run passerelle init"
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in str(CONF["allowed_hosts"]).split(",") if host.strip()]
KEYS_FILE = FOLDER / str(CONF["keys_file"])
DEMONSTRATION = bool(CONF["demonstration"])
THREADS = int(CONF["threads"])
SENTENCE_ENCODER = bool(CONF["sentence_encoder"])
TRANSLATION_ENGINE = str(CONF["translation_engine"])
WITNESSES = str(CONF["witnesses"])
BEAT_SECONDS = max(1, int(CONF["beat_seconds"]))


WAITS_END: dict[str, object] = {
    "connect_timeout": 10,
    "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 120_000,
    "options": "-c idle_in_transaction_session_timeout=240s -c lock_timeout=300s",
}  # fmt: skip
"""No wait for PostgreSQL is without an end. A worker that froze in the middle of a transaction (a machine that sleeps,
a line that broke) is put out by the server after four minutes, with all its locks, and whoever waits for one of these
gets it; a wait of five is told as an error, and the sweep says it broke off."""


def _database(url: str) -> dict[str, object]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(FOLDER / "passerelle.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": safe_sqlite.opening_commands(_sqlite.sqlite_version_info),
            },
            "TEST": {"NAME": os.environ.get("PASSERELLE_TEST_SQLITE") or None},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "isolation_level": 2,  # READ COMMITTED, said aloud: invariants rest on locks and constraints
            **WAITS_END,
        },
    }


DATABASES = {"default": _database(str(CONF["database_url"]))}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "passerelle.records",
    "passerelle.web",
    "passerelle.api.apps.ApiConfig",
    "passerelle.server.apps.ServerConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "passerelle.web.headers.HeadersMiddleware",
    "passerelle.api.gate.GateMiddleware",
    "passerelle.web.bad_bytes.NoNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "passerelle.web.idle.IdleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "passerelle.web.language.LanguageMiddleware",
    "passerelle.web.second.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "passerelle.web.surroundings.surroundings",
            ],
        },
    },
]
ROOT_URLCONF = "passerelle.server.urls"
WSGI_APPLICATION = "passerelle.server.wsgi.application"
AUTH_USER_MODEL = "records.Officer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "my-list"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = str(CONF["language"])
LANGUAGES = [("nl", "Nederlands"), ("fr", "Français"), ("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [str(LOCALE_FOLDER)]
USE_I18N = True
USE_TZ = True
TIME_ZONE = str(CONF["time_zone"])

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
DUTY_HOURS_WEEK = max(0.01, float(CONF["duty_hours_week"]))
IDLE_SECONDS = 60 * max(1, int(CONF["idle_minutes"]))
SESSION_COOKIE_NAME = "passerelle_session"
CSRF_COOKIE_NAME = "passerelle_csrf"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # none stays in the browser afterwards
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 1  # into the box, and nowhere else: web/dropped.py
FILE_UPLOAD_HANDLERS = ["passerelle.web.dropped.OneSmallFile"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECOND_FACTOR = str(CONF["second_factor"])
SMTP_HOST, SMTP_PORT = str(CONF["smtp_host"]), int(CONF["smtp_port"])
SMTP_SECURITY = str(CONF["smtp_security"])
SMTP_USER, SMTP_PASSWORD = str(CONF["smtp_user"]), str(CONF["smtp_password"])
MAIL_FROM = str(CONF["mail_from"])
WEBHOOK_HOSTS = [host.strip().lower() for host in str(CONF["webhook_hosts"]).split(",") if host.strip()]
API_SKEW_SECONDS = max(1, int(CONF["api_skew_seconds"]))
API_REQUESTS_PER_MINUTE = max(1, int(CONF["api_requests_per_minute"]))
ADDRESS = str(CONF["address"]).rstrip("/")
OIDC_ISSUER, OIDC_CLIENT_ID = str(CONF["oidc_issuer"]), str(CONF["oidc_client_id"])
OIDC_CLIENT_SECRET = str(CONF["oidc_client_secret"])
OIDC_SUBJECT_CLAIM, OIDC_SECOND_FACTOR = str(CONF["oidc_subject_claim"]), str(CONF["oidc_second_factor"])
HTTPS = bool(CONF["https"])
if HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-passerelle_session"  # no other host, no other path, never without HTTPS
    CSRF_COOKIE_NAME = "__Host-passerelle_csrf"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
