"""IndexNow: tells search engines which addresses changed (https://www.indexnow.org/documentation).

Nothing is sent by itself; the command `indexnow` sends. The key is no secret: search engines read
it at the site, which shows that whoever sends is the site's own.
"""

import datetime
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from learn.models import Question, Redirect
from learn.models.path import QuestionPath
from learn.models.question_queries import QuestionQuerySet

# The most that one request may hold.
BATCH = 10_000
TIMEOUT_SECONDS = 30

REASONS = {
    400: "The request was not understood (400).",
    403: "The key was refused (403). It must be readable at {key_url}.",
    422: "The addresses were refused (422). They must belong to {host}; is SITE_URL right?",
    429: "Too many requests (429). Try again{later}.",
}


class IndexNowError(Exception):
    """What the endpoint answered, as a sentence."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET, whose 200 means nothing."""

    def redirect_request(self, *args: object) -> None:
        return None


def changed_addresses(since: datetime.datetime | None = None) -> Iterator[str]:
    """What to announce: indexable pages, each once; with `since` only what changed from then on,
    and also the addresses that went away or lead elsewhere now."""
    known = Question.objects.indexable().filter(canonical=None, subject__is_listed=True)
    if since is None:
        yield from _paths(known)
        return
    fresh = known.filter(Q(modified_at__gte=since) | Q(publish_at__gte=since))
    # Addresses that engines were never told of are left out.
    removed = Question.objects.filter(
        Q(status__in=(Question.Status.UNPUBLISHED, Question.Status.TRASHED), updated_at__gte=since)
        | Q(unpublish_at__gte=since, unpublish_at__lte=timezone.now()),
        publish_at__lte=timezone.now(),
        no_index=False,
        canonical=None,
        subject__is_listed=True,
    )
    moved = Redirect.objects.filter(created_at__gte=since, question__in=known)
    old_paths = moved.order_by("old_path").values_list("old_path", flat=True)
    yield from dict.fromkeys([*_paths(fresh), *_paths(removed), *old_paths])


def submit(addresses: list[str]) -> Iterator[tuple[int, bool]]:
    """Send them in batches; (how many so far, whether the key is still to be checked) after each.

    Raises IndexNowError at the first batch that is not accepted.
    """
    sent = 0
    for start in range(0, len(addresses), BATCH):
        batch = addresses[start : start + BATCH]
        status = _post(batch)
        sent += len(batch)
        yield sent, status == 202


def key_url() -> str:
    address = reverse("learn:indexnow_key", kwargs={"key": settings.INDEXNOW_KEY})
    return settings.SITE_URL + address


def _paths(questions: QuestionQuerySet) -> Iterator[str]:
    pairs = questions.order_by("subject__slug", "slug").values_list("subject__slug", "slug")
    return (str(QuestionPath(*pair)) for pair in pairs.iterator())


def _post(addresses: list[str]) -> int:
    """The status of an accepted request: 200, or 202 while the key is still to be checked."""
    host = urlsplit(settings.SITE_URL).netloc
    body = {
        "host": host,
        "key": settings.INDEXNOW_KEY,
        "keyLocation": key_url(),
        "urlList": [settings.SITE_URL + address for address in addresses],
    }
    request = urllib.request.Request(
        settings.INDEXNOW_ENDPOINT,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            status = response.status
    except urllib.error.HTTPError as error:
        with error:
            after = error.headers.get("Retry-After", "")
        later = f" after {after} seconds" if after.isdecimal() else " later"
        reason = REASONS.get(error.code, "The endpoint answered {status}.")
        raise IndexNowError(
            reason.format(status=error.code, host=host, key_url=key_url(), later=later)
        ) from error
    except OSError as error:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        raise IndexNowError(
            f"{settings.INDEXNOW_ENDPOINT} could not be reached: {cause}."
        ) from error
    if status not in (200, 202):
        raise IndexNowError(f"The endpoint answered {status}.")
    return status
