"""Field types shared by several tables."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from learn.validators import SLUG_MAX_LENGTH, validate_slug


class BytewiseSlugField(models.CharField):
    """A slug of [a-z0-9-] that sorts byte by byte on every database.

    PostgreSQL's usual collations ignore hyphens, SQLite compares bytes; lists are ordered by
    slug and paged, so both must agree.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", SLUG_MAX_LENGTH)
        super().__init__(*args, **kwargs)
        self.validators.append(validate_slug)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters
