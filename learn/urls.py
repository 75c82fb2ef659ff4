"""The readers' addresses: no trailing slash, small letters. The last one takes all the rest."""

from django.urls import path, re_path, register_converter

from learn import feeds, sitemaps
from learn.validators import SLUG
from learn.views import (
    about,
    citations,
    decks,
    fallback,
    feedback,
    indexnow,
    markdown,
    newest,
    pictures,
    previews,
    questions,
    robots,
    search,
    share_images,
    study,
    subjects,
    topics,
)


class BareSlugConverter:
    """A slug as the models have it; Django's own also takes capitals and underscores."""

    regex = SLUG.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class DeckKindConverter(BareSlugConverter):
    """What a deck can be downloaded as."""

    regex = "|".join(decks.CONTENT_TYPES)


register_converter(BareSlugConverter, "bare_slug")
register_converter(DeckKindConverter, "deck_kind")

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
    *(
        path(
            f"learn/<bare_slug:subject>/questions/<bare_slug:slug>/{view.__name__}",
            view,
            name=view.__name__,
        )
        for view in (feedback.report, feedback.helpful, feedback.thanks)
    ),
    path("learn/<bare_slug:subject>/practice", study.subject_practice, name="subject_practice"),
    path("topics/<bare_slug:topic>/practice", study.topic_practice, name="topic_practice"),
    path(
        "learn/<bare_slug:subject>/flashcards", study.subject_flashcards, name="subject_flashcards"
    ),
    path("topics/<bare_slug:topic>/flashcards", study.topic_flashcards, name="topic_flashcards"),
    path(
        "learn/<bare_slug:subject>/deck.<deck_kind:kind>", decks.subject_deck, name="subject_deck"
    ),
    path("topics/<bare_slug:topic>/deck.<deck_kind:kind>", decks.topic_deck, name="topic_deck"),
    path("saved", study.saved, name="saved"),
    path("saved/deck.apkg", decks.saved_deck, name="saved_deck"),
    path(
        "learn/<bare_slug:subject>/questions/<bare_slug:slug>.md",
        markdown.question_markdown,
        name="question_markdown",
    ),
    re_path(
        r"^media/images/(?P<name>[0-9a-f]{20}-\d{1,5}x\d{1,5}\.(?:png|jpg|webp))\Z",
        pictures.picture,
        name="picture",
    ),
    path("preview/<str:token>", previews.shared_preview, name="shared_preview"),
    path("topics", topics.topic_list, name="topic_list"),
    path("topics/<bare_slug:slug>", topics.topic_detail, name="topic_detail"),
    path("newest", newest.newest, name="newest"),
    path("feed.atom", feeds.site_atom, name="site_atom"),
    path("feed.json", feeds.site_json, name="site_json"),
    path("learn/<bare_slug:subject>/feed.atom", feeds.subject_atom, name="subject_atom"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap_index"),
    path("sitemap-pages.xml", sitemaps.sitemap_pages, name="sitemap_pages"),
    path("sitemap-topics.xml", sitemaps.sitemap_topics, name="sitemap_topics"),
    path("sitemap-questions.xml", sitemaps.sitemap_questions, name="sitemap_questions"),
    path(
        "sitemap-subject-<bare_slug:subject>.xml",
        sitemaps.sitemap_subject,
        name="sitemap_subject",
    ),
    path("robots.txt", robots.robots_txt, name="robots_txt"),
    path("llms.txt", robots.llms_txt, name="llms_txt"),
    path(".well-known/security.txt", robots.security_txt, name="security_txt"),
    path("search", search.search_results, name="search_results"),
    path("search/suggest", search.search_suggest, name="search_suggest"),
    path("opensearch.xml", search.opensearch, name="opensearch"),
    # Not a 404 handler: this one answers in the same way with DEBUG on.
    re_path("", fallback.not_found, name="not_found"),
]
