"""Print a site's content by natural keys, one JSON line per row, sorted.

Left out, by name: primary keys; the clocks created_at, updated_at and since; of pruned_at the
time; modified_at of rows that an import changed (version above 1), where it is the time of that.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import django

CLOCKS = {"id", "created_at", "updated_at"}


def lines() -> Iterator[str]:
    from learn.models import (
        Author,
        PendingStep,
        Question,
        Redirect,
        RelatedQuestion,
        Revision,
        Subject,
        Tag,
        TaggedQuestion,
    )

    paths = {q.pk: str(q.path) for q in Question.objects.select_related("subject")}
    tags = dict(Tag.objects.values_list("pk", "key"))

    def row(kind: str, key: Any, value: Any) -> str:
        return json.dumps([kind, key, value], default=str, sort_keys=True)

    for question in Question.objects.values():
        key = paths[question["id"]]
        if question["version"] > 1:
            del question["modified_at"]
        question["pruned_at"] = question["pruned_at"] is not None
        question["canonical_id"] = paths.get(question["canonical_id"])
        question["subject_id"] = question["author_id"] = None  # in the path; one author
        source = question.pop("seed_source")
        question["seed_source"] = bytes(source).hex() if source else None
        yield row("question", key, {k: v for k, v in question.items() if k not in CLOCKS})
    for item in RelatedQuestion.objects.values():
        key = (paths[item.pop("question_id")], item.pop("position"))
        item["target_id"] = paths.get(item["target_id"])
        del item["id"]
        yield row("related", key, item)
    tagged: dict[str, list[str]] = {}
    for question_id, tag_id in TaggedQuestion.objects.order_by("pk").values_list(
        "content_object_id", "tag_id"
    ):
        tagged.setdefault(paths[question_id], []).append(tags[tag_id])
    yield from (row("tags", key, value) for key, value in tagged.items())
    for tag in Tag.objects.values("key", "name", "slug"):
        yield row("tag", tag["key"], tag)
    for old_path, question_id, origin in Redirect.objects.values_list(
        "old_path", "question_id", "origin"
    ):
        yield row("redirect", old_path, [paths[question_id], origin])
    for subject in Subject.objects.values("slug", "title", "is_listed"):
        yield row("subject", subject["slug"], subject)
    for name in Author.objects.values_list("name", flat=True):
        yield row("author", name, None)
    for number, content in Revision.objects.values_list("number", "content"):
        yield row("revision", number, content)
    for step in PendingStep.objects.values_list("step", flat=True):
        yield row("pending", step, None)


def differences(one: list[str], other: list[str]) -> list[tuple[str, object, object]]:
    """What differs, by kind and key: the columns of rows that both have, or the whole row."""
    first, second = (
        {str(row[:2]): row[2] for row in map(json.loads, dump)} for dump in (one, other)
    )
    found = []
    for key in sorted(first.keys() | second.keys()):
        a, b = first.get(key), second.get(key)
        if isinstance(a, dict) and isinstance(b, dict):
            a, b = ({k: v for k, v in x.items() if v != y[k]} for x, y in ((a, b), (b, a)))
        if a != b:
            found.append((key, a, b))
    return found[:20]


if __name__ == "__main__":
    django.setup()
    sys.stdout.writelines(f"{line}\n" for line in sorted(lines()))
