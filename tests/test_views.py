import datetime
import re
import uuid
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from learn import views
from learn.models import Question, Redirect
from learn.models.path import QuestionPath
from tests.factories import make_question, make_related, make_subject

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
VOID = {"meta", "link", "br", "hr", "img", "input", "wbr", "source"}


class Markup(HTMLParser):
    """A page as a flat list: every element with its attributes and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.unbalanced = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop()["tag"] != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag, **attributes):
        return [
            element
            for element in self.elements
            if element["tag"] == tag and attributes.items() <= element.items()
        ]

    def one(self, tag, **attributes):
        (element,) = self.all(tag, **attributes)
        return element

    def text(self, tag, **attributes):
        return " ".join(self.one(tag, **attributes)["text"].split())

    def meta(self, name):
        found = self.all("meta", name=name) + self.all("meta", property=name)
        return found[0]["content"] if found else None


def get(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return Markup(response.content.decode())


def address_of(question):
    return str(question.path)


def links(markup):
    return [link["href"] for link in markup.all("a")]


@pytest.fixture
def site(settings):
    settings.SITE_URL, settings.SITE_NAME = "https://site.example", "Answers"
    return settings


# --- every page


@pytest.fixture
def every_page(db):
    """Name -> (address, status) of one page of each kind."""
    question = make_question(answer="First **bold**.\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    make_related(question, make_question())
    trashed = make_question(status=Question.Status.TRASHED)
    subject = question.subject.get_absolute_url()
    return {
        "home": ("/", 200),
        "subject_list": ("/learn", 200),
        "subject_detail": (subject, 200),
        "question_detail": (address_of(question), 200),
        "404": (f"{subject}/questions/none", 404),
        "410": (address_of(trashed), 410),
    }


PAGES = ["home", "subject_list", "subject_detail", "question_detail", "404", "410"]


@pytest.mark.parametrize("name", PAGES)
def test_page_has_its_status_and_one_of_each_landmark(client, every_page, name):
    page = get(client, *every_page[name])
    assert page.one("html")["lang"] == "en"
    assert page.one("a", **{"class": "skip"})["href"] == "#" + page.one("main")["id"]
    assert page.text("h1")
    assert page.text("title")
    assert len(page.all("header")) == len(page.all("footer")) == 1
    assert page.all("nav", **{"aria-label": "Site"})


@pytest.mark.parametrize("name", PAGES)
def test_page_is_well_formed_with_unique_ids_and_no_level_of_headings_left_out(
    client, every_page, name
):
    page = get(client, *every_page[name])
    assert (page.unbalanced, page.open) == ([], [])
    ids = [element["id"] for element in page.elements if "id" in element]
    assert len(ids) == len(set(ids))
    levels = [int(e["tag"][1]) for e in page.elements if re.fullmatch("h[1-6]", e["tag"])]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_page_holds_nothing_inline_and_no_script(client, every_page, name):
    page = get(client, *every_page[name])
    assert page.all("script") == page.all("style") == []
    inline = [e for e in page.elements for key in e if key == "style" or key.startswith("on")]
    assert inline == []


@pytest.mark.parametrize("name", PAGES)
def test_page_touches_neither_session_nor_cookies(client, every_page, name):
    address, status = every_page[name]
    client.cookies["sessionid"] = "a-visitor-from-the-desk"
    response = client.get(address)
    assert (response.status_code, response.cookies) == (status, {})
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("name", PAGES)
def test_page_refuses_other_methods_with_405(every_page, name, method):
    address, _ = every_page[name]
    client = Client(enforce_csrf_checks=True)
    response = getattr(client, method)(address)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("name", PAGES)
def test_page_answers_head_as_get_without_a_body(client, every_page, name):
    address, status = every_page[name]
    response = client.head(address)
    assert (response.status_code, response.content) == (status, b"")


@pytest.mark.parametrize("debug", [True, False])
def test_unknown_path_gives_the_sites_own_404_with_debug_on_or_off(client, settings, debug):
    settings.DEBUG = debug
    make_subject(slug="music", title="Music")
    page = get(client, "/nothing/here", 404)
    assert page.text("h1") == "This page does not exist"
    assert "/learn/music" in links(page)


def test_server_error_page_needs_neither_database_nor_context(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = views.server_error(rf.get("/"))
    assert response.status_code == 500
    assert response.content.decode() == render_to_string("500.html")
    assert "Something went wrong" in response.content.decode()


# --- home


def test_home_lists_listed_subjects_with_counts_by_title(client):
    second = make_subject(title="Zoology")
    first = make_subject(title="Art")
    make_subject(title="Hidden", is_listed=False)
    make_question(subject=second)
    make_question(subject=second, no_index=True)
    page = get(client, "/")
    assert [e["text"].split() for e in page.all("li")[:2]] == [["Art", "0"], ["Zoology", "1"]]
    assert first.get_absolute_url() in links(page)
    assert "Hidden" not in page.one("main")["text"]


def test_home_shows_the_newest_ten_of_what_lists_show(client):
    subject = make_subject()
    moments = [timezone.now() - n * HOUR for n in range(1, 13)]
    questions = [make_question(subject=subject, publish_at=moment) for moment in moments]
    make_question(subject=make_subject(is_listed=False), publish_at=moments[0])
    make_question(subject=subject, publish_at=moments[0], no_index=True)
    make_question(subject=subject, publish_at=moments[0], canonical=questions[5])
    shown = [link for link in links(get(client, "/")) if "/questions/" in link]
    assert shown == [address_of(question) for question in questions[:10]]


@pytest.mark.parametrize("rows", [1, 3])
def test_home_makes_three_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        make_question()
    # the counts by subject; the listed subjects; the newest questions
    with django_assert_num_queries(3):
        get(client, "/")


# --- /learn


def test_subject_list_shows_title_count_and_description_of_listed_subjects(client):
    subject = make_subject(title="Music", description="From scales to symphonies.")
    make_subject(title="Hidden", is_listed=False)
    make_question(subject=subject)
    page = get(client, "/learn")
    assert page.text("ul", **{"class": "subjects"}) == "Music 1 question From scales to symphonies."


@pytest.mark.parametrize("rows", [1, 3])
def test_subject_list_makes_two_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        make_question()
    # the counts by subject; the listed subjects
    with django_assert_num_queries(2):
        get(client, "/learn")


# --- a subject


def rows(page):
    """(address, title) of the questions that a list shows."""
    (element,) = page.all("ul", **{"class": "rows"})
    assert element
    return [(a["href"], a["text"]) for a in page.all("a") if "/questions/" in a["href"]]


def test_subject_shows_its_questions_by_slug_with_their_number_and_summary(client):
    subject = make_subject(title="Music")
    second = make_question(subject=subject, slug="b-flat", title="B flat?")
    first = make_question(subject=subject, slug="b", title="B?", answer="A note with a name.")
    make_question()
    page = get(client, subject.get_absolute_url())
    assert rows(page) == [(address_of(first), "B?"), (address_of(second), "B flat?")]
    assert page.text("h1") == "Music"
    assert page.text("h2", id="questions") == "All questions (2)"
    assert [e["text"] for e in page.all("span", **{"class": "summary"})] == [
        first.summary,
        second.summary,
    ]


def test_subject_leaves_out_what_readers_cannot_see_and_what_is_hidden_from_lists(client):
    subject, now = make_subject(), timezone.now()
    shown = make_question(subject=subject, slug="a")
    due = make_question(
        subject=subject, slug="b", status=Question.Status.SCHEDULED, publish_at=now - HOUR
    )
    make_question(subject=subject, status=Question.Status.SCHEDULED, publish_at=now + HOUR)
    make_question(subject=subject, unpublish_at=now - HOUR)
    make_question(subject=subject, no_index=True)
    for status in set(Question.Status) - set(Question.PUBLIC_STATUSES):
        make_question(subject=subject, status=status)
    page = get(client, subject.get_absolute_url())
    assert [address for address, _ in rows(page)] == [address_of(shown), address_of(due)]
    assert page.text("h2", id="questions") == "All questions (2)"


def test_subject_links_a_copy_straight_to_its_canonical_page(client):
    canonical = make_question()
    copy = make_question(title=canonical.title, canonical=canonical)
    page = get(client, copy.subject.get_absolute_url())
    assert rows(page) == [(address_of(canonical), copy.title)]


def test_subject_links_a_copy_to_itself_while_its_canonical_page_is_not_published(client):
    canonical = make_question(status=Question.Status.UNPUBLISHED)
    copy = make_question(canonical=canonical)
    page = get(client, copy.subject.get_absolute_url())
    assert rows(page) == [(address_of(copy), copy.title)]


def test_subject_without_questions_says_so(client):
    page = get(client, make_subject().get_absolute_url())
    assert "There are no questions here yet." in page.one("main")["text"]


def test_unknown_subject_gives_404(client):
    get(client, "/learn/nothing", 404)


def test_listed_subject_is_canonical_and_open_to_search_engines(client, site):
    subject = make_subject(slug="music", title="Music", description="Scales.")
    page = get(client, subject.get_absolute_url())
    assert page.text("title") == "Music: questions and answers | Answers"
    assert page.one("link", rel="canonical")["href"] == "https://site.example/learn/music"
    assert (page.meta("robots"), page.meta("description")) == (None, "Scales.")


def test_unlisted_subject_is_readable_with_noindex_and_canonical(client, site):
    subject = make_subject(slug="music", is_listed=False)
    question = make_question(subject=subject)
    page = get(client, "/learn/music")
    assert page.meta("robots") == "noindex"
    assert page.one("link", rel="canonical")["href"] == "https://site.example/learn/music"
    assert rows(page) == [(address_of(question), question.title)]


@pytest.mark.parametrize("number", [1, 3])
def test_subject_page_makes_three_queries(client, django_assert_num_queries, number):
    subject = make_subject()
    for _ in range(number):
        make_question(subject=subject, canonical=make_question())
    # the subject; how many questions; the page's questions with their canonical pages
    with django_assert_num_queries(3):
        get(client, subject.get_absolute_url())


@pytest.fixture
def long_subject(monkeypatch):
    """A subject of five questions, two a page."""
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    subject = make_subject(slug="music", title="Music", description="Scales.")
    for letter in "abcde":
        make_question(subject=subject, slug=letter)
    return subject


def test_page_size_is_fifty():
    assert views.PAGE_SIZE == 50


@pytest.mark.parametrize(
    ("address", "slugs"),
    [("/learn/music", "ab"), ("/learn/music?page=2", "cd"), ("/learn/music?page=3", "e")],
)
def test_each_page_of_a_subject_holds_its_part(client, long_subject, address, slugs):
    page = get(client, address)
    assert [question for question, _ in rows(page)] == [
        f"/learn/music/questions/{slug}" for slug in slugs
    ]


def test_second_page_names_its_number_and_is_its_own_canonical(client, site, long_subject):
    page = get(client, "/learn/music?page=2&utm_source=x")
    assert page.text("title") == "Music: questions and answers | Answers – page 2"
    assert page.one("link", rel="canonical")["href"] == "https://site.example/learn/music?page=2"
    assert page.meta("og:url") == "https://site.example/learn/music?page=2"
    assert page.meta("description") == "Scales. (page 2)"


@pytest.mark.parametrize(
    "number", ["0", "4", "-1", "abc", "", "02", "1.0", "+2", "٢", "9" * 5000, "2%00"]
)
def test_page_that_does_not_exist_gives_404(client, long_subject, number):
    get(client, f"/learn/music?page={number}", 404)


def test_first_page_by_number_redirects_to_the_bare_address(client, long_subject):
    assert_moved(client.get("/learn/music?page=1"), "/learn/music")


def test_pager_links_neighbours_and_ends_with_plain_addresses(client, long_subject):
    page = get(client, "/learn/music?page=2")
    assert page.one("a", rel="prev")["href"] == "/learn/music"
    assert page.one("a", rel="next")["href"] == "/learn/music?page=3"
    assert page.text("a", href="/learn/music?page=2", **{"aria-current": "page"}) == "2"


def test_pager_is_left_out_where_there_is_one_page(client):
    page = get(client, make_question().subject.get_absolute_url())
    assert page.all("nav", **{"class": "pager"}) == []


@pytest.mark.parametrize(
    ("number", "last", "pager"),
    [
        (1, 1, []),
        (1, 2, [1, 2]),
        (3, 5, [1, 2, 3, 4, 5]),
        (1, 12, [1, 2, None, 10, None, 12]),
        (25, 34, [1, None, 10, None, 20, None, 24, 25, 26, None, 30, None, 34]),
        (40, 40, [1, None, 10, None, 20, None, 30, None, 39, 40]),
    ],
)
def test_pager_holds_ends_neighbours_and_every_tenth_page(number, last, pager):
    pages = views.Paginator(range(last), 1)
    assert views._pager(pages.page(number)) == pager


# --- a question


def test_question_page_has_the_markup_that_checks_rely_on(client):
    question = make_question(title="What is *it*?", answer="It is **this**.\n\n### Why\n\nSo.")
    page = get(client, address_of(question))
    assert page.text("h1") == "What is *it*?"
    assert page.text("article", id="answer") == "It is this. Why So."
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
    shown = f"{question.subject} Posted on Feb 06, 2025 {line}".strip()
    assert page.text("p", **{"class": "meta"}) == shown


def test_title_with_markup_is_escaped(client):
    question = make_question(title='<script>alert("1")</script>')
    page = get(client, address_of(question))
    assert page.text("h1") == '<script>alert("1")</script>'
    assert page.all("script") == []


@pytest.mark.parametrize("number", [0, 1, 3])
def test_question_page_makes_three_queries(client, django_assert_num_queries, number):
    question = make_question(seo_keywords=", ".join(f"word {n}" for n in range(number)))
    make_related(question, *(make_question() for _ in range(number)))
    # the question with subject, author and canonical page; the related ones; the tags
    with django_assert_num_queries(3):
        page = get(client, address_of(question))
    assert len(page.all("span", **{"class": "note"})) == number


def test_related_questions_name_another_subject_only(client):
    question = make_question()
    near = make_question(subject=question.subject, title="Near?")
    far = make_question(title="Far?", subject=make_subject(title="Music"))
    make_related(question, near, far, question)
    page = get(client, address_of(question))
    assert page.text("section", id="related") == "Related questions Near? Far? Music"
    assert links(page)[-2:] == [address_of(near), address_of(far)]


def test_related_question_that_is_a_copy_links_straight_to_the_canonical_page(client):
    question, canonical = make_question(), make_question()
    make_related(question, make_question(canonical=canonical))
    assert links(get(client, address_of(question)))[-1] == address_of(canonical)


def test_related_and_tags_are_left_out_where_there_are_none(client):
    question = make_question()
    make_related(question, make_question(status=Question.Status.DRAFT))
    page = get(client, address_of(question))
    assert page.all("section") == []


def test_tags_are_the_first_eight_keywords_in_order_without_links(client):
    words = ["zinc", "Ada's law", *(f"word {n}" for n in range(8))]
    page = get(client, address_of(make_question(seo_keywords=", ".join(words))))
    assert page.text("section", **{"class": "tags"}) == " ".join(["Topics", *words[:8]])
    assert not any(link.startswith("/topics") for link in links(page))


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
    assert page.meta("robots") is None
    assert {name: page.meta(f"og:{name}") for name in ("title", "type", "url", "site_name")} == {
        "title": "What is C?",
        "type": "article",
        "url": url,
        "site_name": "Answers",
    }


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
    styles = [link["href"] for link in page.all("link", rel="stylesheet")]
    assert len([style for style in styles if "math" in style]) == count


# --- what answers at an address


def assert_moved(response, address):
    """One hop, remembered for five minutes."""
    assert (response.status_code, response["Location"]) == (301, address)
    assert response["Cache-Control"] == "max-age=300"
    assert response.cookies == {}


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


def test_unknown_question_makes_six_queries(client, django_assert_num_queries):
    subject = make_question().subject
    make_question(subject=subject)
    # the address; a redirect; the slug elsewhere; neighbours before, after; the subjects
    with django_assert_num_queries(6):
        get(client, f"{subject.get_absolute_url()}/questions/none", 404)


# --- clean-ups


@pytest.fixture
def music(db):
    """A live page, a copy, a moved one, a removed one."""
    subject = make_subject(slug="music")
    question = make_question(subject=subject, slug="what-is-c")
    make_question(subject=subject, slug="copy-of-c", canonical=question)
    make_question(subject=subject, slug="gone", status=Question.Status.TRASHED)
    Redirect.objects.create(old_path="/learn/music/questions/old-c", question=question)


C = "/learn/music/questions/what-is-c"


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("/learn/", "/learn"),
        ("/learn///", "/learn"),
        ("/LEARN", "/learn"),
        ("/learn.html", "/learn"),
        ("/learn/?utm_source=x&page=2", "/learn?utm_source=x&page=2"),
        ("/learn/music/", "/learn/music"),
        ("/learn/Music.html/", "/learn/music"),
        ("/learn/music/?page=1", "/learn/music"),
        (f"{C}/", C),
        (f"{C}//", C),
        (f"{C}.html", C),
        (f"{C}.HTML/", C),
        ("/learn/music/questions/What-Is-C", C),
        ("/Learn/Music/Questions/What-is-C.html/", C),
        ("/learn/music/questions/copy-of-c", C),
        ("/learn/music/questions/Copy-of-C.html", C),
        ("/learn/music/questions/old-c", C),
        ("/learn/music/questions/OLD-C/", C),
        ("/learn/elsewhere/questions/What-is-C/", C),
        ("/index.html/", None),
        ("/learn/nothing/", None),
        ("/learn/Nothing", None),
        ("/learn/music/?page=0", None),
        ("/learn/Music?page=2", None),
        ("/learn/music/questions/nothing.html", None),
        ("/learn/music/questions/", None),
        ("/learn//music", None),
        ("/learn/music/.html", None),
        ("/learn/music.html.html", None),
        ("/learn/music/questions/undefined/learn/Music", None),
        ("/ADMIN", None),
        ("/\\evil.example", None),
        ("/%5cevil.example/", None),
        ("/%2f%2fevil.example/", None),
        ("/%2fevil.example/..", None),
        ("/https://evil.example/", None),
        ("/learn/%00", None),
        ("/learn/music%00/", None),
        ("/learn/music%0d%0aSet-Cookie:a=b/", None),
        (f"{C}%0a", None),
        ("/learn/%ff%fe/", None),
        ("/%F0%9F%98%80/", None),
    ],
)
def test_other_spelling_redirects_once_to_the_final_address_or_gives_404(
    client, music, asked, address
):
    response = client.get(asked)
    if address is None:
        assert response.status_code == 404
        assert "Location" not in response
    else:
        assert_moved(response, address)
        assert client.get(address.split("?")[0]).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/",
        "///evil.example/",
        "//evil.example/learn/",
        "//learn/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "/learn/music\x00/",
        "/learn/music\r\n/",
        "\n/learn/",
    ],
)
def test_path_that_a_browser_could_take_for_another_site_gives_404(client, music, path):
    response = client.get("/", PATH_INFO=path)
    assert response.status_code == 404
    assert "Location" not in response


def test_clean_up_keeps_the_page_number(client, long_subject):
    assert_moved(client.get("/learn/Music/?page=2"), "/learn/music?page=2")


def test_clean_up_of_a_removed_answers_address_gives_410(client, music):
    get(client, "/learn/music/questions/Gone.html", 410)


def test_clean_up_of_an_unknown_slug_shows_the_nearest_questions(client, music):
    page = get(client, "/learn/music/questions/What-is-C-sharp/", 404)
    assert C in links(page)


def test_query_with_control_characters_cannot_split_the_redirect(client, music):
    response = client.get(C + "/", QUERY_STRING="a=b\r\nSet-Cookie: a=b")
    assert response.status_code == 301
    assert "\n" not in response["Location"]
    assert "Set-Cookie" not in response


def test_head_of_another_spelling_redirects_too(client, music):
    assert_moved(client.head(f"{C}/"), C)


def test_nearest_questions_of_an_empty_subject_are_none():
    assert views._nearest_questions(QuestionPath("none", "none")) == []
