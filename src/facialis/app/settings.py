"""Django's settings. What depends on the place comes from the environment, set by `facialis.app.start`."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from facialis.app.place import Place, default_folder
from facialis.app.sqlite import choose_sqlite, first_words

choose_sqlite()

__all__: list[str] = []

PLACE = Place(Path(os.environ.get("FACIALIS_DATA") or default_folder()))
_KEPT = PLACE.secret
SECRET_KEY = _KEPT.read_text(encoding="ascii").strip() if _KEPT.is_file() else secrets.token_urlsafe(48)

DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
ROOT_URLCONF = "facialis.app.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "facialis.app.application.Casebook",
]
MIDDLEWARE = [
    "facialis.app.headers.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "facialis.app.words.Spoken",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "facialis.app.faults.Faults",
    "facialis.app.accounts.locking.Locking",
    "facialis.app.api.door.Door",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "facialis.app.sharing.access.Gate",
    "facialis.app.accounts.proof.Proof",
    "facialis.app.audit.reading.Reading",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": PLACE.database,
        "CONN_MAX_AGE": None,  # a thread keeps its own: to open one takes longer than most questions
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": first_words()},
    }
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "facialis.app.words.every_page",
            ],
            "builtins": [
                "facialis.app.templatetags.words",
                "facialis.app.templatetags.meanings",
                "facialis.app.templatetags.ways",
                "facialis.app.templatetags.inbox",
                "facialis.app.templatetags.comments",
            ],
        },
    }
]

AUTH_USER_MODEL = "casebook.Account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"

# Browsers tell hosts apart, not ports: a demo beside a casebook of one's own must not share its cookies.
_COOKIES = "facialis_demo" if PLACE.demo.is_file() else "facialis"
SESSION_COOKIE_NAME = f"{_COOKIES}_session"
SESSION_COOKIE_AGE = 12 * 3600  # OWASP ASVS 5.0, level 2: a session ends, whatever is done in it
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_NAME = f"{_COOKIES}_csrf"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "facialis.app.accounts.views.refused"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = False
STATIC_ROOT = Path(__file__).parent / "static"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # forms only: films come in pieces that are never held as a form
ANSWERS_BESIDE = False  # whether a worker beside the server works answers out; said by whoever starts one
LOGGING_CONFIG = None  # nothing about a person goes into a log
