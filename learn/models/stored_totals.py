from collections.abc import Collection
from typing import Any

from django.db import models


def sparing(row: models.Model, totals: Collection[str], given: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `save()` that leave these fields of a row which exists as they are.

    learn.totals keeps in them what is said of many questions: whoever read the row before a
    question was counted would take that back.
    """
    if row._state.adding or given.get("update_fields") is not None:
        return given
    fields = (field for field in row._meta.concrete_fields if not field.primary_key)
    return given | {"update_fields": [f.name for f in fields if f.name not in totals]}
