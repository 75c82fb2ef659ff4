"""The author's input on a question's form: a search, as there may be many authors."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect

from learn.models import Author, Question


class AuthorSelect(AutocompleteSelect):
    """Names an author who was fetched with the question without asking for the row again."""

    known: Author | None = None

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> list[Any]:
        author = self.known
        if author is None or list(value) != [str(author.pk)]:
            return super().optgroups(name, value, attr)
        return [(None, [self.create_option(name, author.pk, str(author), True, 0)], 0)]


def tell_author(field: forms.Field, question: Question) -> None:
    """Give the field's widget the question's author, if the row is at hand."""
    widget = getattr(field.widget, "widget", field.widget)
    if isinstance(widget, AuthorSelect) and Question._meta.get_field("author").is_cached(question):
        widget.known = question.author
