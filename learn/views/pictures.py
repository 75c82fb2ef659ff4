"""Pictures of answers: from the media store, with headers that let nothing in them run."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from learn.models.upload import CONTENT_TYPES, stored_name
from learn.views.common import answer_not_found, read_only

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
        response = FileResponse(file, content_type=CONTENT_TYPES[name.rpartition(".")[2]])
    response["ETag"] = etag
    response["Cache-Control"] = CACHE_CONTROL
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # Feeds and other sites show it with the answer.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
