"""The language of the desk."""

import re

import pytest
from django.test import Client
from django.utils.translation import get_language

from tests.factories import make_question

pytestmark = pytest.mark.django_db

SPANISH = {"Accept-Language": "es-MX, es;q=0.9, en;q=0.5"}


@pytest.fixture
def desk(client: Client, admin_user):
    client.force_login(admin_user)
    return client


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/learn/question/", "/admin/learn/question/add/", "/admin/login/"]
)
@pytest.mark.parametrize(("asked", "language"), [("es-MX, en;q=0.5", "es"), ("en", "en")])
def test_desk_speaks_the_language_of_its_user(client, admin_user, address, asked, language):
    if "login" not in address:
        client.force_login(admin_user)
    response = client.get(address, headers={"Accept-Language": asked})
    html = response.content.decode()
    assert f'<html lang="{language}" dir="ltr"' in html
    assert ("Redacción de QuickTakes" in html) is (language == "es")
    assert "Accept-Language" in response["Vary"]
    assert response["Content-Language"] == language


@pytest.mark.parametrize("language", ["en", "es"])
def test_desk_speaks_the_sites_language_where_the_users_is_not_shipped(desk, settings, language):
    settings.LANGUAGE_CODE = language
    html = desk.get("/admin/", headers={"Accept-Language": "fr, ja;q=0.5"}).content.decode()
    assert f'<html lang="{language}"' in html


def test_forms_lists_and_messages_of_the_desk_are_in_spanish(desk):
    question = make_question()
    form = desk.get(f"/admin/learn/question/{question.pk}/change/", headers=SPANISH)
    for words in ("Nota para el historial", "Buscadores", "Lo que mantiene el sitio", "publicada"):
        assert words in form.content.decode()
    answer = re.search(r'<textarea name="answer"[^>]*>', form.content.decode())
    assert answer
    assert 'lang="en"' in answer[0]
    data = {
        "action": "unpublish",
        "_selected_action": [question.pk, make_question(status="draft").pk],
    }
    done = desk.post("/admin/learn/question/", data, headers=SPANISH, follow=True)
    assert "Se retiró 1 pregunta. 1 sin tocar" in done.content.decode()


def test_reader_after_an_editor_in_the_same_thread_is_served_in_the_sites_language(desk):
    desk.get("/admin/", headers=SPANISH)
    assert get_language() == "en"
    response = desk.get("/learn", headers=SPANISH)
    assert '<html lang="en">' in response.content.decode()
    assert "Vary" not in response


def test_reader_is_served_in_the_sites_language_after_an_editors_request_that_failed(desk):
    desk.raise_request_exception = False
    desk.post("/admin/learn/question/1/change/?_to_field=secret", headers=SPANISH)
    assert desk.get("/admin/nothing/", headers=SPANISH).status_code == 404
    assert get_language() == "en"


def test_page_that_asks_for_more_gets_its_own_policy_and_no_other_does(desk):
    """The usual header is written once; what a view adds to it must stay with that view."""
    question = make_question()
    form = f"/admin/learn/question/{question.pk}/change/"
    usual = desk.get("/admin/")["Content-Security-Policy"]
    assert "frame-src" not in usual
    assert "frame-src 'self'" in desk.get(form)["Content-Security-Policy"]
    assert desk.get("/admin/")["Content-Security-Policy"] == usual
    reader = Client().get(question.get_absolute_url())["Content-Security-Policy"]
    assert "trusted-types 'none'" in reader
    assert "trusted-types" not in usual


def test_policy_follows_the_settings(settings):
    address = make_question().get_absolute_url()
    before = Client().get(address)["Content-Security-Policy"]
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "media-src": ["'self'"]}}
    after = Client().get(address)["Content-Security-Policy"]
    assert "media-src" not in before
    assert "media-src 'self'" in after


def test_policy_is_written_in_one_order_by_all_processes():
    policy = Client().get(make_question().get_absolute_url())["Content-Security-Policy"]
    directives = policy.split("; ")
    assert directives == sorted(directives)
    assert len(directives) > 5
