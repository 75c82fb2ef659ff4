"""Tags follow the keywords: one function writes them, for one question or for hundreds."""

from collections.abc import Mapping

from learn.bulk import chunked, insert_rows, last_id, new_ids, rows_where
from learn.models import Tag, TaggedQuestion
from learn.models.tag import slugify_key, tag_names

# The site's 130,000 tags take some 20 MB in memory; an import forgets them at this number.
CACHE_LIMIT = 150_000


class TagWriter:
    """Writes the tags of questions and remembers the tags that it has met.

    Use inside a transaction; after one that was rolled back take a new writer.
    """

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}

    def write(self, keywords: Mapping[int, str], *, are_new: bool = False) -> None:
        """Give each question (by id) the tags of its keywords, in their order.

        `are_new` says that none of the questions has tags yet.
        """
        if not are_new:
            for ids in chunked(keywords):
                TaggedQuestion.objects.filter(content_object_id__in=ids).delete()
        names = {question_id: tag_names(line) for question_id, line in keywords.items()}
        spellings: dict[str, str] = {}
        for found in names.values():
            for key, name in found.items():
                # The first spelling met names a new tag.
                spellings.setdefault(key, name)
        self._learn(spellings)
        insert_rows(
            TaggedQuestion,
            ("content_object_id", "tag_id"),
            ((question_id, self.ids[key]) for question_id, found in names.items() for key in found),
        )

    def _learn(self, names: Mapping[str, str]) -> None:
        """Know the ids of all these tags; make those that do not exist."""
        if len(self.ids) > CACHE_LIMIT:
            self.ids.clear()
        unknown = [key for key in names if key not in self.ids]
        self.ids.update(rows_where(Tag, "key", unknown, ("key", "id")))
        missing = [key for key in unknown if key not in self.ids]
        if missing:
            before = last_id(Tag)
            rows = ((names[key], slugify_key(key), key) for key in missing)
            insert_rows(Tag, ("name", "slug", "key"), rows)
            self.ids.update(new_ids(Tag, "key", before))
