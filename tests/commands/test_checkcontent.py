"""checkcontent names what is not as it must be, and is content with content that is."""

import io

import pytest
from django.core.management import call_command

from learn import publishing
from learn.models import Fault, Question, Redirect, RelatedQuestion
from tests.factories import make_question, make_related
from tests.links import links_of

pytestmark = pytest.mark.django_db


def run(*args):
    """The exit code and what is printed."""
    output = io.StringIO()
    try:
        call_command("checkcontent", *args, stdout=output)
    except SystemExit as stop:
        return stop.code, output.getvalue()
    return 0, output.getvalue()


def test_good_content_passes():
    question = make_question()
    make_related(question, make_question())
    Redirect.objects.create(old_path="/learn/a/questions/b", question=question)
    RelatedQuestion.objects.create(
        question=question, position=9, title="Dead in the file", url="/learn/a/questions/dead"
    )
    assert run() == (0, "The content is as it must be.\n")


def chain_of_copies():
    one, two, three = (make_question() for _ in range(3))
    Question.objects.filter(pk=two.pk).update(canonical=one)
    Question.objects.filter(pk=three.pk).update(canonical=two)
    return "copy of a copy", three


def copy_of_trash():
    one = make_question(status=Question.Status.TRASHED)
    return "copy of a page in the trash", make_question(canonical=one)


def related_not_found():
    question, other = make_question(), make_question()
    make_related(question, other)
    RelatedQuestion.objects.update(target=None)
    return "related question that was not found", question


def hidden_redirect():
    question, other = make_question(), make_question()
    Redirect.objects.create(
        old_path=str(other.path), question=question, origin=Redirect.Origin.DESK
    )
    return "redirect hidden by a page", other


@pytest.mark.parametrize(
    "spoil",
    [chain_of_copies, copy_of_trash, related_not_found, hidden_redirect],
)
def test_trouble_is_named_with_its_address(spoil):
    kind, question = spoil()
    code, output = run()
    assert code == 1
    assert f"{kind}: {question.path} (" in output
    assert len(output.splitlines()) == 1


def test_many_of_a_kind_are_counted():
    target = make_question(status=Question.Status.TRASHED)
    for _ in range(22):
        make_question(canonical=target)
    code, output = run()
    assert code == 1
    assert output.splitlines()[-1] == "copy of a page in the trash: 2 more"


def test_page_in_the_trash_that_others_refer_to_is_no_trouble():
    """It is left out where they are shown, and shown again when it is restored."""
    question, other = make_question(), make_question()
    make_related(question, other)
    publishing.set_status(Question.objects.filter(pk=other.pk), Question.Status.TRASHED)
    assert links_of(question).related == []
    assert run()[0] == 0
    publishing.set_status(Question.objects.filter(pk=other.pk), Question.Status.PUBLISHED)
    assert [link.pk for link in links_of(question).related] == [other.pk]


def test_faults_are_stored_and_told_by_subject_without_failing():
    question = make_question(answer="Yes.\n\n![](/media/x.png)")
    code, output = run("--faults")
    assert code == 0
    assert f"{question.subject.title}: 1 errors, 1 warnings" in output
    assert Fault.objects.filter(question=question, code="image-alt", line=3).exists()


def test_ordinary_acts_leave_content_that_passes():
    question = make_question()
    question.slug = "renamed"
    publishing.save_question(question)
    publishing.set_status(Question.objects.filter(pk=question.pk), Question.Status.TRASHED)
    assert run()[0] == 0
