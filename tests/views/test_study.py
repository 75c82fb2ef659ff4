import json
import re

import pytest
from django.test import Client

from tests.factories import make_question, make_subject
from tests.views.markup import assert_moved, get, links

pytestmark = pytest.mark.django_db


@pytest.fixture
def music(db):
    """A subject of twelve questions, seven of them of one topic."""
    subject = make_subject(slug="music", title="Music")
    for number in range(12):
        keywords = "scales" if number < 7 else ""
        make_question(
            subject=subject,
            slug=f"q-{number:02}",
            title=f"Question </script> {number}?",
            answer=f"The answer is {number}, & no < other.\n\n- **A**: a\n- **B**: b\n- **C**: c",
            seo_keywords=keywords,
        )
    return subject


PAGES = [
    "/learn/music/practice?seed=1",
    "/learn/music/practice?seed=1&card=11&missed=2",
    "/learn/music/flashcards",
    "/topics/scales/practice?seed=1",
    "/topics/scales/flashcards",
    "/saved",
]


@pytest.mark.parametrize("address", PAGES)
def test_page_is_well_formed_and_holds_no_inline_style_or_handler(client, music, address):
    page = get(client, address)
    assert (page.unbalanced, page.open) == ([], [])
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert [key for e in page.elements for key in e if key == "style" or key[:2] == "on"] == []


@pytest.mark.parametrize("address", PAGES)
def test_page_sets_no_cookie_and_takes_no_other_method(client, music, address):
    response = client.get(address)
    assert response.cookies == {}
    assert "Cookie" not in response.get("Vary", "")
    post = Client(enforce_csrf_checks=True).post(address)
    assert (post.status_code, post["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("address", "indexed"),
    [
        ("/learn/music/practice?seed=1", False),
        ("/learn/music/flashcards", True),
        ("/topics/scales/flashcards", False),
        ("/saved", False),
    ],
)
def test_search_engines_get_the_flashcards_of_listed_subjects_only(client, music, address, indexed):
    robots = "max-image-preview:large" if indexed else "noindex"
    assert get(client, address).meta("robots") == robots
    music.is_listed = False
    music.save()
    if address == "/learn/music/flashcards":
        assert get(client, address).meta("robots") == "noindex"


@pytest.mark.parametrize(
    "address",
    [
        "/learn/none/practice",
        "/learn/none/flashcards",
        "/topics/none/practice",
        "/topics/none/flashcards",
        "/learn/music/practice?seed=x",
        "/learn/music/practice?seed=",
        "/learn/music/practice?seed=1&card=0",
        "/learn/music/practice?seed=1&card=x",
        "/learn/music/practice?seed=1&missed=x",
        "/learn/music/practice?seed=1&missed=1-",
        "/learn/music/practice?seed=1&missed=1-2-3-4-5-6-7-8-9-10-11",
        "/learn/music/practice?seed=9999999",
        "/learn/music/practice?review=x",
        "/learn/music/practice?review=00000000-0000-0000-0000-000000000000",
        "/learn/music/flashcards?page=2",
        "/learn/music/flashcards?page=x",
    ],
)
def test_what_there_is_not_gets_404(client, music, address):
    assert client.get(address).status_code == 404


# --- practice


def test_practice_starts_with_a_seed_of_its_own(client, music):
    response = client.get("/learn/music/practice")
    assert response["Cache-Control"] == "no-store"
    onward = links(get(client, "/learn/music/practice"))
    assert any(re.fullmatch(r"/learn/music/practice\?seed=\d{1,6}&card=2", a) for a in onward)


def test_same_seed_shows_the_same_card(client, music):
    address = "/learn/music/practice?seed=7&card=3"
    assert client.get(address).content == client.get(address).content


def test_answer_is_in_the_page_behind_a_disclosure(client, music):
    page = get(client, "/learn/music/practice?seed=7")
    question = music.questions.get(title=page.text("h2"))
    assert page.text("details").startswith("Show the answer The answer is")
    assert str(question.path) in links(page)
    assert page.one("section", **{"aria-labelledby": "card"})["data-uid"] == str(question.uid)


def test_round_without_scripts_leads_through_ten_cards_to_the_result(client, music):
    address, seen, missed = "/learn/music/practice?seed=7", [], []
    for number in range(1, 11):
        page = get(client, address)
        seen.append(page.text("h2"))
        grade = "missed" if number in (2, 9) else "knew"
        if grade == "missed":
            missed.append(page.text("h2"))
        address = page.one("a", **{"data-grade": grade})["href"]
    assert len(set(seen)) == 10
    page = get(client, address)
    assert page.text("p", **{"class": "lead"}) == "You knew 8 of 10."
    rows = [a["text"] for a in page.all("a") if "/questions/" in a["href"]]
    assert sorted(rows) == sorted(missed)


def test_review_shows_the_card_that_is_asked_for(client, music):
    question = music.questions.get(slug="q-05")
    page = get(client, f"/learn/music/practice?review={question.uid}")
    assert page.text("h2") == question.title
    assert {a["href"] for a in page.all("a") if "data-grade" in a} == {"/learn/music/practice"}


def test_practice_of_a_subject_without_questions_says_so(client, db):
    make_subject(slug="empty")
    page = get(client, "/learn/empty/practice?seed=1")
    assert page.text("p", **{"class": "lead"}) == "There are no questions here yet."


@pytest.mark.parametrize("number", [1, 3])
def test_practice_costs_three_queries(client, db, django_assert_num_queries, number):
    subject = make_subject(slug="art")
    for _ in range(number):
        make_question(subject=subject)
    with django_assert_num_queries(3):
        client.get("/learn/art/practice?seed=1")
    with django_assert_num_queries(3):
        client.get("/learn/art/practice?seed=1&card=11&missed=1-2-3")


# --- flashcards


def structured_data(page):
    text = page.one("script", type="application/ld+json")["text"]
    assert "<" not in text
    return {node["@type"]: node for node in json.loads(text)["@graph"]}


def squeezed(text):
    return " ".join(text.split())


@pytest.mark.parametrize("address", ["/learn/music/flashcards", "/topics/scales/flashcards"])
def test_structured_data_are_the_visible_cards(client, music, address):
    page = get(client, address)
    cards = [
        (card["text"], card["acceptedAnswer"]["text"], card["@type"], card["eduQuestionType"])
        for card in structured_data(page)["Quiz"]["hasPart"]
    ]
    fronts = [e["text"] for e in page.all("h2") if "id" not in e]
    backs = [squeezed(e["text"]) for e in page.all("div", **{"class": "back"})]
    assert len(fronts) == (12 if "learn" in address else 7)
    assert [(front, squeezed(back)) for front, back, _, _ in cards] == list(
        zip(fronts, backs, strict=True)
    )
    assert {card[2:] for card in cards} == {("Question", "Flashcard")}


def test_quiz_names_its_subject_and_place(client, music, settings):
    settings.SITE_URL = "https://site.example"
    data = structured_data(get(client, "/learn/music/flashcards"))
    quiz = data["Quiz"]
    assert quiz["url"] == "https://site.example/learn/music/flashcards"
    assert quiz["about"] == {"@type": "Thing", "name": "Music"}
    (alignment,) = quiz["educationalAlignment"]
    assert alignment["alignmentType"] == "educationalSubject"
    assert alignment["targetName"] == "Music"
    steps = [
        (step["position"], step["name"], step["item"].removeprefix("https://site.example"))
        for step in data["BreadcrumbList"]["itemListElement"]
    ]
    assert steps == [
        (1, "Subjects", "/learn"),
        (2, "Music", "/learn/music"),
        (3, "Flashcards", "/learn/music/flashcards"),
    ]


def test_at_most_thirty_cards_are_on_a_page(client, music):
    for _ in range(25):
        make_question(subject=music)
    first, second = (get(client, f"/learn/music/flashcards{query}") for query in ("", "?page=2"))
    assert [len(page.all("div", **{"class": "back"})) for page in (first, second)] == [30, 7]
    assert second.meta("robots") == "noindex"
    assert "/learn/music/flashcards?page=2" in links(first)


def test_first_page_has_one_address(client, music):
    assert_moved(client.get("/learn/music/flashcards?page=1"), "/learn/music/flashcards")


def test_page_links_every_part_of_the_deck(client, music, monkeypatch):
    monkeypatch.setattr("learn.decks.PART_SIZE", 5)
    page = get(client, "/learn/music/flashcards")
    decks = [link for link in links(page) if "apkg" in link]
    assert decks == [
        "/learn/music/deck.apkg",
        "/learn/music/deck.apkg?part=2",
        "/learn/music/deck.apkg?part=3",
    ]
    assert all(client.get(deck).status_code == 200 for deck in decks)


@pytest.mark.parametrize("number", [1, 3])
def test_flashcards_cost_three_queries(client, db, django_assert_num_queries, number):
    subject = make_subject(slug="art")
    for _ in range(number):
        make_question(subject=subject)
    with django_assert_num_queries(3):
        client.get("/learn/art/flashcards")


def test_flashcards_of_a_subject_without_questions_say_so(client, db):
    make_subject(slug="empty")
    page = get(client, "/learn/empty/flashcards")
    assert page.all("script", type="application/ld+json") == []
    assert "There are no questions here yet." in page.text("main")


# --- links to all this


def test_subject_links_to_practice_flashcards_and_deck(client, music):
    assert {
        "/learn/music/practice",
        "/learn/music/flashcards",
        "/learn/music/deck.apkg",
    } <= set(links(get(client, "/learn/music")))


def test_answer_has_its_actions_without_a_form_of_its_own(client, music):
    page = get(client, "/learn/music/questions/q-00")
    assert {
        "/learn/music/questions/q-00.md",
        "/learn/music/questions/q-00/report",
        "/learn/music/questions/q-00/helpful",
        "/learn/music/practice",
        "/learn/music/flashcards",
        "/saved",
    } <= set(links(page))
    assert [form["role"] for form in page.all("form")] == ["search"]
    # What needs scripts is hidden until there are some.
    hidden = [e for e in page.all("li") if "data-enhanced" in e]
    assert len(hidden) == 3
    assert all("hidden" in e for e in hidden)
