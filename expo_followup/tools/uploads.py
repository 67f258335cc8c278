"""Photos that a customer sends by a page: what they are is told by their content, never by their name."""

import io
import unicodedata
import warnings
from collections import namedtuple

from PIL import Image

#: What one form may bring: files, and bytes of each.
MOST_FILES = 10
MOST_BYTES = 10 * 1024 * 1024
#: More than what phones send by themselves (64 megapixels): whatever unpacks to more would fill the server's memory.
MOST_PIXELS = 70_000_000
LONGEST_NAME = 80

Kind = namedtuple("Kind", "mimetype extension picture")
JPEG = Kind("image/jpeg", "jpg", "JPEG")
PNG = Kind("image/png", "png", "PNG")
GIF = Kind("image/gif", "gif", "GIF")
# Not every build of the library opens these: they are kept as they come from the phone.
WEBP = Kind("image/webp", "webp", None)
HEIC = Kind("image/heic", "heic", None)
PDF = Kind("application/pdf", "pdf", None)
KINDS = (JPEG, PNG, GIF, WEBP, HEIC, PDF)
#: Major and compatible brands of the box that a HEIF file begins with (ISO/IEC 23008-12).
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})

Upload = namedtuple("Upload", "name mimetype content")
Refused = namedtuple("Refused", "name reason")


def take_files(files, most_files=MOST_FILES, most_bytes=MOST_BYTES):
    """Read what was sent and tell what can be kept from what cannot.

    :param files: pairs of a name and a callable that returns at most so many bytes of the file, in their order
    :return: list of :class:`Upload`, with their content and a name that fits it, and list of :class:`Refused`, whose
        reason is ``empty``, ``many``, ``large`` or ``kind``
    """
    taken, refused = [], []
    for name, read in files:
        if len(taken) >= most_files:
            refused.append(Refused(plain_name(name), "many"))
            continue
        content = read(most_bytes + 1)
        kind = kind_of(content)
        reason = "empty" if not content else "large" if len(content) > most_bytes else "kind" if not kind else None
        if reason:
            refused.append(Refused(plain_name(name), reason))
        else:
            taken.append(Upload(safe_name(name, kind), kind.mimetype, content))
    return taken, refused


def kind_of(content):
    """Return the :class:`Kind` of a file by its content, None for what we do not take.

    >>> kind_of(b"%PDF-1.7 ...").mimetype
    'application/pdf'
    >>> kind_of(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), kind_of(b"")
    (None, None)
    """
    kind = _claimed_kind(content)
    return kind if kind and (not kind.picture or _is_picture(content, kind.picture)) else None


def safe_name(name, kind):
    r"""Return a name for a file of this kind: no path, no hidden characters, the extension that is true.

    >>> safe_name("C:\\Users\\me\\broken lid.PNG", JPEG), safe_name("../../etc/passwd", PNG), safe_name("", PDF)
    ('broken lid.jpg', 'passwd.png', 'file.pdf')
    """
    return f"{plain_name(name).rpartition('.')[0] or plain_name(name)}.{kind.extension}"


def plain_name(name):
    r"""Return the last part of a path without what a reader cannot see.

    >>> plain_name("/tmp/a\u202egpj.exe"), plain_name(None), plain_name("...")
    ('agpj.exe', 'file', 'file')
    """
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    # Category C: control characters, marks of direction, halves of surrogate pairs.
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    seen = " ".join(seen.split()).strip(". ")
    stem, dot, extension = seen.rpartition(".")
    if len(seen) > LONGEST_NAME and dot and len(extension) < LONGEST_NAME // 2:
        return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"
    return seen[:LONGEST_NAME] or "file"


def _claimed_kind(content):
    """Return the kind that the first bytes speak of."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if content.startswith(b"RIFF") and content[8:15] == b"WEBPVP8":
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF
    return HEIC if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS else None


def _is_picture(content, form):
    """Tell whether the file is a picture of this form and of a size that can be looked at; nothing is unpacked."""
    try:
        with warnings.catch_warnings():
            # The limit here is ours.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[form]) as picture:
                width, height = picture.size
    except Exception:
        # Whatever a library makes of prepared bytes: it is no picture for us.
        return False
    return 0 < width * height <= MOST_PIXELS
