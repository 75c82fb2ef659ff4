"""Requests that a page of another site sends in somebody's name."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from learn.models import Report, Subject
from tests.factories import make_question

pytestmark = pytest.mark.django_db

ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}


@pytest.fixture
def desk(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))
    return client


def test_form_of_the_desk_sent_by_another_site_is_refused_with_a_page(desk):
    values = {"title": "Evil", "slug": "evil"}
    response = desk.post("/admin/learn/subject/add/", values, headers=ELSEWHERE)
    assert response.status_code == 403
    html = response.content.decode()
    assert "<h1>This came from another site</h1>" in html
    assert "Back to the desk" in html
    assert not Subject.objects.exists()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_every_method_that_may_change_something_is_refused(client, method):
    response = getattr(client, method)("/saved/deck.apkg", headers=ELSEWHERE)
    assert response.status_code == 403


def test_login_and_logout_by_another_site_are_refused(desk):
    values = {"username": "ada", "password": "whatever"}
    assert Client().post("/admin/login/", values, headers=ELSEWHERE).status_code == 403
    assert desk.post("/admin/logout/", headers=ELSEWHERE).status_code == 403
    assert desk.get("/admin/").status_code == 200


def test_readers_form_sent_by_another_site_is_refused_in_the_readers_frame(client):
    question = make_question()
    address = f"{question.get_absolute_url()}/report"
    values = {"kind": "wrong", "text": "No.", "version": 1}
    response = client.post(address, values, headers=ELSEWHERE)
    assert response.status_code == 403
    html = response.content.decode()
    assert "<h1>This came from another site</h1>" in html
    assert "/admin/" not in html
    assert not Report.objects.exists()


@pytest.mark.parametrize("address", ["/admin/", "/admin/learn/subject/add/", "/learn"])
def test_link_from_another_site_is_followed(desk, address):
    assert desk.get(address, headers=ELSEWHERE).status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_form_of_this_site_and_of_a_browser_that_does_not_say_is_taken(desk, site):
    headers = {"Sec-Fetch-Site": site} if site else {}
    values = {"title": "Physics", "slug": "physics", "is_listed": "on"}
    response = desk.post("/admin/learn/subject/add/", values, headers=headers)
    assert response.status_code == 302, response.content.decode()
    assert Subject.objects.get().slug == "physics"


def test_browser_that_does_not_say_still_needs_the_token(db):
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("ada"))
    response = client.post("/admin/learn/subject/add/", {"title": "Evil", "slug": "evil"})
    assert response.status_code == 403
    html = response.content.decode()
    assert "<h1>This form is no longer valid</h1>" in html
    assert "Back to the desk" in html
    assert not Subject.objects.exists()


def test_origin_that_the_site_trusts_is_no_other_site(desk, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://desk.example"]
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://desk.example"}
    values = {"title": "Physics", "slug": "physics"}
    response = desk.post("/admin/learn/subject/add/", values, headers=headers)
    assert response.status_code == 302
