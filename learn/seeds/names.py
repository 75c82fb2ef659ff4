"""The subjects and authors that an import meets, by the names that files give them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from learn.models import Author, Subject
from learn.models.subject import SUBJECT_TITLE_MAX_LENGTH
from learn.seeds.seed import Seed

SMALL_WORDS = {"and", "or", "of", "the"}


@dataclass(slots=True)
class Names:
    """Subjects by slug and authors by name, as far as they have been met."""

    subjects: dict[str, Subject] = field(default_factory=dict)
    authors: dict[str, Author] = field(default_factory=dict)

    def learn(self, seeds: Iterable[Seed]) -> dict[str, Seed]:
        """Know the subjects and authors of these seeds; make those that do not exist.

        Returns the slug of each subject made, with the seed that asked for it.
        """
        made = {}
        for seed in seeds:
            slug, name = seed.path.subject, seed.author
            if slug not in self.subjects:
                self.subjects[slug], is_new = Subject.objects.get_or_create(
                    slug=slug, defaults={"title": subject_title(slug)}
                )
                if is_new:
                    made[slug] = seed
            if name not in self.authors:
                self.authors[name], _ = Author.objects.get_or_create(name=name)
        return made


def subject_title(slug: str) -> str:
    """The title of a subject of which nothing is known but its folder: Title Case."""
    title = " ".join(
        word if word in SMALL_WORDS and position else word.capitalize()
        for position, word in enumerate(slug.split("-"))
    )
    return title.strip()[:SUBJECT_TITLE_MAX_LENGTH] or slug
