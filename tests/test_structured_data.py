import datetime

import pytest

from learn import structured_data
from learn.models import Author, Question
from learn.views import subjects
from tests.factories import make_question, make_subject
from tests.schema import assert_says_what_the_page_shows, check_nodes, graph_of, question_of
from tests.views.markup import address_of
from tests.views.markup import get as get_page

pytestmark = pytest.mark.django_db

SITE = "https://site.example"
ANSWER = """**First**: it is `<b>` & *more*, $x^2 \\neq \\frac{1}{2}$.

### Why

- one
- two

| a | b |
|---|---|
| 1 | 2 |
"""


def nodes_of(client, address):
    return graph_of(client.get(address).content.decode())


def test_home_names_the_site_and_who_runs_it(client, site):
    nodes = nodes_of(client, "/")
    check_nodes(nodes, SITE)
    website, organisation = nodes
    assert (website["@type"], website["name"], website["url"]) == (
        "WebSite",
        "Answers",
        f"{SITE}/",
    )
    assert (organisation["@type"], organisation["name"]) == ("Organization", "Answers")
    assert website["publisher"]["@id"] == organisation["@id"]


def test_list_of_subjects_is_a_collection_with_a_breadcrumb(client, site):
    make_subject(title="Music")
    page, crumbs = nodes_of(client, "/learn")
    check_nodes([page, crumbs], SITE)
    assert (page["@type"], page["name"], page["url"]) == (
        "CollectionPage",
        "Subjects",
        f"{SITE}/learn",
    )
    assert [item["item"] for item in crumbs["itemListElement"]] == [f"{SITE}/", f"{SITE}/learn"]


def test_subject_page_is_a_collection_at_its_own_address(client, site, monkeypatch):
    monkeypatch.setattr(subjects, "PAGE_SIZE", 2)
    subject = make_subject(title="Music")
    for slug in "abc":
        make_question(subject=subject, slug=slug)
    address = f"{subject.get_absolute_url()}?page=2"
    page, crumbs = nodes_of(client, address)
    check_nodes([page, crumbs], SITE)
    assert (page["@type"], page["name"], page["url"]) == (
        "CollectionPage",
        "Music",
        SITE + address,
    )
    assert [item["name"] for item in crumbs["itemListElement"]] == ["Subjects", "Music"]


def test_question_page_is_an_article_with_its_question_and_whole_answer(client, site):
    author = Author.objects.create(name="Ada & Co", url=f"{SITE}/ada")
    question = make_question(
        title='What is "it" & <i>why</i>?', answer=ANSWER, author=author, seo_keywords="one"
    )
    moment = datetime.datetime(2025, 3, 1, 12, 30, 5, 99, tzinfo=datetime.UTC)
    Question.objects.update(modified_at=moment)
    html = client.get(address_of(question)).content.decode()
    nodes = graph_of(html)
    check_nodes(nodes, SITE)
    article, crumbs = nodes
    url = SITE + address_of(question)
    assert article["@type"] == ["Article", "LearningResource"]
    assert article["headline"] == question.title
    assert article["datePublished"] == "2025-02-06T00:00:00+00:00"
    assert article["dateModified"] == "2025-03-01T12:30:05+00:00"
    assert article["author"] == {"@type": "Organization", "name": "Ada & Co", "url": f"{SITE}/ada"}
    assert article["inLanguage"] == "en"
    assert article["isAccessibleForFree"] is True
    assert article["about"]["name"] == question.subject.title
    assert article["isPartOf"]["url"] == SITE + question.subject.get_absolute_url()
    entity = article["mainEntity"]
    assert (entity["name"], entity["answerCount"]) == (question.title, 1)
    answer = entity["acceptedAnswer"]
    assert (answer["url"], answer["dateCreated"]) == (f"{url}#answer", article["datePublished"])
    assert_says_what_the_page_shows(answer["text"], html)
    assert answer["text"].startswith("First: it is <b> & more, x^2≠1/2.\nWhy\none\ntwo\na b")
    assert [item["name"] for item in crumbs["itemListElement"]] == [
        "Subjects",
        question.subject.title,
        question.title,
    ]


def test_picture_of_the_article_is_the_one_that_previews_show(client, site):
    page = get_page(client, address_of(make_question()))
    article, _ = nodes_of(client, address_of(Question.objects.get()))
    assert article["image"] == page.meta("og:image")


def test_date_of_change_is_never_before_the_date_that_the_page_shows():
    question = make_question(date=datetime.date(2027, 1, 1))
    assert structured_data.changed_at(question) == structured_data.posted_at(question)


@pytest.mark.parametrize(
    ("origin", "source"),
    [
        ({}, None),
        ({"origin": "person"}, None),
        ({"origin": "machine"}, "https://schema.org/TrainedAlgorithmicMediaDigitalSource"),
        (
            {"origin": "reviewed", "reviewer": "Ada", "reviewed_on": datetime.date(2026, 3, 1)},
            "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
        ),
    ],
)
def test_source_is_claimed_only_where_the_origin_states_it(client, site, origin, source):
    nodes = nodes_of(client, address_of(make_question(**origin)))
    check_nodes(nodes, SITE)
    assert question_of(nodes)["acceptedAnswer"].get("digitalSourceType") == source


def test_question_page_is_a_qa_page_where_the_setting_says_so(client, site):
    site.QA_PAGE = True
    question = make_question(origin="machine")
    nodes = nodes_of(client, address_of(question))
    check_nodes(nodes, SITE)
    page, crumbs = nodes
    assert (page["@type"], crumbs["@type"]) == ("QAPage", "BreadcrumbList")
    entity = page["mainEntity"]
    answer = entity["acceptedAnswer"]
    for node in (entity, answer):
        assert {"text", "author", "datePublished", "dateModified"} <= set(node)
    # Nobody has voted: no count of votes is claimed.
    assert "upvoteCount" not in answer
    assert answer["digitalSourceType"] == structured_data.MACHINE_WRITTEN


def test_text_cannot_end_the_element(client, site):
    title = "</script><script>alert(1)</script><!-- \u2028 &amp;"
    question = make_question(title=title, answer="`</script><!--`")
    html = client.get(address_of(question)).content.decode()
    plain = client.get(address_of(make_question())).content.decode()
    assert html.count("<script") == html.count("</script") == plain.count("<script")
    nodes = graph_of(html)
    assert question_of(nodes)["name"] == title
    assert question_of(nodes)["acceptedAnswer"]["text"] == "</script><!--"


def test_pages_that_are_none_tell_nothing(client):
    assert b"ld+json" not in client.get("/nothing").content
