import datetime
from urllib.robotparser import RobotFileParser

import pytest

from learn.views.robots import ANSWERING_CRAWLERS, TRAINING_CRAWLERS
from tests.factories import make_question, make_subject
from tests.views.markup import get

pytestmark = pytest.mark.django_db


def robots(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    parser = RobotFileParser()
    parser.parse(response.content.decode().splitlines())
    return parser


@pytest.mark.parametrize(
    ("policy", "training", "answering"),
    [("allow", True, True), ("no-training", False, True), ("disallow", False, False)],
)
def test_policy_opens_or_closes_the_site_to_ai_crawlers(client, site, policy, training, answering):
    site.AI_CRAWLERS = policy
    rules = robots(client)
    for names, is_open in ((TRAINING_CRAWLERS, training), (ANSWERING_CRAWLERS, answering)):
        assert {rules.can_fetch(name, "/learn") for name in names} == {is_open}
    assert rules.can_fetch("Googlebot", "/learn")
    assert rules.can_fetch("Googlebot", "/search?q=a")
    assert not rules.can_fetch("Googlebot", "/admin/")
    assert rules.site_maps() == ["https://site.example/sitemap.xml"]


def test_no_name_stands_in_two_lists():
    assert set(TRAINING_CRAWLERS).isdisjoint(ANSWERING_CRAWLERS)


# --- llms.txt


def test_llms_txt_names_the_site_and_its_listed_subjects(client, site):
    make_subject(title="Art & <Music>", slug="art", description="From lines to songs.")
    make_subject(title="Zoology", slug="zoology")
    make_subject(title="Hidden", is_listed=False)
    site.SITE_DESCRIPTION = "Answers, for free."
    text = client.get("/llms.txt").content.decode()
    assert text.startswith("# Answers\n\n> Answers, for free.\n\n")
    assert (
        "\n## Subjects\n\n"
        "- [Art & <Music>](https://site.example/learn/art): From lines to songs.\n"
        "- [Zoology](https://site.example/learn/zoology)\n\n" in text
    )
    assert "Hidden" not in text
    assert "(https://site.example/feed.atom)" in text


def test_pages_say_that_llms_txt_describes_them(client):
    for address in ("/", str(make_question().path)):
        assert get(client, address).one("link", rel="describedby")["href"] == "/llms.txt"


@pytest.mark.parametrize("number", [1, 3])
def test_llms_txt_makes_one_query(client, django_assert_num_queries, number):
    for _ in range(number):
        make_subject()
    with django_assert_num_queries(1):
        client.get("/llms.txt")


# --- security.txt


def test_security_txt_is_not_there_without_a_contact(client, site):
    site.SECURITY_CONTACT = None
    get(client, "/.well-known/security.txt", 404)


def test_security_txt_names_the_contact_and_a_date_less_than_a_year_ahead(client, site):
    site.SECURITY_CONTACT = "mailto:security@site.example"
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert fields["Contact"] == "mailto:security@site.example"
    assert fields["Canonical"] == "https://site.example/.well-known/security.txt"
    left = datetime.datetime.fromisoformat(fields["Expires"]) - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(days=150) < left < datetime.timedelta(days=365)


@pytest.mark.parametrize("address", ["/robots.txt", "/llms.txt", "/.well-known/security.txt"])
def test_text_is_not_sent_again_to_who_has_it(client, site, address):
    site.SECURITY_CONTACT = "https://site.example/security"
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    assert client.post(address).status_code == 405
