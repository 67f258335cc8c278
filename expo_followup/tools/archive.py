r"""ZIP archives that prove that they are whole: every file with its size and SHA-256 in ``manifest.json``.

>>> import io
>>> with io.BytesIO() as target:
...     with ArchiveWriter(target, {"kind": "example"}) as writer:
...         _ = writer.add("notes/王伟.txt", "你好".encode())
...     with ArchiveReader(target) as reader:
...         reader.manifest["kind"], reader.names(), reader.content("notes/王伟.txt").decode()
('example', ['notes/王伟.txt'], '你好')
"""

import hashlib
import io
import json
import re
import stat
import unicodedata
import zipfile
from typing import NamedTuple

FORMAT = "expo_followup.archive"
VERSION = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
#: Files that are compressed already.
_PACKED = (".xlsx", ".pdf", ".jpg", ".jpeg", ".png", ".webp", ".zip", ".docx", ".mp4")
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


class ArchiveError(Exception):
    """What is wrong with an archive: a ``code`` for the words of a screen, and the ``name`` of the file concerned."""

    def __init__(self, code, name=""):
        super().__init__(f"{code}: {name}" if name else code)
        self.code = code
        self.name = name


class Limits(NamedTuple):
    """The most that is unpacked: bytes in all, number of files, and how many bytes may come out of one byte."""

    size: int = 4 << 30
    count: int = 200_000
    ratio: int = 200
    manifest: int = 64 << 20


LIMITS = Limits()


class ArchiveWriter:
    """Writes an archive into a file object, a file at a time; the manifest comes last.

    :param dict about: further entries of the manifest, which may be added to until the end
    """

    def __init__(self, target, about=None):
        self.about = dict(about or {})
        self.files = {}
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_error):
        if kind is None:
            manifest = {**self.about, "format": FORMAT, "version": VERSION, "files": self.files}
            self._zip.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True))
        self._zip.close()

    def add(self, name, source):
        """Add one file and return its name: ``source`` is bytes, or a file object that is read in pieces.

        :raises ArchiveError: for a name that no reader would take, or one used twice
        """
        if not is_safe_name(name) or name == MANIFEST:
            raise ArchiveError("unsafe", name)
        if name in self.files:
            raise ArchiveError("twice", name)
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_STORED if name.lower().endswith(_PACKED) else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as packed:
            for chunk in _chunks(io.BytesIO(source) if isinstance(source, bytes) else source):
                packed.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.files[name] = {"size": size, "sha256": digest.hexdigest()}
        return name


class ArchiveReader:
    """Reads an archive after checking it from end to end; nothing is unpacked to a disk.

    :raises ArchiveError: when it is no archive of ours, not whole, or unreasonably large
    """

    def __init__(self, source, limits=LIMITS):
        try:
            self._zip = zipfile.ZipFile(source)
            check_sizes(self._zip, limits)
            self.manifest = self._read_manifest(limits)
            self._check_files()
        except (zipfile.BadZipFile, EOFError, NotImplementedError, zipfile.zlib.error) as error:
            raise ArchiveError("broken") from error

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._zip.close()

    def _read_manifest(self, limits):
        names = self._zip.namelist()
        if MANIFEST not in names:
            raise ArchiveError("no_manifest")
        if self._zip.getinfo(MANIFEST).file_size > limits.manifest:
            raise ArchiveError("too_large", MANIFEST)
        try:
            manifest = json.loads(self._zip.read(MANIFEST).decode())
            listed = manifest["files"].items()
            sound = all(isinstance(entry["size"], int) and len(entry["sha256"]) == 64 for _name, entry in listed)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ArchiveError("bad_manifest") from error
        if not sound or manifest.get("format") != FORMAT:
            raise ArchiveError("bad_manifest")
        if manifest.get("version") != VERSION:
            raise ArchiveError("version", str(manifest.get("version")))
        return manifest

    def _check_files(self):
        listed = self.manifest["files"]
        held = set(self._zip.namelist()) - {MANIFEST}
        for missing in sorted(listed.keys() - held):
            raise ArchiveError("missing", missing)
        for extra in sorted(held - listed.keys()):
            raise ArchiveError("extra", extra)
        for name, entry in listed.items():
            digest, size = hashlib.sha256(), 0
            with self._zip.open(name) as packed:
                for chunk in _chunks(packed):
                    digest.update(chunk)
                    size += len(chunk)
            if (size, digest.hexdigest()) != (entry["size"], entry["sha256"]):
                raise ArchiveError("changed", name)

    def names(self, folder=""):
        """Return the names of the files below ``folder``, sorted."""
        return sorted(name for name in self.manifest["files"] if name.startswith(folder))

    def open(self, name):
        """Open one file for reading in pieces."""
        return self._zip.open(name)

    def content(self, name):
        """Return the content of one file."""
        return self._zip.read(name)


def check_sizes(archive, limits=LIMITS):
    """Refuse a ``ZipFile`` that would unpack to too much, or whose names lead elsewhere. A workbook is one, too.

    :raises ArchiveError:
    """
    infos = archive.infolist()
    if len(infos) > limits.count:
        raise ArchiveError("too_many")
    seen = set()
    for info in infos:
        if not is_safe_name(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
            raise ArchiveError("unsafe", info.filename)
        if info.flag_bits & 1:
            raise ArchiveError("encrypted", info.filename)
        if info.filename in seen:
            raise ArchiveError("twice", info.filename)
        if info.file_size > max(info.compress_size, 1 << 16) * limits.ratio:
            raise ArchiveError("too_large", info.filename)
        seen.add(info.filename)
    if sum(info.file_size for info in infos) > limits.size:
        raise ArchiveError("too_large")


def is_safe_name(name):
    r"""Tell whether a file's name stays inside the folder that it is unpacked to, on any system.

    >>> is_safe_name("files/F001/offer.pdf"), is_safe_name("名片/王伟.vcf")
    (True, True)
    >>> [is_safe_name(name) for name in ("../a", "/a", "C:/a", "a\\b", "a/../b", "a//b", "a/", "", "a\0b", "a/.")]
    [False, False, False, False, False, False, False, False, False, False]
    """
    parts = name.split("/")
    return not re.search(r'[\\:\x00-\x1f\x7f<>"|?*]', name) and all(part.strip(". ") for part in parts)


def file_name(text, fallback="file", length=80):
    """Return a portable name of a file or folder made from any text; its extension is kept.

    >>> file_name("Offer: 10/2026?.pdf"), file_name("../../etc/passwd"), file_name(" . "), file_name("王伟")
    ('Offer_ 10_2026_.pdf', '_.._etc_passwd', 'file', '王伟')
    >>> file_name("con.txt"), len(file_name("长" * 300 + ".jpeg").encode())
    ('_con.txt', 80)
    """
    text = unicodedata.normalize("NFC", str(text or ""))
    text = re.sub(r'[/\\:\x00-\x1f\x7f<>"|?*]', "_", text).strip(". ")
    stem, dot, extension = text.rpartition(".")
    if not stem or len(extension) > 8:
        stem, dot, extension = text, "", ""
    room = length - len(f"{dot}{extension}".encode())
    text = stem.encode()[:room].decode(errors="ignore").strip(". ") + dot + extension
    return f"_{text}" if _RESERVED.match(text) else text or fallback


def _chunks(source):
    return iter(lambda: source.read(CHUNK), b"")
