import datetime
import uuid

import pytest
from django.utils import timezone

from learn.models import Question, Redirect, Tag
from learn.models.path import QuestionPath
from learn.totals import store_totals
from learn.views import questions
from tests.factories import make_question, make_related, make_subject
from tests.views.markup import HOUR, address_of, assert_moved, get, links, rows

pytestmark = pytest.mark.django_db


# --- a question


def test_question_page_has_the_markup_that_checks_rely_on(client):
    question = make_question(title="What is *it*?", answer="It is **this**.\n\n### Why\n\nSo.")
    page = get(client, address_of(question))
    assert page.text("h1") == "What is *it*?"
    assert page.text("article", id="answer") == "It is this. Why So."
    assert page.one("h2", id="s-why")["text"] == "Why"
    assert page.one("article")["class"] == "prose"
    assert page.text("time", datetime="2025-02-06") == "Posted on Feb 06, 2025"
    crumbs = page.text("nav", **{"aria-label": "Breadcrumb"})
    assert crumbs == f"Subjects {question.subject} What is *it*?"
    assert page.text("li", **{"aria-current": "page"}) == "What is *it*?"


def test_date_is_shown_in_the_questions_own_words_and_format(client):
    question = make_question(post_on_text="Written", date_format="D MMMM YYYY")
    page = get(client, address_of(question))
    assert page.one("time")["text"] == "Written 6 February 2025"


def test_date_stands_alone_without_a_text_before_it(client):
    page = get(client, address_of(make_question(post_on_text="")))
    assert page.one("time")["text"] == "Feb 06, 2025"


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        ({}, ""),
        ({"origin": "person"}, "Written by a person"),
        ({"origin": "machine"}, "Machine-written"),
        (
            {
                "origin": "reviewed",
                "reviewer": "Ada <L>",
                "reviewed_on": datetime.date(2026, 3, 1),
            },
            "Machine-written, reviewed by Ada <L> on Mar 01, 2026",
        ),
    ],
)
def test_origin_is_shown_only_where_it_is_stated(client, origin, line):
    question = make_question(**origin)
    page = get(client, address_of(question))
    shown = f"{question.subject} Posted on Feb 06, 2025 1 min read {line}".strip()
    assert page.text("p", **{"class": "meta"}) == shown


def test_title_with_markup_is_escaped(client):
    question = make_question(title='<script>alert("1")</script>')
    page = get(client, address_of(question))
    assert page.text("h1") == '<script>alert("1")</script>'
    assert "<script>alert" not in client.get(address_of(question)).content.decode()


@pytest.mark.parametrize("number", [0, 1, 3])
def test_question_page_makes_one_query(client, django_assert_num_queries, number):
    question = make_question(seo_keywords=", ".join(f"word {n}" for n in range(number)))
    make_related(question, *(make_question() for _ in range(number)))
    Tag.objects.update(count=5)
    # the question with subject, author and canonical page, its tags, and all that it links to
    with django_assert_num_queries(1):
        page = get(client, address_of(question))
    assert len(page.all("span", **{"class": "note"})) == number
    assert len([link for link in links(page) if link.startswith("/topics/")]) == number


def related_links(page):
    return [link["href"] for link in page.all("a") if "related" in link["inside"]]


def test_related_questions_name_another_subject_only(client):
    question = make_question()
    near = make_question(subject=question.subject, title="Near?")
    far = make_question(title="Far?", subject=make_subject(title="Music"))
    make_related(question, near, far, question)
    page = get(client, address_of(question))
    assert page.text("section", id="related") == "Related questions Near? Far? Music"
    assert related_links(page) == [address_of(near), address_of(far)]


def test_related_question_that_is_a_copy_links_straight_to_the_canonical_page(client):
    question, canonical = make_question(), make_question()
    make_related(question, make_question(canonical=canonical))
    assert related_links(get(client, address_of(question))) == [address_of(canonical)]


def test_related_and_tags_are_left_out_where_there_are_none(client):
    question = make_question()
    make_related(question, make_question(status=Question.Status.DRAFT))
    page = get(client, address_of(question))
    assert page.all("section") == []


def test_topics_are_the_first_eight_keywords_that_have_a_page_in_their_order(client):
    words = ["zinc", "Ada's law", *(f"word {n}" for n in range(8))]
    question = make_question(seo_keywords=", ".join(["rare", *words]))
    for _ in range(4):
        make_question(seo_keywords=", ".join(words))
    store_totals()
    page = get(client, address_of(question))
    assert page.text("section", **{"class": "tags"}) == " ".join(["Topics", *words[:8]])
    shown = [link for link in links(page) if link.startswith("/topics/")]
    addresses = {tag.name: tag.get_absolute_url() for tag in question.tags.all()}
    assert shown == [addresses[word] for word in words[:8]]


def test_topics_are_left_out_where_no_keyword_has_a_page(client):
    question = make_question(seo_keywords="zinc, copper")
    store_totals()
    assert get(client, address_of(question)).all("section") == []


# --- what a question's page says about itself


@pytest.mark.parametrize(
    ("seo_title", "title"),
    [
        ("QuickTakes | Music", "What is C? | Answers"),
        ("QuickTakes | Music theory", "What is C? | Answers"),
        ("quicktakes | music", "What is C? | Answers"),
        ("", "What is C? | Answers"),
        ("QuickTakes | Musical notes", "QuickTakes | Musical notes"),
        ("The note C explained", "The note C explained"),
    ],
)
def test_title_is_the_editors_unless_it_is_only_the_pattern(client, site, seo_title, title):
    subject = make_subject(title="Music")
    question = make_question(
        title="What is C?", seo_title=seo_title, subject=subject, subject_label="Music theory"
    )
    assert get(client, address_of(question)).text("title") == title


LONG = "An answer about many things" + "." * 134


@pytest.mark.parametrize(
    ("imported", "shown"),
    [
        ("Four notes make it.", "Four notes make it."),
        (LONG[:160], LONG[:160]),
        (LONG, "It is the note C, the first of the scale."),
        ("", "It is the note C, the first of the scale."),
        ("  ", "It is the note C, the first of the scale."),
        ("This content explains C.", "It is the note C, the first of the scale."),
        ("The content explains C.", "It is the note C, the first of the scale."),
    ],
)
def test_description_is_the_imported_one_unless_it_is_poor(client, imported, shown):
    question = make_question(
        seo_description=imported, answer="It is the note C, the first of the scale."
    )
    page = get(client, address_of(question))
    assert (page.meta("description"), page.meta("og:description")) == (shown, shown)


def test_description_is_the_question_where_the_answer_has_no_sentence(client):
    question = make_question(title="Which?", answer="```\ncode\n```")
    assert get(client, address_of(question)).meta("description") == "Which?"


def test_head_of_a_question_names_its_address_on_the_site(client, site):
    question = make_question(title="What is C?", seo_keywords="notes, “scales”")
    page = get(client, address_of(question))
    url = f"https://site.example{question.path}"
    assert page.one("link", rel="canonical")["href"] == url
    assert page.meta("keywords") == "notes, “scales”"
    assert page.meta("robots") == "max-image-preview:large"
    assert {name: page.meta(f"og:{name}") for name in ("title", "type", "url", "site_name")} == {
        "title": "What is C?",
        "type": "article",
        "url": url,
        "site_name": "Answers",
    }


def test_head_of_a_question_tells_dates_and_what_a_citation_needs(client, site):
    question = make_question(title="What is “C” & D?")
    page = get(client, address_of(question))
    assert page.meta("article:published_time") == "2025-02-06T00:00:00+00:00"
    assert page.meta("article:modified_time") == "2025-02-06T00:00:00+00:00"
    names = ("title", "author", "publication_date", "fulltext_html_url", "language", "publisher")
    assert {name: page.meta(f"citation_{name}") for name in names} == {
        "title": "What is “C” & D?",
        "author": "QuickTakes",
        "publication_date": "2025/02/06",
        "fulltext_html_url": f"https://site.example{question.path}",
        "language": "en",
        "publisher": "Answers",
    }


@pytest.mark.parametrize("address", ["/", "/learn"])
def test_page_that_is_no_article_tells_no_dates_and_no_citation(client, address):
    page = get(client, address)
    names = [meta.get("name") or meta.get("property", "") for meta in page.all("meta")]
    assert not any(name.startswith(("citation_", "article:")) for name in names)


@pytest.mark.parametrize("hidden", ["question", "subject"])
def test_hidden_question_is_readable_with_noindex(client, hidden):
    subject = make_subject(is_listed=hidden != "subject")
    question = make_question(subject=subject, no_index=hidden == "question")
    assert get(client, address_of(question)).meta("robots") == "noindex"


@pytest.mark.parametrize(("answer", "count"), [("It is $x^2$.", 1), ("It is plain.", 0)])
def test_math_font_and_style_are_asked_for_only_where_there_are_formulas(client, answer, count):
    page = get(client, address_of(make_question(answer=answer)))
    fonts = page.all("link", rel="preload", type="font/woff2", **{"as": "font"})
    assert [("crossorigin" in font) for font in fonts] == [True] * count
    assert len(page.all("style")) == 2 + count
    assert page.all("link", rel="stylesheet") == []


# --- what answers at an address


def test_copy_redirects_to_its_canonical_page(client):
    canonical = make_question()
    copy = make_question(canonical=canonical)
    assert_moved(client.get(address_of(copy)), address_of(canonical))


def test_copy_answers_itself_while_its_canonical_page_is_not_published(client, site):
    copy = make_question(canonical=make_question(status=Question.Status.DRAFT))
    page = get(client, address_of(copy))
    assert page.one("link", rel="canonical")["href"] == f"https://site.example{copy.path}"


def test_scheduled_question_appears_at_its_moment(client):
    status, now = Question.Status.SCHEDULED, timezone.now()
    get(client, address_of(make_question(status=status, publish_at=now + HOUR)), 404)
    get(client, address_of(make_question(status=status, publish_at=now - HOUR)), 200)


def test_question_goes_when_its_window_is_over(client):
    now = timezone.now()
    get(client, address_of(make_question(unpublish_at=now + HOUR)), 200)
    get(client, address_of(make_question(unpublish_at=now - HOUR)), 404)


@pytest.mark.parametrize(
    ("status", "answer"),
    [("draft", 404), ("in_review", 404), ("unpublished", 404), ("trashed", 410)],
)
def test_question_in_another_state_cannot_be_seen(client, status, answer):
    question = make_question(status=status, title="A secret?")
    page = get(client, address_of(question), answer)
    assert "A secret?" not in page.one("html")["text"]


def test_removed_answer_says_so_and_links_its_subject(client):
    question = make_question(status=Question.Status.TRASHED)
    page = get(client, address_of(question), 410)
    assert page.text("h1") == "This answer was removed"
    assert question.subject.get_absolute_url() in links(page)


def test_live_page_beats_redirect_and_trash_at_its_address(client):
    trashed = make_question(status=Question.Status.TRASHED, uid=uuid.uuid4())
    live = make_question(subject=trashed.subject, slug=trashed.slug)
    Redirect.objects.create(old_path=address_of(live), question=make_question())
    get(client, address_of(live), 200)


def test_redirect_beats_trash_at_its_address(client):
    trashed, target = make_question(status=Question.Status.TRASHED), make_question()
    Redirect.objects.create(old_path=address_of(trashed), question=target)
    assert_moved(client.get(address_of(trashed)), address_of(target))


def test_trash_beats_a_page_elsewhere_with_the_same_slug(client):
    trashed = make_question(status=Question.Status.TRASHED)
    make_question(slug=trashed.slug)
    get(client, address_of(trashed), 410)


def test_old_address_redirects_to_the_question(client):
    question = make_question()
    Redirect.objects.create(old_path="/learn/old/questions/old", question=question)
    assert_moved(client.get("/learn/old/questions/old"), address_of(question))


def test_old_address_of_a_copy_redirects_straight_to_the_canonical_page(client):
    canonical = make_question()
    copy = make_question(canonical=canonical)
    Redirect.objects.create(old_path="/learn/old/questions/old", question=copy)
    assert_moved(client.get("/learn/old/questions/old"), address_of(canonical))


def test_slug_that_one_page_elsewhere_bears_redirects_there(client):
    question = make_question()
    assert_moved(client.get(f"/learn/wrong/questions/{question.slug}"), address_of(question))


def test_slug_that_two_pages_elsewhere_bear_gives_404(client):
    question = make_question()
    make_question(slug=question.slug)
    get(client, f"/learn/wrong/questions/{question.slug}", 404)


def test_unknown_question_shows_the_nearest_of_its_subject(client):
    subject = make_subject()
    for slug in ("a", "kelp", "what-is-a-cat", "what-is-a-cow", "what-is-a-dog", "why", "zoo"):
        make_question(subject=subject, slug=slug)
    make_question(subject=subject, slug="what-is-a-car", no_index=True)
    make_question(slug="what-is-a-crab")
    page = get(client, f"{subject.get_absolute_url()}/questions/what-is-a-cot", 404)
    slugs = [address.rpartition("/")[2] for address, _ in rows(page)]
    assert slugs == ["what-is-a-cow", "what-is-a-cat", "what-is-a-dog", "why", "kelp"]
    assert subject.get_absolute_url() in links(page)


def test_unknown_question_shows_what_its_words_find_mistyped_and_elsewhere(client):
    subject = make_question(slug="zebra").subject
    make_question(title="How do glaciers melt?", subject=make_subject(is_listed=False))
    make_question(title="Do glaciers move?", no_index=True)
    meant = make_question(title="How do glaciers carve valleys?")
    page = get(client, f"{subject.get_absolute_url()}/questions/glaciors-carving", 404)
    assert [address for address, _ in rows(page)] == [meant.get_absolute_url()]


@pytest.mark.parametrize("number", [1, 3])
def test_unknown_question_makes_fifteen_queries_at_most(
    client, django_assert_max_num_queries, number
):
    subject = make_subject()
    for _ in range(number):
        make_question(subject=subject, title="Of marble?")
    # the address; a redirect; the slug elsewhere; the search (eight, of rare words) and the rows of
    # what it found; the note for the desk, whether there is room for it, SQLite's patience down and
    # up again; the subjects
    with django_assert_max_num_queries(15):
        get(client, f"{subject.get_absolute_url()}/questions/marble", 404)


def test_nearest_questions_of_an_empty_subject_are_none():
    assert questions._nearest_questions(QuestionPath("none", "none")) == []
