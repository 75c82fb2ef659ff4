"""The page store as the settings describe it."""

from hashlib import blake2b
from pathlib import Path

from django.conf import settings

from learn.pages.stores import RedisStore, SQLiteStore, Store
from learn.pages.wsgi import Application, PageStore

MEGABYTE = 1_000_000
# What pages are made with.
SOURCES = ("learn", "quicktakes", "templates", "locale")
MADE_WITH = {".py", ".html", ".txt", ".xml", ".css", ".js", ".svg", ".mo", ".json"}
SETTINGS = (
    "AI_CRAWLERS",
    "CONTENT_LANGUAGE",
    "CONTENT_SECURITY_POLICY",
    "LANGUAGE_CODE",
    "PAGE_CACHE_CONTROL",
    "QA_PAGE",
    "SITE_DESCRIPTION",
    "SITE_NAME",
    "SITE_URL",
    "TIME_ZONE",
)


def with_page_store(application: Application) -> Application:
    """The application behind the store, or as it is with PAGE_STORE off."""
    if not settings.PAGE_STORE:
        return application
    return PageStore(application, shared_store(), settings.PAGE_MEMORY_MB * MEGABYTE, release())


def shared_store() -> Store:
    """Redis where the cache is one, else a file."""
    cache = settings.CACHES["default"]
    if "redis" in cache["BACKEND"].lower():
        location = cache["LOCATION"]
        return RedisStore(location if isinstance(location, str) else location[0])
    return SQLiteStore(Path(settings.PAGE_STORE_FILE), settings.PAGE_STORE_MB * MEGABYTE)


def release() -> str:
    """Another text for all that makes pages look otherwise than their content: code, templates,
    styles, translations, settings. Pages of another release are not found."""
    digest = blake2b(digest_size=8)
    for source in SOURCES:
        for path in sorted((settings.BASE_DIR / source).rglob("*")):
            if path.suffix in MADE_WITH and path.is_file():
                digest.update(path.read_bytes())
    for name in SETTINGS:
        digest.update(f"{name}={getattr(settings, name)}".encode())
    return digest.hexdigest()
