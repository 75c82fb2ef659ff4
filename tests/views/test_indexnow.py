import pytest

from tests.views.markup import get

pytestmark = pytest.mark.django_db


def test_key_file_holds_the_key_as_plain_text(client, settings):
    settings.INDEXNOW_KEY = "Abcdef-0123456789"
    response = client.get("/Abcdef-0123456789.txt")
    assert (response.status_code, response.content) == (200, b"Abcdef-0123456789")
    assert response["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("key", ["", "abcdef-0123456789"])
def test_other_text_files_do_not_exist(client, settings, key):
    settings.INDEXNOW_KEY = key
    get(client, "/abcdef-0123456780.txt", 404)
    get(client, "/.txt", 404)
