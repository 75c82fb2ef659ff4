"""Tags follow the keywords: one function writes them, for one question or for hundreds."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from learn.bulk import chunked, insert_pairs, insert_rows, last_id, new_ids, rows_where
from learn.models import Tag, TaggedQuestion
from learn.models.tag import fold_keyword, slugify_key, tag_words
from learn.pages import names, touch

# The site's 147,000 spellings take some 25 MB in memory; an import forgets them at this number.
CACHE_LIMIT = 150_000


class TagWriter:
    """Writes the tags of questions and remembers the spellings that it has met.

    Use inside a transaction; after one that was rolled back take a new writer.
    """

    def __init__(self) -> None:
        # A keyword as it is spelt -> the id of its tag.
        self.ids: dict[str, int] = {}

    def write(
        self,
        keywords: Mapping[int, str],
        *,
        are_new: bool = False,
        counted: Collection[int] = (),
    ) -> dict[int, set[int]]:
        """Give each question (by id) the tags of its keywords, in their order; returns those of
        the questions whose tags are others now, with the tags that they had.

        `are_new` says that none of the questions has tags yet. Tags that are made begin with the
        number of `counted` questions that bear them, for callers who have all numbers stored
        anew later (`topics.store_counts`), which then finds most of them right.
        """
        former = {} if are_new else self._remove(keywords)
        words = {question_id: tag_words(line) for question_id, line in keywords.items()}
        self._learn(words, counted)
        tag_of = self.ids.__getitem__
        links = [
            (question_id, tag_id)
            for question_id, found in words.items()
            # Two spellings of one keyword are one tag.
            for tag_id in dict.fromkeys(map(tag_of, found))
        ]
        insert_pairs(TaggedQuestion, ("content_object_id", "tag_id"), links)
        kept = {pk: set(map(tag_of, words[pk])) for pk in former}
        return {pk: tags for pk, tags in former.items() if tags != kept[pk]}

    def _remove(self, questions: Iterable[int]) -> dict[int, set[int]]:
        """Take the tags of the questions away; returns them."""
        former: dict[int, set[int]] = {pk: set() for pk in questions}
        for ids in chunked(former):
            tagged = TaggedQuestion.objects.filter(content_object_id__in=ids)
            for pk, tag in tagged.order_by().values_list("content_object_id", "tag_id"):
                former[pk].add(tag)
            tagged.delete()
        return former

    def _learn(self, words: Mapping[int, Iterable[str]], counted: Collection[int]) -> None:
        """Know the tags of all these words of questions; make those that do not exist."""
        if len(self.ids) > CACHE_LIMIT:
            self.ids.clear()
        met = chain.from_iterable(words.values())
        keys = {word: fold_keyword(word) for word in met if word not in self.ids}
        # The first spelling met names a new tag.
        spelt: dict[str, str] = {}
        for word, key in keys.items():
            spelt.setdefault(key, word)
        ids: dict[str, int] = {
            key: alias_of or tag_id
            for key, tag_id, alias_of in rows_where(Tag, "key", spelt, ("key", "id", "alias_of_id"))
        }
        # In the order of the indexes, in which one page after the other is then written.
        missing = sorted(key for key in spelt if key not in ids)
        if missing:
            before = last_id(Tag)
            numbers = _count(keys, (words[pk] for pk in counted))
            rows = ((spelt[key], slugify_key(key), key, numbers[key]) for key in missing)
            insert_rows(Tag, ("name", "slug", "key", "count"), rows)
            if numbers:
                # Who counts later may find their numbers right, and then says nothing of them.
                touch([names.TOPICS])
            ids |= new_ids(Tag, "key", before)
        self.ids |= {word: ids[key] for word, key in keys.items()}


def _count(keys: Mapping[str, str], questions: Iterable[Iterable[str]]) -> Counter[str]:
    """How many of the questions, each given by its words, bear each of the keys."""
    found: Counter[str] = Counter()
    for words in questions:
        found.update({keys[word] for word in words if word in keys})
    return found
