"""The desk in Spanish: all of its own words, page by page."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from learn import proposals, publishing, schedules
from learn.desk.cards import CARDS
from learn.models import EmptySearch, MissingPage, Question, Report, Revision, Tag
from tests.admin.builders import add_url, change_url, list_url, make_question, make_related, send
from tests.admin.people import make_user
from tests.languages import remaining_english

pytestmark = pytest.mark.django_db

Status = Question.Status
ANSWER = "[zzz](/learn/zzz/questions/zzz)\n\n![](/zzz.png)\n\n### \n\n$\\zzz{$\n\n- zzz"
LISTS = [
    *("question", "tag", "redirect", "report", "revision", "subject", "author", "upload"),
    *("fault", "massedit", "pendingstep"),
]
# Page -> names that are stored: of roles, and of a seed file's keys.
STORED = {
    "accounts": {"author"},
    "revision": {"author", "date", "question", "schema", "score", "title"},
}


@pytest.fixture
def desk(admin_user: User, client: Client) -> Client:
    cache.clear()
    client.force_login(admin_user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
    return client


@pytest.fixture
def pages(admin_user: User) -> dict[str, str]:
    """Name -> address of each kind of page of the desk, with much that it can show."""
    # What is kept of an act is in the language of whoever acted.
    with override("es"):
        return _pages()


def _pages() -> dict[str, str]:
    zoe = make_user("zoe", "administrator")
    question = make_question("zzz-a", title="Zzz aaa?", answer=ANSWER, seo_keywords="zzz, yyy")
    make_related(question, "/learn/biology/questions/zzz-b")
    twin = make_question("zzz-b", title="Zzz bbb?")
    publishing.save_question(question, by=zoe, reason="zzz")
    waiting = make_question("zzz-c", title="Zzz ccc?", status=Status.DRAFT)
    publishing.perform("submit", Question.objects.filter(pk=waiting.pk), by=zoe)
    proposed = make_question("zzz-d", title="Zzz ddd?")
    proposals.propose(proposed, {"title": "Zzz eee?"}, by=zoe, reason="zzz")
    trashed = make_question("zzz-f", title="Zzz fff?", status=Status.TRASHED)
    update = schedules.schedule_update(
        twin,
        {"title": "Zzz ggg?"},
        apply_at=timezone.now() - datetime.timedelta(days=1),
        by=zoe,
    )
    report = Report.objects.create(question=question, kind="unclear", text="zzz", version=1)
    MissingPage.objects.create(path="/zzz", hits=3)
    EmptySearch.objects.create(words="zzz", hits=2)

    def of(name: str, *args: object) -> str:
        return reverse(f"admin:learn_question_{name}", args=args)

    return {
        "index": reverse("admin:index"),
        **{model: list_url(model) for model in LISTS},
        "list that was searched": list_url("question", "?q=zzzz"),
        **{f"card {card.key}": reverse("admin:learn_desk_list", args=[card.key]) for card in CARDS},
        "log": f"{reverse('admin:admin_logentry_changelist')}?q=zoe",
        "accounts": f"{reverse('admin:auth_user_changelist')}?q=zoe",
        "new question": add_url("question"),
        "form": change_url("question", question.pk),
        "form of what is scheduled": change_url("question", twin.pk),
        "form of what is in review": change_url("question", waiting.pk),
        "form of what is in the trash": change_url("question", trashed.pk),
        "tag form": change_url("tag", Tag.objects.earliest("pk").pk),
        "report form": change_url("report", report.pk),
        "revision": change_url("revision", Revision.objects.earliest("pk").pk),
        "versions": of("versions", question.pk),
        "compare": f"{of('compare', question.pk)}?old=1&new=live",
        "merge": of("merge", question.pk, twin.pk),
        "review": of("review"),
        "review item": of("review_item", waiting.pk),
        "review of a change": of("review_item", proposed.pk),
        "propose": of("propose", question.pk),
        "propose again": of("propose", proposed.pk),
        "schedule": of("schedule"),
        "scheduled update": of("update", update.pk),
        "import": of("import"),
    }


def english_of(name: str, response: HttpResponse) -> list[tuple[str, str]]:
    stored = STORED.get(name, ())
    return [pair for pair in remaining_english(response.text) if pair[0] not in stored]


def test_no_english_is_left_on_any_page_of_the_desk(desk: Client, pages: dict[str, str]) -> None:
    for name, address in pages.items():
        response = desk.get(address)
        assert response.status_code == 200, name
        assert english_of(name, response) == [], name


def test_no_english_is_left_where_the_desk_refuses(desk: Client, pages: dict[str, str]) -> None:
    review = desk.get(pages["review item"]).context["form"]["version"].value()
    note = {"action": "request_changes", "version": review, "note": ""}
    file = SimpleUploadedFile("zzz.txt", b"zzz")
    for name, response in {
        "form": send(desk, pages["form"], title="", slug="Zzz zzz"),
        "stale form": send(desk, pages["form"], title="Zzz hhh?", opened_version="1"),
        "review": desk.post(pages["review item"], note),
        "import": desk.post(pages["import"], {"file": file}),
    }.items():
        assert response.status_code in (200, 409), name
        assert english_of(name, response) == [], name
