"""Settings of QuickTakes: one file, read from the environment, failing loudly.

A `.env` file beside `manage.py` may hold the same names; the environment wins. Every name
is listed in docs/operations.md, and a test holds that list against this file.
"""

import re
from datetime import timedelta
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy, gettext_noop

from learn.media.address import media_store
from learn.monitoring import logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)


def required_unless_debug(name: str, *, debug_default: str, advice: str) -> str:
    """The value of `name`; with DEBUG on `debug_default` stands in for a missing one."""
    value = env.str(name, default=debug_default if DEBUG else "")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. {advice} On a machine of your own you can set DEBUG=true instead."
        )
    return value


SECRET_KEY = required_unless_debug(
    "SECRET_KEY",
    debug_default="only-for-development-do-not-use-this-key-on-a-real-site-0123456789",
    advice="Set it to a long random text that you keep to yourself, for example the output of: "
    "python -c 'import secrets; print(secrets.token_urlsafe(50))'.",
)
ALLOWED_HOSTS = [
    host.strip()
    for host in required_unless_debug(
        "ALLOWED_HOSTS",
        debug_default="localhost,127.0.0.1,[::1]",
        advice="Set it to the names that the site answers to, for example "
        "ALLOWED_HOSTS=quicktakes.example,www.quicktakes.example.",
    ).split(",")
    if host.strip()
]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Behind a proxy every request comes from the proxy's address; it states the visitor's in a header.
CLIENT_ADDRESS_HEADER = env.str("CLIENT_ADDRESS_HEADER", default=None)

# How much one address may ask for: searches and suggestions in a minute, reports and votes in an
# hour. 0 searches or suggestions are no limit.
SEARCH_LIMIT = env.int("SEARCH_LIMIT", default=60)
SUGGEST_LIMIT = env.int("SUGGEST_LIMIT", default=300)
REPORT_LIMIT = env.int("REPORT_LIMIT", default=5)
HELPFUL_LIMIT = env.int("HELPFUL_LIMIT", default=5)
# How many logins of any account one address may try in a minute; 0 is no limit. How many wrong
# passwords lock one account for one address, and for how long.
LOGIN_LIMIT = env.int("LOGIN_LIMIT", default=20)
LOGIN_FAILURES = env.int("LOGIN_FAILURES", default=5)
LOGIN_LOCKOUT_MINUTES = env.int("LOGIN_LOCKOUT_MINUTES", default=15)

# The site, as readers and search engines know it.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_NAME = env.str("SITE_NAME", default="QuickTakes")
# A sentence of the owner's stands in no catalogue, so it stays as it is.
SITE_DESCRIPTION = gettext_lazy(
    env.str(
        "SITE_DESCRIPTION",
        default=gettext_noop("Clear answers to study questions, free to read, subject by subject."),
    )
)
# Marks questions' pages up as Q&A pages instead of articles. Search engines allow it only to sites
# whose visitors can hand in answers of their own.
QA_PAGE = env.bool("QA_PAGE", default=False)
# Font files for what the fonts of the project cannot draw on share images (Chinese, for example).
SHARE_IMAGE_FONTS = env.list("SHARE_IMAGE_FONTS", default=[])

# IndexNow: what the command `indexnow` identifies itself by; empty turns it off.
INDEXNOW_KEY = env.str("INDEXNOW_KEY", default=None)
if INDEXNOW_KEY and not re.fullmatch(r"[A-Za-z0-9-]{8,128}", INDEXNOW_KEY):
    raise ImproperlyConfigured(
        "INDEXNOW_KEY must be 8 to 128 characters from a-z, A-Z, 0-9 and “-”, for example the "
        "output of: python -c 'import secrets; print(secrets.token_hex(16))'."
    )
INDEXNOW_ENDPOINT = env.str("INDEXNOW_ENDPOINT", default="https://api.indexnow.org/indexnow")

# What robots.txt tells the crawlers of AI services.
AI_CRAWLERS = env.str("AI_CRAWLERS", default="allow")
if AI_CRAWLERS not in ("allow", "no-training", "disallow"):
    raise ImproperlyConfigured("AI_CRAWLERS must be “allow”, “no-training” or “disallow”.")
# Whom to tell of a security hole.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default=None)
if SECURITY_CONTACT and not SECURITY_CONTACT.startswith(("mailto:", "https://", "tel:")):
    raise ImproperlyConfigured(
        "SECURITY_CONTACT must begin with “mailto:”, “https://” or “tel:”, for example "
        "mailto:security@quicktakes.example."
    )

# For how many days the trash keeps what was thrown away.
TRASH_DAYS = env.int("TRASH_DAYS", default=30)

# Whether a text needs the eyes of somebody else than who handed it in, before readers see it.
REVIEW_BY_ANOTHER = env.bool("REVIEW_BY_ANOTHER", default=False)

# Mail: notes of reviewers, and what went wrong with the schedule. With DEBUG on it is printed.
vars().update(env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="desk@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who is told of errors, of pages and of the schedule.
ADMINS = [(address, address) for address in env.list("ADMINS", default=[])]

INSTALLED_APPS = [
    "quicktakes.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    # Before staticfiles: runserver then serves files as a production server does.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # For the templates of its widgets: the desk's own stand among the project's.
    "django.forms",
    "taggit",
    "markdownx",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "learn",
]

MIDDLEWARE = [
    "learn.middleware.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Early, so that what the ones below answer themselves bears it as well.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "learn.middleware.IsolationMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "learn.middleware.InlineCSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Readers pass by all that stand below.
    "learn.sessionless.SessionlessMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "learn.middleware.DeskLanguageMiddleware",
    "learn.middleware.DeskMethodsMiddleware",
    "learn.middleware.CrossSiteMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "learn.middleware.NoteMiddleware",
    "learn.middleware.OutageMiddleware",
    # Turns a login that it has refused into the page that says so.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "quicktakes.urls"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "quicktakes.wsgi.application"
# Addresses have no trailing slash; learn.views redirects the other spellings itself.
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    # What differs between readers' pages: see learn.templatetags.parts.
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "parts",
        "DIRS": [BASE_DIR / "templates" / "parts"],
        "OPTIONS": {"environment": "learn.parts.environment"},
    },
]

# SQLite needs no set-up. WAL lets readers go on while one writes; IMMEDIATE takes the write
# lock when a transaction begins, so that two writers wait for each other instead of failing.
DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR}/var/quicktakes.sqlite3")
}
DATABASE = DATABASES["default"]
# To open a connection takes as long as to make a page: SQLite reads the whole schema. What keeps
# requests from a file that was moved away is in learn.outages.
DATABASE.setdefault("CONN_MAX_AGE", 60)
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASE["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Larger pages than SQLite's own 4,096 bytes, in a file that is new: a question, which takes
        # 7 KB, is on one instead of two or three, and an import of many takes a twelfth less. A
        # file that is there keeps what it has.
        "init_command": "PRAGMA page_size=16384;"
        " PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        # Of each thread that serves; an import takes more (learn.bulk).
        " PRAGMA cache_size=-2000;",
        **DATABASE.get("OPTIONS", {}),
    }
else:
    DATABASE["CONN_HEALTH_CHECKS"] = True
    # A machine that is gone does not even refuse: nobody is to wait for it for minutes.
    DATABASE["OPTIONS"] = {"connect_timeout": 5, **DATABASE.get("OPTIONS", {})}
    # Of those that learn.models.statements asks for; Django by itself has none.
    if env.bool("PREPARED_STATEMENTS", default=True):
        DATABASE["OPTIONS"].setdefault("prepare_threshold", 0)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}
CACHE = CACHES["default"]
if CACHE["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    CACHE["BACKEND"] = "learn.steady_cache.SteadyRedisCache"
    CACHE["OPTIONS"] = {
        "socket_connect_timeout": 2,
        "socket_timeout": 2,
        **CACHE.get("OPTIONS", {}),
    }

# The store of readers' pages before Django (learn.pages): on unless DEBUG is.
PAGE_STORE = env.bool("PAGE_STORE", default=not DEBUG)
# Megabytes in the memory of each process, and in the file that the processes of a machine share;
# with Redis as CACHE_URL pages are there instead, and Redis itself bounds what it holds.
PAGE_MEMORY_MB = env.int("PAGE_MEMORY_MB", default=6)
PAGE_STORE_MB = env.int("PAGE_STORE_MB", default=512)
PAGE_STORE_FILE = env.str("PAGE_STORE_FILE", default=str(BASE_DIR / "var" / "pages.sqlite3"))
# What readers' browsers and caches elsewhere are told; the site's own store does not go by it.
PAGE_CACHE_CONTROL = env.str(
    "PAGE_CACHE_CONTROL",
    default="public, max-age=300, s-maxage=86400, stale-while-revalidate=604800,"
    " stale-if-error=604800",
)
if CACHES["default"]["BACKEND"].endswith(".LocMemCache"):
    # Django's 300 would be gone with the counts of a few hundred visitors.
    CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 10_000)

# Whether everybody at the desk has to show a second factor; whoever has set one up has to anyway.
STAFF_TWO_FACTOR = env.bool("STAFF_TWO_FACTOR", default=False)
OTP_TOTP_ISSUER = SITE_NAME
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# The first lets nobody in; it keeps out who has guessed too often, before a password is looked at.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "learn.workflow.backend.DeskBackend",
]
# In the database, which all processes share and which no restart empties.
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
# An account and an address together: nobody can lock others out by guessing at their account.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "learn.visitors.counted_address"
AXES_FAILURE_LIMIT = LOGIN_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=LOGIN_LOCKOUT_MINUTES)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "learn.admin.lockout.locked_out"
# No log of who was here when and from where, and no pages of its own.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# What is shipped: English is in the code, the others are in locale/ (docs/translating.md).
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# The language of the readers' pages, whatever their browsers ask for; the desk follows its user.
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise ImproperlyConfigured(
        f"LANGUAGE_CODE is “{LANGUAGE_CODE}”, but only these languages are shipped: "
        f"{', '.join(dict(LANGUAGES))}. docs/translating.md says how to add one."
    )
# The language that questions and answers are written in: any tag of BCP 47.
CONTENT_LANGUAGE = env.str("CONTENT_LANGUAGE", default="en")
if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", CONTENT_LANGUAGE):
    raise ImproperlyConfigured(
        "CONTENT_LANGUAGE must be the tag of a language, for example “en” or “pt-BR”."
    )
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "media"))
STORAGES = {
    "default": media_store(MEDIA_ROOT),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# Files are looked for when they are asked for. WhiteNoise would take that from Django's own DEBUG,
# which tests turn off: each of their clients would first list all files.
WHITENOISE_AUTOREFRESH = DEBUG

# Scripts, styles and fonts come from the site itself, nothing from elsewhere. What is inline is
# known by its hash, which learn.middleware adds.
CONTENT_SECURITY_POLICY: dict[str, dict[str, list[str] | bool]] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:", "https:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# Nothing of what a browser could lend to a page is used but the clipboard, and that by the site
# itself; so no script that got in could use more.
PERMISSIONS_POLICY = ", ".join(
    (
        "clipboard-write=(self)",
        *(
            f"{feature}=()"
            for feature in (
                *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media"),
                *("fullscreen", "geolocation", "gyroscope", "hid", "idle-detection"),
                *("magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
                *("publickey-credentials-get", "screen-wake-lock", "serial", "usb"),
                "xr-spatial-tracking",
            )
        ),
    )
)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "learn.admin.refusal.csrf_failure"
if not DEBUG:
    # HTTPS=false is for a trial on plain HTTP: it leaves the cookies and redirects open.
    HTTPS = env.bool("HTTPS", default=True)
    SECURE_SSL_REDIRECT = HTTPS
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = HTTPS
    CSRF_COOKIE_SECURE = HTTPS
    if HTTPS:
        # With this prefix a browser takes it from this very host only, never from a subdomain.
        SESSION_COOKIE_NAME = "__Host-sessionid"
        CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True
    # For how long browsers refuse plain HTTP once they were here: two years.
    HSTS_SECONDS = env.int("HSTS_SECONDS", default=63072000)
    SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
    SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
    SECURE_HSTS_PRELOAD = HTTPS

LOG_FORMAT = env.str("LOG_FORMAT", default="text" if DEBUG else "json")
if LOG_FORMAT not in logs.FORMATS:
    raise ImproperlyConfigured("LOG_FORMAT must be “json” or “text”.")
# A record for each request; with DEBUG on runserver writes a line of its own.
LOG_ACCESS = env.bool("LOG_ACCESS", default=False)
LOGGING = logs.configuration(LOG_FORMAT, access=LOG_ACCESS)

# Numbers for Prometheus: what /metrics is asked with, and where processes of a machine count.
METRICS_TOKEN = env.str("METRICS_TOKEN", default=None)
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured(
        "METRICS_TOKEN must have 16 characters or more, for example the output of: "
        "python -c 'import secrets; print(secrets.token_urlsafe(32))'."
    )
METRICS_DIR = env.str("METRICS_DIR", default=str(BASE_DIR / "var" / "metrics"))

FIXTURE_DIRS = [BASE_DIR / "fixtures"]
# `loaddata x.md` and `dumpdata --format md` speak the seed format.
SERIALIZATION_MODULES = {"md": "learn.seeds.serializer"}
MARKDOWNX_MARKDOWNIFY_FUNCTION = "learn.rendering.markdownify"
# Our own guarded addresses: markdownx's urls are open to everybody.
MARKDOWNX_URLS_PATH = "/admin/learn/question/markdownify/"
MARKDOWNX_UPLOAD_URLS_PATH = "/admin/learn/question/upload/"
