"""The catalogues of translations are complete, and so are their compiled twins."""

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils.translation import to_locale

from scripts import messages

CATALOGUES = list(messages.catalogues())
UPDATE = "run `make messages`, and translate what it names"


@pytest.fixture(scope="module")
def template() -> Catalog:
    return messages.extract()


def test_every_language_of_the_settings_but_english_has_a_catalogue_and_no_other_is_there() -> None:
    languages = {to_locale(language) for language, _ in settings.LANGUAGES} - {"en"}
    assert {path.parents[1].name for path in CATALOGUES} == languages


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[1].name)
def test_catalogue_has_every_string_of_the_code_translated(path, template) -> None:
    assert list(messages.problems(messages.read(path), template)) == [], UPDATE


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[1].name)
def test_compiled_catalogue_says_what_its_source_says(path) -> None:
    compiled = path.with_suffix(".mo").read_bytes()
    assert compiled == messages.compiled(messages.read(path)), UPDATE


def test_strings_are_found_in_code_and_in_templates(template) -> None:
    for found in (
        "Subjects",  # {% translate %}
        "APA (7th edition)",  # gettext_noop
        "Results for “%(query)s”",  # {% blocktranslate %}
        ("%(number)s card", "%(number)s cards"),  # … with plural, after {% if %} in one line
        ("%d question was published.", "%d questions were published."),  # ngettext
        "Something is wrong",  # gettext_lazy
        "Clear answers to study questions, free to read, subject by subject.",  # in another call
    ):
        assert template.get(found) is not None, found
    assert {place for place, _ in template.get("Search").locations} == {
        "learn/views/search.py",
        "templates/admin/search_form.html",
        "templates/parts/search_form.html",
        "templates/learn/search.html",
    }


def catalogue(english, translated, flags=()) -> Catalog:
    made = Catalog(locale="es")
    made.add(english, translated, flags=flags)
    return made


@pytest.mark.parametrize(
    ("english", "spanish", "flags", "problem"),
    [
        ("Hello", "", (), "untranslated: 'Hello'"),
        ("Hello", "Hola", ("fuzzy",), "fuzzy: 'Hello'"),
        (("%d dog", "%d dogs"), ("%d perro", ""), (), "untranslated: ('%d dog', '%d dogs')"),
        (
            "By %(name)s",
            "De %(nombre)s",
            (),
            "other placeholders or HTML: 'By %(name)s': 'De %(nombre)s'",
        ),
        ("{} saved {}", "{} guardó", (), "other placeholders or HTML: '{} saved {}': '{} guardó'"),
        ("a <b>c</b>", "a c", (), "other placeholders or HTML: 'a <b>c</b>': 'a c'"),
        ("By %(name)s", "De %(name)s", (), None),
        (("One dog", "%d dogs"), ("%d perro", "%d perros"), (), None),
    ],
)
def test_what_is_wrong_in_a_catalogue_is_named(english, spanish, flags, problem) -> None:
    found = list(messages.problems(catalogue(english, spanish, flags), catalogue(english, "")))
    assert found == ([problem] if problem else [])


def test_string_that_is_missing_or_gone_is_named() -> None:
    found = list(messages.problems(catalogue("Old", "Viejo"), catalogue("New", "")))
    assert found == ["missing: 'New'", "not in the code: 'Old'"]


def test_update_adds_new_strings_keeps_translations_and_drops_what_is_gone(
    tmp_path, template
) -> None:
    path = tmp_path / "es" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid ""\nmsgstr ""\n"Language: es\\n"\n\nmsgid "Old"\nmsgstr "Viejo"\n\n'
        'msgid "Subjects"\nmsgstr "Materias"\n'
    )
    updated = messages.update(path, template)
    written = messages.read(path)
    assert (written.get("Subjects").string, written.get("Old")) == ("Materias", None)
    assert written.get("Topics").string == ""
    assert len(written) == len(updated) == len(template)
    assert path.with_suffix(".mo").exists()


def test_new_language_begins_with_its_plural_forms_and_keeps_what_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    messages.begin("pt-br")
    path = tmp_path / "pt_BR" / "LC_MESSAGES" / "django.po"
    assert "Plural-Forms: nplurals=2; plural=(n > 1);" in path.read_text()
    begun = path.read_bytes()
    messages.begin("pt-br")
    assert path.read_bytes() == begun


@pytest.mark.parametrize("name", ["klingon", "not a tag", ""])
def test_language_that_does_not_exist_is_refused(tmp_path, monkeypatch, name) -> None:
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    with pytest.raises(SystemExit, match=f"“{name}” is no language that Babel knows"):
        messages.begin(name)
    assert list(tmp_path.iterdir()) == []
