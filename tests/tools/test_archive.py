"""An archive is taken whole and unchanged, or not at all."""

import hashlib
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.archive import (
    FORMAT,
    VERSION,
    ArchiveError,
    ArchiveReader,
    ArchiveWriter,
    Limits,
    file_name,
    is_safe_name,
)

CONTENT = {"registers/files.xlsx": b"register", "notes/王伟.txt": "你好".encode(), "empty": b""}


def packed(files, manifest=None, listed=None):
    """A ZIP of ``files``; its manifest is what it should be but for what is given."""
    target = io.BytesIO()
    entries = {
        name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in (listed or files).items()
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        text = json.dumps({"format": FORMAT, "version": VERSION, "files": entries, **(manifest or {})})
        archive.writestr("manifest.json", text)
    return target


def refusal(source, **limits):
    with pytest.raises(ArchiveError) as caught:
        ArchiveReader(source, Limits(**limits))
    return caught.value.code, caught.value.name


def test_what_was_written_is_read_and_the_manifest_says_what_it_is():
    target = io.BytesIO()
    with ArchiveWriter(target, {"company": "Ours"}) as writer:
        for name, data in CONTENT.items():
            writer.add(name, io.BytesIO(data))
        writer.about["counts"] = {"files": 3}
    with ArchiveReader(target) as reader:
        assert {name: reader.content(name) for name in reader.names()} == CONTENT
        assert reader.names("notes/") == ["notes/王伟.txt"]
        assert (reader.manifest["company"], reader.manifest["counts"]) == ("Ours", {"files": 3})
        assert reader.manifest["files"]["empty"]["size"] == 0


def test_an_archive_that_broke_off_while_written_is_none():
    target = io.BytesIO()
    with pytest.raises(ValueError, match="disk"), ArchiveWriter(target) as writer:
        writer.add("a", b"1")
        raise ValueError("disk full")
    assert refusal(target) == ("no_manifest", "")


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "C:/a", "a\\b", "manifest.json"])
def test_the_writer_takes_no_name_that_leads_elsewhere(name):
    with pytest.raises(ArchiveError), ArchiveWriter(io.BytesIO()) as writer:
        writer.add(name, b"")


def test_the_writer_takes_no_name_twice():
    with pytest.raises(ArchiveError, match="twice"), ArchiveWriter(io.BytesIO()) as writer:
        writer.add("a", b"1")
        writer.add("a", b"2")


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "D:/evil"])
def test_a_name_that_leads_elsewhere_is_refused(name):
    assert refusal(packed({name: b"x"})) == ("unsafe", name)


def test_a_link_is_refused():
    target = packed({"a": b"1"})
    with zipfile.ZipFile(target, "a") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refusal(target) == ("unsafe", "link")


def test_a_changed_missing_or_added_file_is_named():
    assert refusal(packed({"a": b"2"}, listed={"a": b"1"})) == ("changed", "a")
    assert refusal(packed({}, listed={"a": b"1"})) == ("missing", "a")
    assert refusal(packed({"a": b"1", "b": b"1"}, listed={"a": b"1"})) == ("extra", "b")


def test_what_is_no_archive_of_ours_is_refused():
    assert refusal(io.BytesIO(b"no zip at all")) == ("broken", "")
    assert refusal(packed({}, {"format": "other"})) == ("bad_manifest", "")
    assert refusal(packed({}, {"version": 99})) == ("version", "99")
    for files in ([], None, "x", {"a": 1}, {"a": {"size": "1", "sha256": "0" * 64}}):
        assert refusal(packed({}, {"files": files})) == ("bad_manifest", "")


def test_a_torn_archive_is_refused():
    whole = packed({"a": bytes(range(256)) * 99}).getvalue()
    assert refusal(io.BytesIO(whole[:-40]))[0] == "broken"
    assert refusal(io.BytesIO(whole[:60] + b"\xff\xff\xff\xff" + whole[64:]))[0] in ("broken", "changed")


def test_a_bomb_is_refused_before_it_goes_off():
    assert refusal(packed({"bomb": b"\0" * (64 << 20)})) == ("too_large", "bomb")
    assert refusal(packed({"a": bytes(3000), "b": bytes(3000)}), size=5000) == ("too_large", "")
    assert refusal(packed({"a": b"", "b": b""}), count=2) == ("too_many", "")
    assert refusal(packed({"a": b"1"}), manifest=10) == ("too_large", "manifest.json")


@given(st.text())
def test_any_text_makes_a_name_that_every_reader_takes(text):
    name = file_name(text)
    assert is_safe_name(name)
    assert "/" not in name
    assert len(name.encode()) <= 81
