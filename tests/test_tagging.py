import pytest
from hypothesis import given
from hypothesis import strategies as st

from learn.models import Question, Tag, TaggedQuestion
from learn.models.tag import TAG_MAX_LENGTH, fold_keyword, slugify_key, split_keywords
from learn.seeds import importer
from learn.seeds.importer import load_seeds
from learn.tagging import TagWriter
from learn.topics import miscounted_tags
from tests.factories import make_question, make_subject
from tests.seeds.builders import seed_file, sources


@pytest.mark.parametrize(
    ("line", "keywords"),
    [
        ("a, b,c", ["a", "b", "c"]),
        ("", []),
        (" , a ,, ", ["a"]),
        ("1,000 genomes project, DNA", ["1,000 genomes project", "DNA"]),
        ("war of 1812,treaty", ["war of 1812", "treaty"]),
        ("9,95", ["9", "95"]),
    ],
)
def test_keywords_are_parted_by_commas_outside_numbers(line: str, keywords: list[str]) -> None:
    assert split_keywords(line) == keywords


@pytest.mark.parametrize(
    "spellings",
    [
        ("Action potential", "action-potential", "ACTION  POTENTIAL"),
        ("Schrödinger", "schrodinger"),
        ("Newton's laws", "Newton’s laws", "newtons laws"),
        ("R&D", "r and d"),
    ],
)
def test_spellings_of_one_keyword_share_a_key(spellings: tuple[str, ...]) -> None:
    assert len({fold_keyword(name) for name in spellings}) == 1


def test_languages_with_signs_keep_apart() -> None:
    slugs = {slugify_key(fold_keyword(name)) for name in ("C", "C++", "C#")}
    assert slugs == {"c", "c-plus-plus", "c-sharp"}


@given(st.text(min_size=1, max_size=300))
def test_slug_is_never_empty_too_long_or_unsafe(name: str) -> None:
    slug = slugify_key(fold_keyword(name))
    assert 0 < len(slug) <= TAG_MAX_LENGTH
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@given(st.lists(st.text(alphabet="aé+-/∑ .'", min_size=1, max_size=4), min_size=2, max_size=9))
def test_different_keys_never_share_a_slug(names: list[str]) -> None:
    keys = {fold_keyword(name) for name in names}
    assert len({slugify_key(key) for key in keys}) == len(keys)


@pytest.mark.django_db
def test_first_spelling_names_the_tag_and_order_is_the_files() -> None:
    seo = {"title": "T", "page_description": "D", "page_keywords": "Water, salt, WATER, ∑, /"}
    load_seeds(sources(seed_file("a", seo=seo)))
    names = [tag.name for tag in Question.objects.get().tags.all()]
    assert names == ["Water", "salt", "∑", "/"]
    assert Tag.objects.count() == 4


@pytest.mark.django_db
def test_bulk_written_tag_equals_a_saved_one() -> None:
    load_seeds(sources(seed_file()))
    for tag in Tag.objects.all():
        before = (tag.name, tag.slug, tag.key)
        tag.save()
        assert (tag.name, tag.slug, tag.key) == before


@pytest.mark.django_db
def test_writing_again_replaces_the_tags_of_a_question() -> None:
    load_seeds(sources(seed_file()))
    question = Question.objects.get()
    TagWriter().write({question.pk: "salt"})
    assert [tag.name for tag in question.tags.all()] == ["salt"]
    assert TaggedQuestion.objects.count() == 1


@pytest.mark.django_db
def test_keyword_of_135_characters_becomes_a_tag() -> None:
    long = "x" * 135
    seo = {"title": "T", "page_description": "D", "page_keywords": long}
    load_seeds(sources(seed_file(seo=seo)))
    assert Tag.objects.get().name == long


@pytest.mark.django_db
def test_keyword_longer_than_a_tag_is_cut_not_refused() -> None:
    seo = {"title": "T", "page_description": "D", "page_keywords": "+" * 900}
    report = load_seeds(sources(seed_file(seo=seo)))
    assert report.refused == []
    assert Tag.objects.get().name == "+" * TAG_MAX_LENGTH


@pytest.mark.django_db
def test_new_tags_begin_with_the_questions_that_count_and_known_ones_keep_their_number() -> None:
    first, second, hidden = (make_question() for _number in range(3))
    Tag.objects.create(name="known", slug="known", key="known", count=7)
    words = {first.pk: "salt, Known", second.pk: "Salt, SALT", hidden.pk: "salt, secret"}
    TagWriter().write(words, are_new=True, counted=[first.pk, second.pk])
    assert dict(Tag.objects.values_list("key", "count")) == {"known": 7, "salt": 2, "secret": 0}


@pytest.mark.django_db
def test_import_that_ended_before_its_counting_has_counted_what_lists_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_subject(slug="hidden", is_listed=False)
    seo = {"title": "T", "page_description": "D", "page_keywords": "salt"}
    monkeypatch.setattr(importer, "finish_steps", lambda extent: None)
    load_seeds(
        sources(
            seed_file("a", seo=seo),
            seed_file("b", seo=seo),
            seed_file("unlisted", seo=seo, no_index="True"),
            seed_file("c", subject="hidden", seo=seo),
            seed_file("later", seo=seo, date="2999-01-01"),
        )
    )
    assert Tag.objects.get().count == 2
    monkeypatch.undo()
    load_seeds(sources())
    assert miscounted_tags() == {}
    assert Tag.objects.get().count == 2
