import io

import pytest
from PIL import Image

from learn.models import Question
from learn.share_images import question_image, site_image
from tests.factories import make_question
from tests.views.markup import address_of, assert_moved, get

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["site", "question"])
def test_picture_is_a_png_that_caches_keep_and_other_sites_may_show(client, name):
    image = site_image() if name == "site" else question_image(make_question())
    response = client.get(image.address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(response.content)).size == (1200, 675)
    assert len(response.content) < 300 * 1024
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.cookies == {}


def test_picture_that_the_visitor_has_is_not_sent_again(client):
    image = site_image()
    etag = client.get(image.address)["ETag"]
    again = client.get(image.address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert "immutable" in again["Cache-Control"]


def test_picture_takes_one_query(client, django_assert_num_queries):
    image = question_image(make_question())
    with django_assert_num_queries(1):
        assert client.get(image.address).status_code == 200


@pytest.mark.parametrize("status", ["draft", "in_review", "unpublished", "trashed"])
def test_question_that_readers_cannot_see_has_no_picture(client, status):
    get(client, question_image(make_question(status=status)).address, 404)


def test_address_of_an_older_picture_leads_to_the_present_one(client):
    question = make_question(title="Old?")
    old = question_image(question).address
    Question.objects.update(question="New?")
    question.refresh_from_db()
    assert_moved(client.get(old), question_image(question).address)


def test_picture_of_a_copy_is_that_of_the_canonical_page(client):
    canonical = make_question()
    copy = make_question(canonical=canonical)
    assert_moved(client.get(question_image(copy).address), question_image(canonical).address)


@pytest.mark.parametrize(
    "name", [f"{'a' * 32}-{'0' * 16}", "site-1", "-", "site", f"{'g' * 32}-{'0' * 16}"]
)
def test_any_other_name_gives_404(client, name):
    get(client, f"/og/{name}.png", 404)


@pytest.mark.parametrize("address", ["/", "/learn"])
def test_other_pages_name_the_picture_of_the_site(client, site, address):
    page = get(client, address)
    assert page.meta("og:image") == site_image().url
    assert page.meta("og:image:alt") == site.SITE_DESCRIPTION


def test_question_page_names_its_picture_with_size_and_text(client, site):
    question = make_question(title="What is “C”?")
    page = get(client, address_of(question))
    names = ("image", "image:width", "image:height", "image:alt")
    assert [page.meta(f"og:{name}") for name in names] == [
        question_image(question).url,
        "1200",
        "675",
        "What is “C”?",
    ]
    assert page.meta("twitter:card") == "summary_large_image"
