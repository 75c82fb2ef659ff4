"""An address that changes, and one that another question had before."""

import pytest
from django.test import Client

from learn.models import Author, Question, Redirect
from tests.admin.builders import (
    add_url,
    change_url,
    errors_of,
    list_url,
    make_question,
    make_subject,
    send,
)
from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db

Status = Question.Status


def rename(client: Client, question: Question, slug: str) -> None:
    response = send(client, change_url("question", question.pk), slug=slug)
    assert response.status_code == 302, errors_of(response)


def moved_to(client: Client, slug: str) -> str:
    """Where the old address sends to, in one hop."""
    response = client.get(f"/learn/biology/questions/{slug}")
    assert response.status_code == 301
    return response["Location"].rpartition("/")[2]


def write(client: Client, slug: str, **changes: object):
    return send(
        client,
        add_url("question"),
        title="New?",
        answer="New.",
        subject=make_subject().pk,
        author=Author.objects.get().pk,
        slug=slug,
        **changes,
    )


def test_chain_of_names_is_one_hop_to_the_last(admin_client: Client, client: Client) -> None:
    question = make_question("a")
    rename(admin_client, question, "b")
    rename(admin_client, question, "c")
    assert moved_to(client, "a") == moved_to(client, "b") == "c"
    assert client.get("/learn/biology/questions/c").status_code == 200


def test_name_taken_back_leaves_no_loop(admin_client: Client, client: Client) -> None:
    question = make_question("a")
    rename(admin_client, question, "b")
    rename(admin_client, question, "a")
    assert client.get("/learn/biology/questions/a").status_code == 200
    assert moved_to(client, "b") == "a"


def test_change_of_subject_redirects_too(admin_client: Client, client: Client) -> None:
    question = make_question("a")
    zoology = make_subject("zoology")
    send(admin_client, change_url("question", question.pk), subject=zoology.pk)
    response = client.get("/learn/biology/questions/a")
    assert (response.status_code, response["Location"]) == (301, "/learn/zoology/questions/a")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW])
def test_name_that_was_never_public_leaves_no_redirect(admin_client: Client, status: str) -> None:
    question = make_question("a", status=status, publish_at=None)
    rename(admin_client, question, "b")
    assert not Redirect.objects.exists()


# --- an address that redirects already


@pytest.fixture
def renamed(admin_client: Client, client: Client) -> Question:
    """Was at /a, is at /b; three visitors came by the old link."""
    question = make_question("a")
    rename(admin_client, question, "b")
    for _ in range(3):
        moved_to(client, "a")
    return question


def test_new_question_is_asked_before_it_takes_over_a_redirect(
    admin_client: Client, client: Client, renamed: Question
) -> None:
    response = write(admin_client, "a", status=Status.PUBLISHED)
    assert errors_of(response) == {
        "slug": [
            f'This address was that of <a href="{change_url("question", renamed.pk)}">A?</a> and '
            "leads there now. Saving takes over a redirect (3 hits): tick “Take over the "
            "redirect” below if you mean it, or choose another slug."
        ]
    }
    assert 'name="takes_over_redirect"' in response.content.decode()
    assert Question.objects.count() == 1

    response = write(admin_client, "a", status=Status.PUBLISHED, takes_over_redirect="on")
    assert response.status_code == 302
    page = client.get("/learn/biology/questions/a")
    assert page.status_code == 200
    assert "New?" in page.content.decode()


def test_question_of_another_subject_that_nobody_sees_is_not_named(renamed: Question) -> None:
    Question.objects.filter(pk=renamed.pk).update(
        subject=make_subject("physics"), status=Status.DRAFT, title="A secret?"
    )
    limited = client_of(make_user("kim", "publisher", make_subject()))
    response = write(limited, "a")
    (error,) = errors_of(response)["slug"]
    assert error.startswith("This address was that of a question of another subject and leads")
    assert "secret" not in response.content.decode()


def test_question_that_is_renamed_to_an_old_address_is_asked_too(
    admin_client: Client, renamed: Question
) -> None:
    other = make_question("other")
    response = send(admin_client, change_url("question", other.pk), slug="a")
    assert "takes over a redirect (3 hits)" in errors_of(response)["slug"][0]
    response = send(
        admin_client, change_url("question", other.pk), slug="a", takes_over_redirect="on"
    )
    assert response.status_code == 302


def test_question_that_holds_the_address_already_is_not_asked_again(
    admin_client: Client, renamed: Question
) -> None:
    write(admin_client, "a", takes_over_redirect="on")
    taker = Question.objects.get(slug="a")
    response = send(admin_client, change_url("question", taker.pk), answer="Edited.")
    assert response.status_code == 302


def test_page_that_is_taken_over_leads_on_to_the_taker_when_that_is_renamed(
    admin_client: Client, client: Client, renamed: Question
) -> None:
    write(admin_client, "a", status=Status.PUBLISHED, takes_over_redirect="on")
    rename(admin_client, Question.objects.get(slug="a"), "c")
    assert moved_to(client, "a") == "c"
    assert client.get("/learn/biology/questions/b").status_code == 200


def test_box_is_not_shown_where_nothing_redirects(admin_client: Client, renamed: Question) -> None:
    html = admin_client.get(add_url("question")).content.decode()
    assert "takes_over_redirect" not in html
    html = send(admin_client, change_url("question", renamed.pk), slug="No Slug").content.decode()
    assert "takes_over_redirect" not in html


# --- redirects by hand


def test_list_shows_the_hits(admin_client: Client, renamed: Question) -> None:
    html = admin_client.get(list_url("redirect")).content.decode()
    assert '<td class="field-hits">3</td>' in html


def test_second_redirect_from_one_address_is_refused_with_the_first(
    admin_client: Client, renamed: Question
) -> None:
    first = Redirect.objects.get()
    response = send(admin_client, add_url("redirect"), old_path=first.old_path, question=renamed.pk)
    assert errors_of(response) == {
        "old_path": [
            f'This address leads to “A?” already. <a href="{change_url("redirect", first.pk)}">'
            "Change that redirect</a> instead: an address leads to one place."
        ]
    }
    response = send(admin_client, change_url("redirect", first.pk), question=renamed.pk)
    assert response.status_code == 302
