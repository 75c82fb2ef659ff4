"""Share images as other sites fetch them."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from learn.models import Question
from learn.share_images import SITE, ShareImage, question_image, site_image
from learn.views.common import answer_moved, answer_not_found, read_only

# The address holds the hash of what is drawn.
CACHE_CONTROL = "public, max-age=31536000, immutable"


@read_only
def share_image(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    image = _find_image(name)
    if image is None:
        return answer_not_found(request)
    if (name, digest) != (image.name, image.digest):
        return answer_moved(image.address)
    etag = f'"{digest}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(image.png(), content_type="image/png")
    response["ETag"] = etag
    response["Cache-Control"] = CACHE_CONTROL
    # Other sites show it; that is what it is for.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _find_image(name: str) -> ShareImage | None:
    """The picture of the page that readers are shown now; None where they are shown none."""
    if name == SITE:
        return site_image()
    question = Question.objects.published().for_page().filter(uid=uuid.UUID(name)).first()
    return question_image(question.reader_page) if question else None
