"""Pictures of answers: from the media store, with headers that let nothing in them run."""

import logging

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from learn.models.upload import CONTENT_TYPES, stored_name
from learn.outages import RETRY_AFTER
from learn.views.common import answer_not_found, read_only

logger = logging.getLogger(__name__)

# The name holds the hash of the bytes.
CACHE_CONTROL = "public, max-age=31536000, immutable"


@read_only
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    etag = f'"{name}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            file = default_storage.open(stored_name(name))
        except FileNotFoundError:
            return answer_not_found(request)
        except OSError as error:
            return _unreadable(error)
        response = FileResponse(file, content_type=CONTENT_TYPES[name.rpartition(".")[2]])
    response["ETag"] = etag
    response["Cache-Control"] = CACHE_CONTROL
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # Feeds and other sites show it with the answer.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _unreadable(error: OSError) -> HttpResponse:
    """503: the picture is there, but its disk or bucket is not. Why is in the log alone."""
    logger.warning("A picture cannot be read: %s", error)
    headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    text = "The picture cannot be read at the moment.\n"
    return HttpResponse(text, status=503, content_type="text/plain", headers=headers)
