"""The checklist with what the database knows, and its stored report."""

import pytest

from learn import faults, publishing
from learn.checklist import Target
from learn.models import Fault, Question, Redirect
from tests.factories import make_question, make_subject

pytestmark = pytest.mark.django_db

DESCRIPTION = "One description that several pages have, which is not what it should be."


@pytest.fixture
def music():
    return make_subject(slug="music", title="Music")


def test_addresses_are_judged_as_the_site_answers_them(music):
    page = make_question(subject=music, slug="page", seo_keywords="scales")
    make_question(subject=music, slug="draft", status=Question.Status.DRAFT, publish_at=None)
    make_question(subject=music, slug="gone", status=Question.Status.TRASHED)
    Redirect.objects.create(old_path="/learn/music/questions/old", question=page)
    assert faults.find_targets(
        [
            "/",
            "/learn",
            "/learn/music",
            "/learn/none",
            "/learn/music/questions/page",
            "/learn/music/questions/page/cite",
            "/learn/music/questions/page/",
            "/Learn/music/questions/page",
            "/learn/art/questions/page",
            "/learn/music/questions/draft",
            "/learn/music/questions/gone",
            "/learn/music/questions/old",
            "/topics/scales",
            "/nowhere",
            "/admin/",
        ]
    ) == {
        "/": Target.OPEN,
        "/learn": Target.OPEN,
        "/learn/music": Target.OPEN,
        "/learn/none": Target.MISSING,
        "/learn/music/questions/page": Target.OPEN,
        "/learn/music/questions/page/cite": Target.OPEN,
        "/learn/music/questions/page/": Target.MOVED,
        "/Learn/music/questions/page": Target.MOVED,
        "/learn/art/questions/page": Target.MOVED,
        "/learn/music/questions/draft": Target.HIDDEN,
        "/learn/music/questions/gone": Target.MISSING,
        "/learn/music/questions/old": Target.MOVED,
        "/topics/scales": Target.MISSING,
        "/nowhere": Target.MISSING,
        "/admin/": Target.MISSING,
    }


@pytest.mark.parametrize("number", [1, 3])
def test_links_cost_the_same_queries_however_many(music, django_assert_num_queries, number):
    pages = [make_question(subject=music) for _ in range(number)]
    with django_assert_num_queries(2):
        faults.find_targets([str(page.path) for page in pages])


def test_same_description_on_other_pages_is_counted_but_not_on_copies():
    one = make_question(seo_description=DESCRIPTION)
    other = make_question(seo_description=DESCRIPTION)
    make_question(seo_description=f"{DESCRIPTION} But longer.")
    make_question(seo_description=DESCRIPTION, status=Question.Status.TRASHED)
    make_question(seo_description=DESCRIPTION, canonical=other)
    assert faults.count_twins(one) == 1
    assert faults.count_twins(Question(seo_description=DESCRIPTION)) == 2
    assert faults.count_twins(Question(seo_description="")) == 0


def test_stored_report_is_what_the_form_would_say(music):
    other = make_question(seo_description=DESCRIPTION)
    question = make_question(
        subject=music,
        seo_description=DESCRIPTION,
        answer="Yes.\n\n[text](/learn/music/questions/none)\n\n$\\frac{a}$",
    )
    faults.store_all_faults()
    for row in (question, other):
        stored = row.faults.values_list("code", "line", "field", "detail")
        assert sorted(map(str, stored)) == sorted(
            str((f.code, f.line, f.field, f.detail)) for f in faults.findings_of(row)
        )
    assert faults.faults_by_subject()[0] == (music, 2, 1)


def test_report_follows_an_edit_at_the_desk():
    question = make_question(answer="Yes.\n\n![](/media/x.png)")
    faults.store_all_faults()
    assert question.faults.filter(is_error=True).exists()
    question.answer = "Yes."
    publishing.save_question(question)
    assert not question.faults.filter(is_error=True).exists()


def test_report_forgets_the_trash():
    question = make_question(answer="Yes.\n\n![](/media/x.png)")
    faults.store_all_faults()
    publishing.set_status(Question.objects.all(), Question.Status.TRASHED)
    faults.store_all_faults()
    assert not Fault.objects.filter(question=question).exists()
