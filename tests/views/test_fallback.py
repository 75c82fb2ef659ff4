import pytest

from learn.models import Question, Redirect
from tests.factories import make_question, make_subject
from tests.views.markup import assert_moved, get, links

pytestmark = pytest.mark.django_db


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
