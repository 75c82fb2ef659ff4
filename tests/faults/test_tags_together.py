"""Two who write questions with the same tags at the same time."""

import threading

import pytest
from django.db import close_old_connections, connection, transaction

from learn.models import Tag, TaggedQuestion
from learn.topics import count_questions
from tests.factories import make_question


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_two_who_count_each_others_new_tags_do_not_wait_for_each_other_for_ever() -> None:
    first, other = make_question(seo_keywords="tide"), make_question(seo_keywords="moon")
    tide, moon = Tag.objects.get(key="tide"), Tag.objects.get(key="moon")
    ready = threading.Barrier(2)
    errors: list[Exception] = []

    def write(question, new: Tag, counted: Tag) -> None:
        try:
            with transaction.atomic():
                TaggedQuestion.objects.create(content_object=question, tag=new)
                count_questions([counted.pk])
                # The references of new rows are checked at the end, and lock the tags then.
                ready.wait(30)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=write, args=arguments)
        for arguments in ((first, moon, tide), (other, tide, moon))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert errors == []
    assert TaggedQuestion.objects.count() == 4
