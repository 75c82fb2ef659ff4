"""Subjects and authors as filters offer them: short plain lists, kept in the cache."""

from django.core.cache import cache

from learn.models import Author, Subject

SUBJECTS, AUTHORS = "desk:subjects", "desk:authors"
SECONDS = 60
# With more authors than this they are found by the search, not by a filter.
OFFERED = 200


def subject_choices() -> list[tuple[int, str]]:
    """All subjects, by title."""
    return cache.get_or_set(SUBJECTS, _subjects, SECONDS) or []


def author_choices() -> list[tuple[int, str]]:
    """The authors by name; at most one more than OFFERED."""
    return cache.get_or_set(AUTHORS, _authors, SECONDS) or []


def forget_choices() -> None:
    """After a change of subjects or authors."""
    cache.delete_many([SUBJECTS, AUTHORS])


def authors_named(name: str) -> list[int]:
    """The authors of just this name, in small letters or capitals."""
    authors = author_choices()
    if len(authors) <= OFFERED:
        return [pk for pk, known in authors if known.casefold() == name.casefold()]
    return list(Author.objects.filter(name__iexact=name).values_list("pk", flat=True))


def _subjects() -> list[tuple[int, str]]:
    return list(Subject.objects.order_by("title").values_list("pk", "title"))


def _authors() -> list[tuple[int, str]]:
    return list(Author.objects.order_by("name").values_list("pk", "name")[: OFFERED + 1])
