"""The catalogues of translations: fills them with the strings of the code, and compiles them.

`make messages` takes the strings from the code and the templates, brings each `locale/*/django.po`
up to date, compiles it and names what is not translated yet. `python scripts/messages.py pt-br`
begins a language. Needs no GNU gettext. docs/translating.md tells the rest.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.core import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
SOURCES = ("learn/**/*.py", "quicktakes/**/*.py", "templates/**/*.*")
# Name of a function -> the places of what it takes: (context,) text (, plural).
FUNCTIONS = {"gettext": 1, "ngettext": 2, "pgettext": 2, "npgettext": 3}
FUNCTIONS |= {f"{name}_lazy": number for name, number in FUNCTIONS.items()}
FUNCTIONS |= {"_": 1, "gettext_noop": 1}
# Placeholders of Python, of str.format() and of scripts, and HTML: equal in both languages.
FIXED_PART = re.compile(r"%\(\w+\)[sd]|%%?\w|\{\w*\}|</?\w[^>]*>")


def extract() -> Catalog:
    """Every string of the code and the templates that is to be translated."""
    catalog = Catalog()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            for line, function, texts, comments in _strings(path):
                texts = texts[: FUNCTIONS[function]]
                context = texts.pop(0) if function.startswith(("pgettext", "npgettext")) else None
                text = tuple(texts) if len(texts) == 2 else texts[0]
                catalog.add(text, locations=[(name, line)], auto_comments=comments, context=context)
    return catalog


def _strings(path: Path) -> Iterator[tuple[int, str, list[str], list[str]]]:
    """(line, function, its strings, comments for translators) of each string in a file."""
    if path.suffix == ".py":
        yield from _calls(ast.parse(path.read_text()))
        return
    # Python of a kind, in which only the beginning of lines would mislead.
    source = re.sub(r"^[ \t]+", "", templatize(path.read_text()), flags=re.M)
    found = extract_python(io.BytesIO(source.encode()), FUNCTIONS, ["Translators:"], {})
    for line, function, texts, comments in found:
        yield line, function, list(texts) if isinstance(texts, tuple) else [texts], comments


def _calls(tree: ast.AST) -> Iterator[tuple[int, str, list[str], list[str]]]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        function = call.func.id if isinstance(call.func, ast.Name) else ""
        texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
        # What is no literal is marked where it is written.
        if function in FUNCTIONS and len(texts) >= FUNCTIONS[function]:
            yield call.lineno, function, texts, []


def catalogues() -> Iterator[Path]:
    return iter(sorted(LOCALE.glob("*/LC_MESSAGES/django.po")))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)


def compiled(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def update(path: Path, template: Catalog) -> Catalog:
    """Give the catalogue the strings of the code, and drop those that are gone."""
    catalog = read(path)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    with path.open("wb") as file:
        # Without numbers of lines, which would change with every edit of the code.
        write_po(file, catalog, width=100, ignore_obsolete=True, include_lineno=False)
    path.with_suffix(".mo").write_bytes(compiled(catalog))
    return catalog


def begin(language: str) -> None:
    try:
        Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        sys.exit(f"“{language}” is no language that Babel knows. Give its tag, for example pt-br.")
    path = LOCALE / to_locale(language) / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        catalog = Catalog(
            locale=to_locale(language),
            header_comment=f"# The words of QuickTakes: {language}",
            project="QuickTakes",
            version="1",
            msgid_bugs_address="-",
            last_translator="-",
            language_team="-",
            revision_date=datetime.now(UTC),
            fuzzy=False,
        )
        with path.open("wb") as file:
            write_po(file, catalog)


def problems(catalog: Catalog, template: Catalog) -> Iterator[str]:
    """What is missing or wrong in a catalogue, one line each."""
    for message in template:
        if message.id and catalog.get(message.id, message.context) is None:
            yield f"missing: {message.id!r}"
    for message in catalog:
        if not message.id:
            continue
        if template.get(message.id, message.context) is None:
            yield f"not in the code: {message.id!r}"
        elif message.fuzzy:
            yield f"fuzzy: {message.id!r}"
        elif not all(_forms(message)):
            yield f"untranslated: {message.id!r}"
        elif not _keeps_fixed_parts(message):
            yield f"other placeholders or HTML: {message.id!r}: {message.string!r}"


def _forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def _keeps_fixed_parts(message: Message) -> bool:
    ids = message.id if isinstance(message.id, tuple | list) else [message.id]
    allowed = [sorted(FIXED_PART.findall(text)) for text in ids]
    return all(sorted(FIXED_PART.findall(form)) in allowed for form in _forms(message))


def main(languages: list[str]) -> int:
    for language in languages:
        begin(language)
    template = extract()
    found = 0
    for path in catalogues():
        catalog = update(path, template)
        lines = list(problems(catalog, template))
        found += len(lines)
        name = path.relative_to(ROOT)
        sys.stdout.write(f"{name}: {len(catalog)} strings, {len(lines)} to be seen to\n")
        sys.stdout.writelines(f"  {line}\n" for line in lines)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
