"""The real answers as pages are valid HTML."""

import random

import html5lib
import pytest
from django.db import connection
from django.test import Client

from learn.models import Question

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("loaded"),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the templates are the same"),
]


def test_five_hundred_pages_are_valid_html(client: Client) -> None:
    pages = Question.objects.published().filter(canonical=None).order_by("slug", "pk")
    chosen = random.Random(500).sample(list(pages.values_list("pk", flat=True)), 500)
    for question in pages.filter(pk__in=chosen).select_related("subject"):
        response = client.get(question.get_absolute_url())
        assert response.status_code == 200
        # raises at the first error
        html5lib.HTMLParser(strict=True).parse(response.content, transport_encoding="utf-8")
