"""What a customer sends by a page is what its content says, whatever its name claims."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from odoo.addons.expo_followup.tools.uploads import (
    KINDS,
    LONGEST_NAME,
    MOST_BYTES,
    MOST_FILES,
    PNG,
    kind_of,
    plain_name,
    safe_name,
    take_files,
)

WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x00"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
PDF = b"%PDF-1.4\n%%EOF"
NO_PICTURES = {
    "page.jpg": b"<!DOCTYPE html><script>alert(1)</script>",
    "drawing.png": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "shell.jpg": b"<?php system($_GET['c']); ?>",
    "program.gif": b"MZ\x90\x00\x03",
    "archive.jpg": b"PK\x03\x04",
    "text.pdf": b"Dear Sir or Madam,",
    "page with a mark before it.pdf": b"<html>%PDF-1.4",
    "only the first bytes.jpg": b"\xff\xd8\xff<script>alert(1)</script>",
    "sound.webp": b"RIFF\x00\x00\x00\x00WAVE",
    "film.heic": b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00",
}


def picture(form="JPEG", size=(4, 3)):
    file = io.BytesIO()
    Image.new("RGB", size).save(file, form)
    return file.getvalue()


def bomb(width, height):
    """A PNG of a few bytes that says it is as large as that."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def sent(*files):
    return [(name, io.BytesIO(content).read) for name, content in files]


@pytest.mark.parametrize(
    ("content", "mimetype"),
    [
        (picture("JPEG"), "image/jpeg"), (picture("PNG"), "image/png"), (picture("GIF"), "image/gif"),
        (WEBP, "image/webp"), (HEIC, "image/heic"), (PDF, "application/pdf"),
    ],
)  # fmt: skip
def test_what_cameras_phones_and_scanners_make_is_taken(content, mimetype):
    assert kind_of(content).mimetype == mimetype


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_only_looks_like_a_picture_is_refused(name):
    taken, [refused] = take_files(sent((name, NO_PICTURES[name])))
    assert (taken, refused) == ([], (name, "kind"))


def test_a_picture_that_unpacks_to_gigabytes_is_refused():
    assert kind_of(bomb(400, 300)) == PNG
    assert kind_of(bomb(60_000, 60_000)) is None
    assert kind_of(bomb(0, 300)) is None


def test_the_name_gets_the_extension_of_the_content():
    [upload], [] = take_files(sent(("invoice.html", picture("PNG"))))
    assert (upload.name, upload.mimetype) == ("invoice.png", "image/png")


def test_too_large_empty_and_too_many_are_told_apart():
    # Larger than allowed, and a picture at its beginning.
    large = picture() + b"\0" * MOST_BYTES
    taken, refused = take_files(sent(("a.jpg", large), ("b.jpg", b""), ("c.jpg", picture())))
    assert [upload.name for upload in taken] == ["c.jpg"]
    assert refused == [("a.jpg", "large"), ("b.jpg", "empty")]


def test_of_a_thousand_files_no_more_is_read_than_is_kept():
    read = []

    def reader(number):
        def look(size):
            read.append(number)
            return picture()

        return look

    taken, refused = take_files([(f"{number}.jpg", reader(number)) for number in range(1000)])
    assert len(taken) == MOST_FILES
    assert {reason for _name, reason in refused} == {"many"}
    assert read == list(range(MOST_FILES))


def test_nothing_beyond_the_limit_is_read():
    asked = []
    take_files([("a.jpg", lambda size: asked.append(size) or b"")])
    assert asked == [MOST_BYTES + 1]


@given(st.binary(max_size=200) | st.binary(max_size=50).map(lambda tail: picture()[:20] + tail))
def test_whatever_bytes_come_they_are_judged_without_an_error(content):
    assert kind_of(content) in (None, *KINDS)


@given(st.text(max_size=300) | st.none(), st.sampled_from(KINDS))
def test_names_are_short_visible_and_no_path(name, kind):
    safe = safe_name(name, kind)
    assert safe.endswith(f".{kind.extension}")
    assert len(safe) > len(kind.extension) + 1
    assert len(safe) <= LONGEST_NAME + len(kind.extension) + 1
    assert not set("/\\\r\n\0\u202e") & set(safe)
    assert plain_name(safe) == safe
