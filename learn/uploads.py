"""Pictures for answers: taken apart and written anew, so that nothing but pixels is kept."""

import hashlib
import io
import logging
import warnings
from contextlib import suppress

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from learn.models import Upload

logger = logging.getLogger(__name__)

MAX_BYTES = 10 * 1024 * 1024
# Asked before a picture is unpacked: a small file can hold a huge one.
MAX_PIXELS = 40_000_000
# Twice the width of the text, for fine screens.
MAX_SIDE = 1600
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
QUALITY = 85
_HASH_LENGTH = 20


class UploadRefused(ValueError):
    """The file is no picture that can be taken; the message says why and what to do."""


def store_picture(data: bytes, *, by: User) -> Upload:
    """The picture for the bytes of a file; the same bytes are stored once."""
    if len(data) > MAX_BYTES:
        raise UploadRefused(
            _("The file has %(size)d MB; %(limit)d MB are the most. Send a smaller picture.")
            % {"size": len(data) // 1024**2 + 1, "limit": MAX_BYTES // 1024**2}
        )
    source = hashlib.sha256(data).hexdigest()
    known = Upload.objects.filter(source_hash=source).first()
    if known is not None:
        return known
    picture, kind = _opened(data)
    encoded, extension = _encoded(picture, kind)
    digest = hashlib.sha256(encoded).hexdigest()[:_HASH_LENGTH]
    upload = Upload(
        name=f"{digest}-{picture.width}x{picture.height}.{extension}",
        source_hash=source,
        width=picture.width,
        height=picture.height,
        size=len(encoded),
        created_by=by,
    )
    # The file first: a row without its file would be a broken picture.
    try:
        if not default_storage.exists(upload.stored_name):
            default_storage.save(upload.stored_name, ContentFile(encoded))
    except OSError as error:
        logger.exception("A picture could not be stored")
        # What there is of it would be taken for the picture from now on.
        with suppress(OSError):
            default_storage.delete(upload.stored_name)
        raise UploadRefused(
            _(
                "The picture could not be stored: the place where the site keeps pictures is full, "
                "cannot be written or does not answer. Tell whoever runs the site; nothing else is "
                "lost. Send it again after that."
            )
        ) from error
    return Upload.objects.get_or_create(source_hash=source, defaults=_values(upload))[0]


def _values(upload: Upload) -> dict[str, object]:
    names = ("name", "width", "height", "size", "created_by")
    return {name: getattr(upload, name) for name in names}


def _opened(data: bytes) -> tuple[Image.Image, str]:
    """The picture, upright and no larger than needed, and the format that it was sent in."""
    if data[:512].lstrip().startswith((b"<?xml", b"<svg", b"<!DOCTYPE svg")):
        raise UploadRefused(_("SVG files can hold programs. Send the picture as PNG."))
    try:
        with warnings.catch_warnings():
            # The limit below is lower than the one that Pillow warns of.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise UploadRefused(
                _("The picture has %(width)d × %(height)d pixels. Make it smaller first.")
                % {"width": picture.width, "height": picture.height}
            )
        if getattr(picture, "n_frames", 1) > 1:
            raise UploadRefused(_("The picture moves, which disturbs reading. Send a still one."))
        kind = str(picture.format)
        picture.load()
    except UploadRefused:
        raise
    # What decoders raise over broken files is not listed anywhere.
    except Exception as error:
        raise UploadRefused(
            _("The file cannot be read as a picture. Send a PNG, JPEG, WebP or still GIF.")
        ) from error
    upright = _in_srgb(ImageOps.exif_transpose(picture))
    upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return upright, kind


def _in_srgb(picture: Image.Image) -> Image.Image:
    """With the colours that it has, though its profile is dropped."""
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    mode = "RGBA" if has_alpha else "L" if picture.mode in ("1", "L") else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            converted = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=None if picture.mode == mode else mode,
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        picture = converted or picture
    if picture.mode.startswith(("I", "F")):
        # 16 bits: the upper eight.
        picture = picture.point(lambda value: value / 256).convert("L")
    return picture if picture.mode == mode else picture.convert(mode)


def _encoded(picture: Image.Image, kind: str) -> tuple[bytes, str]:
    """Bytes and extension: photographs as JPEG or WebP, as they came, all else as PNG."""
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    buffer = io.BytesIO()
    if kind == "JPEG":
        clean.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
        return buffer.getvalue(), "jpg"
    if kind == "WEBP":
        clean.save(buffer, "WEBP", quality=QUALITY)
        return buffer.getvalue(), "webp"
    clean.save(buffer, "PNG", optimize=True)
    return buffer.getvalue(), "png"
