import io
from pathlib import Path

import pytest
from django.core.cache import cache
from PIL import Image

from learn.share_images import SITE, ShareImage, drawing, question_image, site_image
from tests.factories import make_question, make_subject

FONTS = Path(drawing.__file__).with_name("fonts")


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.mark.django_db
def test_address_of_a_picture_changes_with_what_is_drawn_and_with_nothing_else(site):
    question = make_question(title="Why?", subject=make_subject(title="Music"))
    image = question_image(question)
    assert image.address == f"/og/{question.uid.hex}-{image.digest}.png"
    assert image.url == f"https://site.example{image.address}"
    question.answer = "Another one."
    assert question_image(question) == image
    digests = {image.digest}
    question.question = "How?"
    digests.add(question_image(question).digest)
    question.subject.title = "Song"
    digests.add(question_image(question).digest)
    site.SITE_NAME = "Renamed"
    digests.add(question_image(question).digest)
    assert len(digests) == 4


def test_picture_of_the_site_names_its_host_and_purpose(site):
    image = site_image()
    assert (image.name, image.text, image.line) == (SITE, site.SITE_DESCRIPTION, "site.example")


def test_picture_is_drawn_once_and_then_taken_from_the_cache():
    image = ShareImage(SITE, "Why?", "Music")
    data = image.png()
    assert Image.open(io.BytesIO(data)).size == (image.width, image.height) == (1200, 675)
    cache.set(f"share-image:{image.digest}", b"kept")
    assert image.png() == b"kept"


def test_text_that_no_font_can_draw_gives_way_to_the_subject(site):
    foreign = ShareImage(SITE, "什么是光合作用", "Music")
    assert foreign.png() == drawing.draw("Answers", "Music", "Music")


def test_own_fonts_are_small_and_lie_beside_their_licences():
    fonts = [FONTS / Path(file).name for file in drawing.OWN_FONTS]
    assert sum(file.stat().st_size for file in fonts) < 300_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()
    assert "Bitstream Vera" in (FONTS / "DEJAVU-LICENSE.txt").read_text()
