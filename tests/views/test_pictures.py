"""Pictures as browsers fetch them."""

import io

import pytest
from django.contrib.auth.models import User
from PIL import Image

from learn.rendering import render
from learn.uploads import store_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20)).save(buffer, "PNG")
    return store_picture(buffer.getvalue(), by=User.objects.create(username="ada"))


def test_picture_is_served_so_that_nothing_in_it_runs(client, upload):
    response = client.get(upload.get_absolute_url())
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in response["Cache-Control"]
    assert "Set-Cookie" not in response
    assert len(response.getvalue()) == upload.size
    again = client.get(upload.get_absolute_url(), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_picture_that_its_disk_does_not_give_answers_503(client, upload, settings):
    path = settings.MEDIA_ROOT / upload.stored_name
    path.unlink()
    # Root may read every file, but no folder as a file.
    path.mkdir()
    response = client.get(upload.get_absolute_url())
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert response["Cache-Control"] == "no-store"
    assert str(path).encode() not in response.content


@pytest.mark.parametrize(
    "address",
    [
        f"/media/images/{'0' * 20}-1x1.png",
        "/media/images/../settings.py",
        "/media/images/evil.html",
        f"/media/images/{'0' * 20}-1x1.svg",
        "/media/",
    ],
)
def test_nothing_else_of_the_media_store_is_served(client, upload, address):
    assert client.get(address).status_code == 404


def test_picture_in_an_answer_bears_its_size(upload):
    html = render(f"![A square]({upload.get_absolute_url()})").html
    assert f'src="{upload.get_absolute_url()}" width="30" height="20" alt="A square"' in html
    assert "width" not in render("![A](https://x.example/a-30x20.png)").html
