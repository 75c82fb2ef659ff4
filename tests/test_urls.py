import pytest
from django.urls import resolve, reverse

from learn.models import Question, Subject, Tag

ADDRESSES = {
    "/": ("home", {}),
    "/learn": ("subject_list", {}),
    "/learn/life-science": ("subject_detail", {"subject": "life-science"}),
    "/learn/life-science/questions/what-is--dna-1": (
        "question_detail",
        {"subject": "life-science", "slug": "what-is--dna-1"},
    ),
    "/learn/music/questions/a/report": ("report", {"subject": "music", "slug": "a"}),
    "/learn/music/questions/a/helpful": ("helpful", {"subject": "music", "slug": "a"}),
    "/learn/music/questions/a/thanks": ("thanks", {"subject": "music", "slug": "a"}),
    "/learn/music/practice": ("subject_practice", {"subject": "music"}),
    "/learn/music/flashcards": ("subject_flashcards", {"subject": "music"}),
    "/learn/music/deck.apkg": ("subject_deck", {"subject": "music", "kind": "apkg"}),
    "/topics/scales/practice": ("topic_practice", {"topic": "scales"}),
    "/topics/scales/flashcards": ("topic_flashcards", {"topic": "scales"}),
    "/topics/scales/deck.tsv": ("topic_deck", {"topic": "scales", "kind": "tsv"}),
    "/saved": ("saved", {}),
    "/saved/deck.apkg": ("saved_deck", {}),
    "/learn/life-science/questions/what-is--dna-1.md": (
        "question_markdown",
        {"subject": "life-science", "slug": "what-is--dna-1"},
    ),
    "/preview/1:token_-x": ("shared_preview", {"token": "1:token_-x"}),
    "/media/images/0123456789abcdef0123-640x480.png": (
        "picture",
        {"name": "0123456789abcdef0123-640x480.png"},
    ),
    "/topics": ("topic_list", {}),
    "/topics/action-potential": ("topic_detail", {"slug": "action-potential"}),
    "/newest": ("newest", {}),
    "/feed.atom": ("site_atom", {}),
    "/feed.json": ("site_json", {}),
    "/learn/life-science/feed.atom": ("subject_atom", {"subject": "life-science"}),
    "/sitemap.xml": ("sitemap_index", {}),
    "/sitemap-pages.xml": ("sitemap_pages", {}),
    "/sitemap-topics.xml": ("sitemap_topics", {}),
    "/sitemap-questions.xml": ("sitemap_questions", {}),
    "/sitemap-subject-life-science.xml": ("sitemap_subject", {"subject": "life-science"}),
    "/robots.txt": ("robots_txt", {}),
    "/llms.txt": ("llms_txt", {}),
    "/.well-known/security.txt": ("security_txt", {}),
}
OTHER_PATHS = [
    "/learn/",
    "/Learn",
    "/learn/life_science",
    "/learn/life-science/questions",
    "/learn/music/deck.exe",
    "/learn/life-science/questions/a.html",
    "/learn/life-science/questions/a\n",
    "/learn/life-science/questions/ä",
    "//learn",
    "/a\nb",
]


@pytest.mark.parametrize("path", ADDRESSES)
def test_address_leads_to_the_view_of_its_name_and_back(path):
    name, kwargs = ADDRESSES[path]
    match = resolve(path)
    assert (match.view_name, match.func.__name__, match.kwargs) == (f"learn:{name}", name, kwargs)
    assert reverse(f"learn:{name}", kwargs=kwargs) == path


@pytest.mark.parametrize("path", OTHER_PATHS)
def test_any_other_path_leads_to_not_found(path):
    assert resolve(path).view_name == "learn:not_found"


def test_desk_comes_before_the_readers_pages():
    assert resolve("/admin/").view_name == "admin:index"


def test_addresses_that_models_write_by_themselves_are_those_of_the_table():
    subject = Subject(slug="life-science")
    question = Question(slug="what-is--dna-1", subject=subject)
    tag = Tag(slug="action-potential")
    for page, name in (
        (subject, "subject_detail"),
        (question, "question_detail"),
        (tag, "topic_detail"),
    ):
        address = page.get_absolute_url()
        assert ADDRESSES[address][0] == name
        assert address == reverse(f"learn:{name}", kwargs=ADDRESSES[address][1])
