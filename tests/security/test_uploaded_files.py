"""Files that editors send: nothing of them can run in a reader's browser."""

import io
import zipfile

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.admin.people import client_of

pytestmark = pytest.mark.django_db

UPLOAD = "/admin/learn/question/upload/"
PAGE = b"<html><script>alert(document.domain)</script>"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def desk():
    return client_of(User.objects.create_superuser("ada"))


def picture_and_page_and_archive(kind: str) -> bytes:
    """A picture with a page in its comment, and a page and an archive after its end."""
    buffer = io.BytesIO()
    options = {"comment": PAGE} if kind in ("JPEG", "GIF") else {}
    Image.new("RGB", (8, 8), "red").save(buffer, kind, **options)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("evil.js", PAGE)
    return buffer.getvalue() + PAGE + archive.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("name", ["evil.html", "../../evil.svg", "evil.png\x00.html", ""])
def test_file_that_is_a_page_as_well_comes_back_as_pixels_only(desk, client, media, kind, name):
    sent = picture_and_page_and_archive(kind)
    assert PAGE in sent
    file = SimpleUploadedFile(name or "x", sent, content_type="text/html")
    answer = desk.post(UPLOAD, {"image": file, "alt": "](javascript:alert(1))"})
    assert answer.status_code == 200, answer.content
    # Whatever it was called: the name is made of its pixels.
    (stored,) = (media / "images").iterdir()
    assert [path.name for path in media.iterdir()] == ["images"]
    code = answer.json()["image_code"]
    assert code == f"![\\](javascript:alert(1))](/media/images/{stored.name})"
    response = client.get(f"/media/images/{stored.name}")
    body = response.getvalue()
    assert b"script" not in body
    assert not zipfile.is_zipfile(io.BytesIO(body))
    assert Image.open(io.BytesIO(body)).size == (8, 8)
    assert response["Content-Type"] in ("image/jpeg", "image/png", "image/webp")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_picture_larger_than_its_limit_is_refused_with_the_reason(desk, media):
    file = SimpleUploadedFile("large.png", b"x" * (10 * 1024 * 1024 + 1))
    answer = desk.post(UPLOAD, {"image": file})
    assert answer.status_code == 400
    assert "10 MB are the most" in answer.json()["error"]
    assert list(media.iterdir()) == []
