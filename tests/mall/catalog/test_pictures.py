"""Uploads become our own WebP; what is not a picture is refused in a clear sentence."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from mall.catalog import pictures
from mall.catalog.models import Picture
from mall.catalog.pictures import BadPicture


def drawn(kind, size=(40, 30), mode="RGB", **more):
    out = BytesIO()
    Image.new(mode, size, "red").save(out, kind, **more)
    return out.getvalue()


def opened(digest):
    body, media_type = pictures.load(digest)
    assert media_type == "image/webp"
    return Image.open(BytesIO(body))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_written_anew_as_webp(db, kind):
    picture = opened(pictures.store_upload(drawn(kind)))
    assert (picture.format, picture.size) == ("WEBP", (40, 30))


def test_a_large_picture_is_made_smaller(db):
    assert opened(pictures.store_upload(drawn("PNG", (3200, 800)))).size == (1600, 400)


def test_where_and_how_it_was_taken_is_forgotten(db):
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "taken at home", 6  # description; turned by 90 degrees
    picture = opened(pictures.store_upload(drawn("JPEG", exif=exif)))
    assert (
        picture.size == (30, 40)
        and not picture.getexif()
        and b"taken at home" not in picture.tobytes()
    )


def test_what_is_see_through_stays_so(db):
    assert opened(pictures.store_upload(drawn("PNG", mode="RGBA"))).mode in ("RGB", "RGBA")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        drawn("GIF"),
        drawn("PNG")[:60],
    ],
)
def test_what_is_no_picture_is_refused(db, body):
    with pytest.raises(BadPicture, match="PNG, JPEG or WebP"):
        pictures.store_upload(body)


def test_a_picture_of_too_many_pixels_is_not_even_opened(db):
    with pytest.raises(BadPicture, match="too many pixels"):
        pictures.store_upload(drawn("PNG", (10_000, 5_000), mode="1"))


def test_the_same_bytes_are_kept_once(db):
    assert pictures.store(b"<svg/>", "image/svg+xml") == pictures.store(b"<svg/>", "image/svg+xml")
    assert db.session.scalar(select(func.count()).select_from(Picture)) == 1
