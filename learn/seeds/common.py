"""Files of the common layout -> Seed, straight: what makes an import of thousands fast.

Takes a file only if nothing is wrong with it and its fields write it back byte for byte; all
others go the long way through learn.seeds.mapping, which says what is wrong. A test holds the
two ways against each other.
"""

import datetime
from functools import lru_cache

from learn.frontmatter import MAX_BYTES, CommonFile
from learn.models.path import QuestionPath, parse_path
from learn.rendering import decode
from learn.seeds.mapping import KEYS, RELATED_KEYS, SEO_KEYS
from learn.seeds.seed import Layout, RelatedArticle, Seed
from learn.validators import SLUG_MAX_LENGTH

# (name in CommonFile, characters allowed); no file holds more than MAX_BYTES.
LIMITS = [
    (key.attribute, key.limit) for key in (*KEYS, *SEO_KEYS) if key.limit and key.limit < MAX_BYTES
]
RELATED_LIMIT = {key.name: key.limit or 0 for key in RELATED_KEYS}
# More digits might not fit into the column.
DIGITS = 18
LAYOUTS = {
    (folded, wrapped): Layout(folded_title=folded, answer_wrapped=wrapped)
    for folded in (False, True)
    for wrapped in (False, True)
}


def seed_from_common(common: CommonFile) -> Seed | None:
    """What the file says; None where it must go the long way."""
    for name, limit in LIMITS:
        if len(getattr(common, name)) > limit:
            return None
    path = parse_path(common.url)
    seed_id = _integer(common.id)
    date = _date(common.date)
    score = _number(common.score) if common.score else None
    answer, is_wrapped = decode(common.answer)
    if (
        path is None
        or not _is_named(common, path)
        or seed_id is None
        or date is None
        or (score is None and common.score is not None)
        # What is folded may still be blank: of blanks other than U+0020.
        or common.title.isspace()
        or common.question.isspace()
        or not answer
        or answer.isspace()
    ):
        return None
    related = _related(common)
    if related is None:
        return None
    return Seed(
        path=path,
        date=date,
        title=common.title,
        article_title=common.article_title,
        question=common.question,
        answer=answer,
        subject=common.subject,
        author=common.author,
        seed_id=seed_id,
        schema=common.schema,
        date_format=common.date_format,
        post_on_text=common.post_on_text,
        seo_title=common.seo_title,
        seo_description=common.seo_description,
        seo_keywords=common.seo_keywords,
        no_index=common.no_index is not None,
        score=score,
        related=related,
        layout=LAYOUTS[common.folded_title, is_wrapped],
    )


def _is_named(common: CommonFile, path: QuestionPath) -> bool:
    return (
        common.file_name == f"{path.slug}.md"
        and len(path.slug) <= SLUG_MAX_LENGTH
        and len(path.subject) <= SLUG_MAX_LENGTH
    )


def _related(common: CommonFile) -> tuple[RelatedArticle, ...] | None:
    articles = []
    for _, id_text, title, subject, url in common.related:
        seed_id = _integer(id_text)
        if (
            seed_id is None
            or len(title) > RELATED_LIMIT["title"]
            or len(subject) > RELATED_LIMIT["subject"]
            or len(url) > RELATED_LIMIT["url"]
            or title.isspace()
        ):
            return None
        articles.append(RelatedArticle(seed_id, title, subject, url))
    return tuple(articles)


def _integer(text: str) -> int | None:
    """The number, if `str` writes it as it stands."""
    try:
        number = int(text)
    except ValueError:
        return None
    return number if len(text) <= DIGITS and str(number) == text else None


# Thousands of files share a few hundred dates and scores.
@lru_cache(maxsize=2_000)
def _date(text: str) -> datetime.date | None:
    try:
        date = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return date if date.isoformat() == text else None


@lru_cache(maxsize=2_000)
def _number(text: str) -> float | None:
    """The number, if `str` writes it as it stands."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if str(number) == text else None
