"""Django's serialisation format `md`: `loaddata x.md`, `dumpdata --format md`.

A seed file is one question with all that belongs to it, so a stream holds exactly one.
"""

from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.core.serializers import base
from django.db import DEFAULT_DB_ALIAS

from learn.frontmatter import FrontMatterError
from learn.models import Question
from learn.seeds.exporter import seed_bytes, seed_of
from learn.seeds.importer import load_seeds
from learn.seeds.reading import read_seed
from learn.seeds.sources import SourceFile


class Serializer(base.Serializer):
    """Writes the one question of a queryset as a seed file."""

    internal_use_only = False

    def serialize(self, queryset: Any, **options: Any) -> str:
        questions = list(queryset)
        if len(questions) != 1 or not isinstance(questions[0], Question):
            raise base.SerializationError(
                "A seed file holds one question. Name it (dumpdata learn.question --pks ID "
                "--format md), or write all of them with dumpseeds."
            )
        text = seed_bytes(seed_of(questions[0])).decode()
        self.stream = options.get("stream") or StringIO()
        self.stream.write(text)
        return text


class DeserializedSeed:
    """What `loaddata` saves: the file itself, through the import."""

    deferred_fields: dict[Any, Any] = {}

    def __init__(self, data: bytes, question: Question) -> None:
        self.data = data
        self.object = question

    def save(self, save_m2m: bool = True, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
        report = load_seeds([SourceFile("seed file", self.data)])
        for problem in (*report.refused, *report.conflicts):
            raise base.DeserializationError(problem["reason"])
        self.object = Question.objects.filter(pk=self.object.pk).first() or self.object


def Deserializer(stream_or_string: Any, **options: Any) -> Iterator[DeserializedSeed]:
    """Yield the one seed of a stream; raises DeserializationError with line and reason."""
    content = stream_or_string
    if hasattr(content, "read"):
        content = content.read()
    data = content.encode() if isinstance(content, str) else bytes(content)
    try:
        seed, _ = read_seed(data)
    except FrontMatterError as error:
        raise base.DeserializationError(str(error)) from None
    yield DeserializedSeed(data, Question(slug=seed.path.slug, title=seed.title))
