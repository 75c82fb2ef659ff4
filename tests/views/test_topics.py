import pytest

from learn import publishing
from learn.models import Tag
from learn.totals import store_totals
from learn.views import topics
from tests.factories import make_question
from tests.views.markup import address_of, assert_moved, get, links, rows

pytestmark = pytest.mark.django_db


def tagged(number, keyword="zinc"):
    """So many questions with one keyword, counted."""
    questions = [
        make_question(seo_keywords=keyword, slug=f"{keyword}-{n:02}") for n in range(number)
    ]
    store_totals()
    return questions


def test_topic_has_a_page_from_five_questions_up(client):
    tagged(4)
    get(client, "/topics/zinc", 404)
    make_question(seo_keywords="zinc")
    store_totals()
    page = get(client, "/topics/zinc")
    assert page.text("h1") == "zinc"
    assert page.text("h2", id="questions") == "All questions (5)"


@pytest.mark.parametrize(("number", "robots"), [(19, "noindex"), (20, "max-image-preview:large")])
def test_topic_is_for_search_engines_from_twenty_questions_up(client, site, number, robots):
    tagged(number)
    page = get(client, "/topics/zinc")
    assert page.meta("robots") == robots
    assert page.one("link", rel="canonical")["href"] == "https://site.example/topics/zinc"
    assert page.text("title") == "zinc | Answers"


def test_topic_lists_canonical_pages_of_all_subjects_by_slug(client):
    questions = tagged(5)
    make_question(seo_keywords="zinc", canonical=questions[0])
    make_question(seo_keywords="zinc", no_index=True)
    make_question(seo_keywords="copper")
    page = get(client, "/topics/zinc")
    assert rows(page) == [(address_of(question), question.title) for question in questions]


def test_unknown_topic_gives_404(client):
    get(client, "/topics/none", 404)


def test_pages_of_a_topic_keep_the_rules_of_all_lists(client, site, monkeypatch):
    monkeypatch.setattr(topics, "PAGE_SIZE", 2)
    questions = tagged(5)
    assert_moved(client.get("/topics/zinc?page=1"), "/topics/zinc")
    for text in ("4", "0", "abc", "-1", "1.5", "02"):
        get(client, f"/topics/zinc?page={text}", 404)
    page = get(client, "/topics/zinc?page=3")
    assert rows(page) == [(address_of(questions[4]), questions[4].title)]
    assert page.one("link", rel="canonical")["href"] == "https://site.example/topics/zinc?page=3"
    assert page.text("title") == "zinc | Answers – page 3"
    assert page.one("a", rel="prev")["href"] == "/topics/zinc?page=2"


def test_address_of_an_alias_leads_to_the_tag_that_it_stands_for(client):
    tagged(5)
    make_question(seo_keywords="Zn")
    publishing.set_alias(Tag.objects.get(key="zn"), Tag.objects.get(key="zinc"))
    assert_moved(client.get("/topics/zn"), "/topics/zinc")
    assert_moved(client.get("/topics/zn?page=1"), "/topics/zinc")


def test_address_of_an_alias_gives_404_where_the_tag_has_no_page(client):
    make_question(seo_keywords="zinc, Zn")
    publishing.set_alias(Tag.objects.get(key="zn"), Tag.objects.get(key="zinc"))
    get(client, "/topics/zn", 404)


@pytest.mark.parametrize("number", [1, 3])
def test_topic_makes_three_queries(client, django_assert_num_queries, number):
    tagged(number)
    Tag.objects.update(count=5)
    # the tag; the number of its questions; the questions
    with django_assert_num_queries(3):
        assert len(rows(get(client, "/topics/zinc"))) == number


# --- the list of topics


def test_list_holds_the_topics_that_search_engines_may_list_from_a_to_z(client):
    make_question(seo_keywords="zinc, Äther, copper, rare")
    Tag.objects.exclude(name="rare").update(count=1234)
    Tag.objects.filter(name="rare").update(count=19)
    page = get(client, "/topics")
    assert [e["text"] for e in page.all("li")] == ["Äther 1,234", "copper 1,234", "zinc 1,234"]
    shown = [link for link in links(page) if link.startswith("/topics/")]
    assert shown == [t.get_absolute_url() for t in Tag.objects.indexed()]


def test_list_goes_over_several_pages(client, monkeypatch):
    monkeypatch.setattr(topics, "TOPICS_A_PAGE", 2)
    make_question(seo_keywords="a, b, c")
    Tag.objects.update(count=20)
    assert [e["text"] for e in get(client, "/topics?page=2").all("li")][:1] == ["c 20"]
    assert_moved(client.get("/topics?page=1"), "/topics")
    get(client, "/topics?page=3", 404)
    get(client, "/topics?page=x", 404)


def test_list_without_topics_says_so(client):
    assert "There are no topics yet." in get(client, "/topics").one("main")["text"]


@pytest.mark.parametrize("number", [1, 3])
def test_list_makes_two_queries(client, django_assert_num_queries, number):
    make_question(seo_keywords=", ".join(f"word {n}" for n in range(number)))
    Tag.objects.update(count=20)
    # the number of topics; the topics
    with django_assert_num_queries(2):
        assert len(get(client, "/topics").all("li")) == number
