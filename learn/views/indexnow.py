"""The file by which search engines know that announcements come from the site itself."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from learn.views.common import answer_not_found, read_only


@read_only
def indexnow_key(request: HttpRequest, key: str) -> HttpResponse:
    if key != settings.INDEXNOW_KEY:
        return answer_not_found(request)
    return HttpResponse(key, content_type="text/plain; charset=utf-8")
