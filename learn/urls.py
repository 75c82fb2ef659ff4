"""The readers' addresses: no trailing slash, small letters. The last one takes all the rest."""

from django.urls import path, re_path, register_converter

from learn.validators import SLUG
from learn.views import (
    about,
    citations,
    fallback,
    indexnow,
    questions,
    share_images,
    subjects,
)


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
    path(
        "learn/<bare_slug:subject>/questions/<bare_slug:slug>/cite",
        citations.question_cite,
        name="question_cite",
    ),
    path(
        "learn/<bare_slug:subject>/questions/<bare_slug:slug>/cite.bib",
        citations.question_bibtex,
        name="question_bibtex",
    ),
    path(
        "learn/<bare_slug:subject>/questions/<bare_slug:slug>/cite.ris",
        citations.question_ris,
        name="question_ris",
    ),
    re_path(
        r"^(?P<key>[A-Za-z0-9-]{8,128})\.txt$",
        indexnow.indexnow_key,
        name="indexnow_key",
    ),
    re_path(
        r"^og/(?P<name>site|[0-9a-f]{32})-(?P<digest>[0-9a-f]{16})\.png$",
        share_images.share_image,
        name="share_image",
    ),
    path("how-answers-are-made", about.how_answers_are_made, name="how_answers_are_made"),
    # Not a 404 handler: this one answers in the same way with DEBUG on.
    re_path("", fallback.not_found, name="not_found"),
]
