"""The readers' addresses: no trailing slash, small letters. The last one takes all the rest."""

from django.urls import path, re_path, register_converter

from learn.validators import SLUG
from learn.views import fallback, questions, subjects


class BareSlugConverter:
    """A slug as the models have it; Django's own also takes capitals and underscores."""

    regex = SLUG.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(BareSlugConverter, "bare_slug")

app_name = "learn"
urlpatterns = [
    path("", subjects.home, name="home"),
    path("learn", subjects.subject_list, name="subject_list"),
    path("learn/<bare_slug:subject>", subjects.subject_detail, name="subject_detail"),
    path(
        "learn/<bare_slug:subject>/questions/<bare_slug:slug>",
        questions.question_detail,
        name="question_detail",
    ),
    # Not a 404 handler: this one answers in the same way with DEBUG on.
    re_path("", fallback.not_found, name="not_found"),
]
