"""The page beside the form, and links to it for people without an account."""

import datetime

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from learn import previews
from learn.admin.guarded import MAX_BYTES
from learn.models import Author, Question, RelatedQuestion, ShareLink
from tests.admin.builders import (
    add_url,
    change_url,
    list_url,
    make_question,
    make_related,
    make_subject,
    opened_form,
    send,
)

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"admin:learn_question_{name}", args=args)


def live(client, question, panel="page", /, **changes):
    data = opened_form(client, change_url("question", question.pk)) | changes | {"panel": panel}
    return client.post(url("live_one", question.pk), data)


def main_of(html):
    return html[html.index('<main id="main">') : html.index("</main>")]


def page_of(client, question):
    return client.get(str(question.path)).content.decode()


# --- the page


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": "Now **bold**.\n\n### Part\n\n$x^2$", "title": "What is osmosis now?"},
        {"seo_keywords": "water, membranes", "date": "2020-01-02", "post_on_text": "On"},
        {"slug": "zz", "origin": "reviewed", "reviewer": "Ada", "reviewed_on": "2025-01-01"},
    ],
)
def test_preview_is_the_page_as_it_will_be_published(admin_client, changes):
    question = make_question("what-is-osmosis", seo_keywords="water")
    for number in range(6):
        make_question(f"water-{number}", answer=f"Osmosis and water, {number}, in cells.")
    make_related(question, "/learn/biology/questions/water-3", "/learn/biology/questions/none")
    response = live(admin_client, question, **changes)
    preview = response.json()["page"]
    assert Question.objects.get(pk=question.pk).answer == question.answer
    saved = send(admin_client, change_url("question", question.pk), **changes)
    assert saved.status_code == 302
    question.refresh_from_db()
    assert main_of(preview) == main_of(page_of(admin_client, question))


def test_preview_of_a_new_question_is_the_page_as_it_will_be_published(admin_client):
    subject = make_subject()
    make_question("a-neighbour")
    Author.objects.get_or_create(name="QuickTakes")
    typed = {
        "title": "What is osmosis?",
        "slug": "what-is-osmosis",
        "subject": str(subject.pk),
        "answer": "Water goes through **membranes**.",
        "status": "published",
    }
    data = opened_form(admin_client, add_url("question")) | typed
    preview = admin_client.post(url("live"), data | {"panel": "page"}).json()["page"]
    assert not Question.objects.filter(slug="what-is-osmosis").exists()
    assert admin_client.post(add_url("question"), data).status_code == 302
    question = Question.objects.get(slug="what-is-osmosis")
    assert main_of(preview) == main_of(page_of(admin_client, question))


def test_preview_of_an_empty_form_stands_in_for_what_is_missing(admin_client):
    response = admin_client.get(url("preview"))
    assert response.status_code == 200
    assert "No subject yet" in response.content.decode()


def test_related_questions_that_were_typed_are_shown_in_their_order(admin_client):
    question = make_question()
    make_question("first", title="The first?")
    make_question("second", title="The second?")
    form = opened_form(admin_client, change_url("question", question.pk))
    rows = {
        "related_questions-TOTAL_FORMS": "2",
        "related_questions-0-position": "2",
        "related_questions-0-url": "/learn/biology/questions/second",
        "related_questions-1-position": "1",
        "related_questions-1-url": "https://quicktakes.example/learn/biology/questions/first/",
    }
    page = admin_client.post(url("live_one", question.pk), form | rows | {"panel": "page"}).json()[
        "page"
    ]
    related = page[page.index('id="related"') :]
    assert related.index("The first?") < related.index("The second?")
    assert not RelatedQuestion.objects.exists()


def test_field_that_is_not_as_it_must_be_keeps_its_stored_value(admin_client):
    question = make_question()
    page = live(admin_client, question, date="yesterday", slug="not a slug").json()["page"]
    assert 'datetime="2025-02-06"' in page


def test_what_the_page_says_to_search_engines_of_a_preview_is_noindex(admin_client):
    question = make_question()
    response = admin_client.get(url("preview_one", question.pk))
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_frame_is_allowed_for_the_preview_only_and_without_scripts(admin_client):
    question = make_question()
    preview = admin_client.get(url("preview_one", question.pk))
    policy = preview["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "sandbox allow-same-origin" in policy
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert 'type="module"' not in preview.content.decode()
    form = admin_client.get(change_url("question", question.pk))
    assert "frame-ancestors 'none'" in form["Content-Security-Policy"]
    assert "frame-src 'self'" in form["Content-Security-Policy"]
    assert form["X-Frame-Options"] == "DENY"
    assert "frame-src" not in admin_client.get(list_url("question"))["Content-Security-Policy"]


def test_live_answer_asks_the_database_as_often_for_few_and_for_many(admin_client):
    question = make_question(seo_keywords="a")
    counts = []
    for count in (1, 3):
        question.related_questions.all().delete()
        make_related(question, *(f"/learn/biology/questions/r-{n}" for n in range(count)))
        data = opened_form(admin_client, change_url("question", question.pk))
        with CaptureQueriesContext(connection) as queries:
            admin_client.post(url("live_one", question.pk), data | {"panel": "page"})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


# --- who may


def staff(*codenames):
    user = User.objects.create(username="staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


ADDRESSES = [
    ("post", "markdownify", False),
    ("post", "live", False),
    ("post", "live_one", True),
    ("get", "preview", False),
    ("get", "preview_one", True),
    ("post", "share", True),
]


@pytest.mark.parametrize(("method", "name", "of_one"), ADDRESSES)
@pytest.mark.parametrize("who", ["anonymous", "reader", "viewer"])
def test_address_is_closed_to_who_may_not_change_questions(who, method, name, of_one):
    question = make_question()
    client = Client() if who == "anonymous" else staff("view_question")
    if who == "reader":
        User.objects.update(is_staff=False)
    address = url(name, question.pk) if of_one else url(name)
    response = getattr(client, method)(address, {"content": "x", "share_days": "1"})
    assert response.status_code == 403
    assert not ShareLink.objects.exists()


def test_addresses_that_write_ask_for_the_token_of_the_form(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    for name in ("markdownify", "live"):
        assert client.post(url(name), {"content": "x"}).status_code == 403


def test_markdownx_is_sent_to_the_guarded_addresses(admin_client):
    html = admin_client.get(change_url("question", make_question().pk)).content.decode()
    assert url("markdownify") == settings.MARKDOWNX_URLS_PATH
    assert f'data-markdownx-urls-path="{settings.MARKDOWNX_URLS_PATH}"' in html
    assert "markdownx.js" not in html
    assert "markdownx.min.js" not in html
    assert admin_client.post("/markdownx/markdownify/", {"content": "x"}).status_code == 405


def test_markdownify_gives_the_html_of_the_page(admin_client):
    response = admin_client.post(url("markdownify"), {"content": "**x** <script>"})
    assert response.content.decode() == "<p><strong>x</strong> &lt;script&gt;</p>\n"
    assert admin_client.post(url("markdownify")).status_code == 400


def test_text_beyond_the_limit_is_refused_with_its_size(admin_client):
    text = "é" * (MAX_BYTES // 2 + 1)
    response = admin_client.post(url("markdownify"), {"content": text})
    assert response.status_code == 413
    assert "200 KB" in response.json()["error"]
    assert live(admin_client, make_question(), answer=text).status_code == 413


# --- shared previews


def shared(client, question, /, **changes):
    data = opened_form(client, change_url("question", question.pk)) | {"share_days": "7"} | changes
    response = client.post(url("share", question.pk), data)
    assert response.status_code == 200, response.content
    return ShareLink.objects.latest("pk")


def test_link_shows_strangers_what_the_form_held(admin_client):
    question = make_question(status=Question.Status.DRAFT, publish_at=None)
    link = shared(admin_client, question, answer="Only **typed**.")
    response = Client().get(previews.share_address(link))
    assert response.status_code == 200
    assert "Only <strong>typed</strong>." in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    question.refresh_from_db()
    assert "typed" not in question.answer
    assert Client().get(str(question.path)).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_links_that_work_are_listed_in_the_same_queries(
    admin_client, django_assert_num_queries, number
):
    question = make_question()
    for _ in range(number):
        link = shared(admin_client, question)
    with django_assert_num_queries(4):
        html = admin_client.get(url("share", question.pk)).json()["links"]
    assert html.count("<li>") == number
    assert previews.share_address(link) in html
    assert ShareLink.objects.count() == number


def test_link_is_gone_when_it_was_withdrawn(admin_client):
    question = make_question()
    link = shared(admin_client, question)
    response = admin_client.post(url("revoke", question.pk, link.pk))
    assert "No link works" in response.json()["links"]
    gone = Client().get(previews.share_address(link))
    assert gone.status_code == 404
    assert gone["Cache-Control"] == "no-store"
    messages = list(LogEntry.objects.values_list("change_message", flat=True))
    assert len(messages) == 2
    assert "Withdrew" in messages[0]


def test_link_is_gone_when_its_days_are_over(admin_client):
    link = shared(admin_client, make_question())
    address = previews.share_address(link)
    long_ago = timezone.now() - datetime.timedelta(days=9)
    ShareLink.objects.update(created_at=long_ago, expires_at=long_ago + datetime.timedelta(days=7))
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize(
    "forge", [lambda a: a[:-1] + "_", lambda a: a.replace(":", ":x"), str.upper]
)
def test_address_that_was_not_signed_here_leads_nowhere(admin_client, forge):
    link = shared(admin_client, make_question())
    assert Client().get(forge(previews.share_address(link))).status_code == 404


@pytest.mark.parametrize("days", ["", "0", "61", "many"])
def test_days_out_of_bounds_are_refused(admin_client, days):
    question = make_question()
    response = admin_client.post(url("share", question.pk), {"share_days": days})
    assert response.status_code == 400
    assert "60" in response.json()["error"]
    assert not ShareLink.objects.exists()


def test_link_of_another_question_is_not_withdrawn(admin_client):
    link = shared(admin_client, make_question())
    other = make_question("other")
    assert admin_client.post(url("revoke", other.pk, link.pk)).status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None
