"""Pictures: only pixels are kept, once, under names that nobody chose."""

import io
import struct
import zlib

import pytest
from django.contrib.auth.models import User
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from learn.models import Upload
from learn.uploads import MAX_BYTES, MAX_SIDE, UploadRefused, store_picture

pytestmark = pytest.mark.django_db

NAME = r"^[0-9a-f]{20}-\d+x\d+\.(png|jpg|webp)$"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def ada():
    return User.objects.create(username="ada")


def file_of(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def stored(media, upload):
    return Image.open(io.BytesIO((media / upload.stored_name).read_bytes()))


@pytest.mark.parametrize(
    ("kind", "mode", "extension"),
    [
        ("PNG", "RGB", "png"),
        ("PNG", "RGBA", "png"),
        ("PNG", "P", "png"),
        ("PNG", "1", "png"),
        ("PNG", "I;16", "png"),
        ("JPEG", "RGB", "jpg"),
        ("JPEG", "L", "jpg"),
        ("JPEG", "CMYK", "jpg"),
        ("WEBP", "RGBA", "webp"),
        ("GIF", "P", "png"),
    ],
)
def test_picture_is_kept_in_the_format_of_its_content(ada, media, kind, mode, extension):
    upload = store_picture(file_of(Image.new(mode, (30, 20)), kind), by=ada)
    assert upload.name.endswith(f"-30x20.{extension}")
    assert (upload.width, upload.height, upload.created_by) == (30, 20, ada)
    assert stored(media, upload).size == (30, 20)
    assert (media / upload.stored_name).stat().st_size == upload.size


def test_same_bytes_are_stored_once(ada, media):
    data = file_of(Image.new("RGB", (3, 3), "red"), "PNG")
    assert store_picture(data, by=ada) == store_picture(data, by=ada)
    # other bytes, the same picture
    other = store_picture(file_of(Image.new("RGB", (3, 3), "red"), "PNG", compress_level=0), by=ada)
    assert Upload.objects.count() == 2
    assert other.name == Upload.objects.first().name
    assert len(list((media / "images").iterdir())) == 1


def test_orientation_is_applied_and_metadata_is_dropped(ada, media):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter
    exif[0x010E] = "secret place"
    data = file_of(Image.new("RGB", (40, 20)), "JPEG", exif=exif, comment=b"secret")
    upload = store_picture(data, by=ada)
    assert (upload.width, upload.height) == (20, 40)
    assert not stored(media, upload).getexif()
    assert b"secret" not in (media / upload.stored_name).read_bytes()


def test_text_in_a_png_and_what_follows_it_are_dropped(ada, media):
    info = PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    data = file_of(Image.new("RGB", (4, 4)), "PNG", pnginfo=info) + b"<script>alert(2)</script>"
    upload = store_picture(data, by=ada)
    assert b"script" not in (media / upload.stored_name).read_bytes()


def test_large_picture_is_made_smaller(ada):
    upload = store_picture(file_of(Image.new("RGB", (4000, 1000)), "PNG"), by=ada)
    assert (upload.width, upload.height) == (MAX_SIDE, MAX_SIDE // 4)


def moving(kind):
    frames = [Image.new("RGB", (4, 4), color) for color in ("red", "blue")]
    return file_of(frames[0], kind, save_all=True, append_images=frames[1:])


def bomb():
    """A small PNG that says it has four thousand million pixels."""
    header = struct.pack(">IIBBBBB", 65_000, 65_000, 8, 2, 0, 0, 0)

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


PNG = file_of(Image.new("RGB", (50, 50)), "PNG")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
        (b"<?xml version='1.0'?><svg/>", "SVG"),
        (b"<html><script>alert(1)</script>", "cannot be read"),
        (b"GIF89a<script>", "cannot be read"),
        (b"", "cannot be read"),
        (PNG[:60], "cannot be read"),
        (file_of(Image.new("RGB", (4, 4)), "BMP"), "cannot be read"),
        (file_of(Image.new("RGB", (4, 4)), "TIFF"), "cannot be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "cannot be read"),
        (moving("GIF"), "moves"),
        (moving("WEBP"), "moves"),
        (moving("PNG"), "moves"),
        (b"x" * (MAX_BYTES + 1), "10 MB"),
    ],
)
def test_file_that_is_no_still_picture_is_refused_with_the_reason(ada, media, data, reason):
    with pytest.raises(UploadRefused, match=reason):
        store_picture(data, by=ada)
    assert not Upload.objects.exists()
    assert list(media.iterdir()) == []


def test_picture_with_too_many_pixels_is_refused_before_it_is_unpacked(ada):
    with pytest.raises(UploadRefused):
        store_picture(bomb(), by=ada)
    wide = file_of(Image.new("1", (10_000, 5_000)), "PNG")
    with pytest.raises(UploadRefused, match="10000 × 5000"):
        store_picture(wide, by=ada)
