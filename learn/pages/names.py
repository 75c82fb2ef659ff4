"""Names of what pages show: a page is stored with them, a change says which it concerns."""

from collections.abc import Iterable

from learn.models import Question

# Every page there is.
EVERYTHING = "*"
# What shows the newest of all subjects, or how many questions there are.
SITE = "site"
# The list of topics, and where else their number counts.
TOPICS = "topics"


def page(pk: int) -> str:
    """The question's own page."""
    return f"p{pk}"


def link(pk: int) -> str:
    """Pages that link to the question, or would if readers could see it."""
    return f"q{pk}"


def order(subject: int) -> str:
    """Pages of the subject's questions, each of which links to the one before and after it."""
    return f"n{subject}"


def subject(pk: int) -> str:
    """Pages that show the subject's name, or an address within it."""
    return f"s{pk}"


def listing(subject: int) -> str:
    """Pages that list the subject's questions."""
    return f"l{subject}"


def author(pk: int) -> str:
    """Pages that name the author."""
    return f"a{pk}"


def topic(tag: int) -> str:
    """Pages that list the topic's questions."""
    return f"t{tag}"


def keyword(tag: int) -> str:
    """Pages that link to the topic, or would if it had a page."""
    return f"k{tag}"


def addresses(questions: Iterable[Question]) -> set[str]:
    """The subjects in the addresses of the pages that these questions' lines lead to."""
    return {subject(question.reader_page.subject_id) for question in questions}
