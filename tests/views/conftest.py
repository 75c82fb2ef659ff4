import pytest

from learn.views import subjects
from tests.factories import make_question, make_subject


@pytest.fixture
def long_subject(monkeypatch):
    """A subject of five questions, two a page."""
    monkeypatch.setattr(subjects, "PAGE_SIZE", 2)
    subject = make_subject(slug="music", title="Music", description="Scales.")
    for letter in "abcde":
        make_question(subject=subject, slug=letter)
    return subject
