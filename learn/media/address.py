"""What `MEDIA_ROOT` says: a folder, or a bucket of an S3-compatible store written as an address."""

import re
from importlib.util import find_spec
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

EXAMPLE = "s3://BUCKET/FOLDER?endpoint_url=https://s3.example&region_name=eu-central-1"
# Some old buckets have names that new ones may not have.
BUCKET = re.compile(r"[A-Za-z0-9._-]{3,255}")
# botocore would say no to others too, but only when the first picture is asked for.
HOST = r"(?:[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*|\[[0-9A-Fa-f:.]+\])"
# Of each option: what it looks like, in signs and in words.
OPTIONS = {
    "endpoint_url": (
        re.compile(rf"https?://{HOST}(?::\d{{1,5}})?(?:/[^?#\s]*)?"),
        "http:// or https:// and the store's host, which has letters, digits, “.” and “-”",
    ),
    "region_name": (re.compile(r"[A-Za-z0-9-]{1,63}"), "letters, digits and “-”"),
    "addressing_style": (re.compile(r"auto|path|virtual"), "auto, path or virtual"),
}
SECRET = re.compile(r"key|secret|token|password", re.I)
PACKAGES = ("storages", "boto3")


def media_store(value: str) -> dict[str, Any]:
    """The entry of Django's STORAGES for a `MEDIA_ROOT`."""
    if "://" not in value:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    options = bucket_options(value)
    if not all(map(find_spec, PACKAGES)):
        raise ImproperlyConfigured(
            "MEDIA_ROOT names a bucket, but django-storages and boto3, which that needs, are not "
            "installed. Install them: python -m pip install -r requirements-s3.txt."
        )
    return {"BACKEND": "learn.media.s3.S3Media", "OPTIONS": options}


def bucket_options(address: str) -> dict[str, str]:
    """The options of the storage. A value that is wrong is not repeated: it may be a secret."""
    parts = _split(address)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if any(map(SECRET.search, given)) or "@" in parts.netloc + given.get("endpoint_url", ""):
        raise ImproperlyConfigured(
            "MEDIA_ROOT must hold no keys, as addresses are shown in many places. Set "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead."
        )
    if not BUCKET.fullmatch(parts.netloc):
        raise _wrong("names no bucket: three or more letters, digits, “.”, “-” and “_”")
    folder = unquote(parts.path).strip("/")
    if folder and {"", ".", ".."} & set(folder.split("/")):
        raise _wrong("has “//”, “.” or “..” in the name of its folder")
    for name, value in given.items():
        if name not in OPTIONS:
            raise _wrong(f"has the option “{name}”, but there are only {', '.join(OPTIONS)}")
        pattern, words = OPTIONS[name]
        if not pattern.fullmatch(value):
            raise _wrong(f"has a wrong {name}: it must be {words}")
    # A store of one's own seldom has a name in the DNS for each bucket.
    style = "path" if "endpoint_url" in given else "auto"
    return {
        "bucket_name": parts.netloc,
        "location": folder,
        "addressing_style": style,
        **given,
    }


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
    except ValueError:
        raise _wrong("is no folder, and cannot be read as an address") from None
    if parts.scheme != "s3":
        raise _wrong("is no folder, and does not begin with “s3://”")
    if parts.fragment:
        raise _wrong("has a “#”; write it as %23")
    return parts


def _wrong(what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"MEDIA_ROOT {what}. Set it to a folder, or to a bucket, for example {EXAMPLE}."
    )
