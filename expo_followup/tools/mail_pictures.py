"""Pictures in mails: small ones, in a form that every mail program shows."""

import io

from PIL import Image, UnidentifiedImageError

# In pixels, as they are shown; in bytes, as they are sent.
PRODUCT_SIZE = (120, 120)
SIGNATURE_SIZE = (240, 80)
MOST_BYTES = 10_000


def fit_size(content: bytes, size: tuple[int, int]) -> tuple[int | None, int | None]:
    """Return width and height of a picture that is to fit into ``size``; None for what is no picture.

    >>> fit_size(b"no picture", (240, 80))
    (None, None)
    """
    image = _open(content)
    if not image:
        return None, None
    scale = min(1, *(most / side for most, side in zip(size, image.size, strict=True)))
    return tuple(max(1, round(side * scale)) for side in image.size)


def shrink(content: bytes, size: tuple[int, int], most: int = MOST_BYTES) -> bytes:
    """Return a picture as a JPEG file on white that fits into ``size`` and has at most so many bytes.

    Nothing where it is no picture.

    >>> shrink(b"no picture", (240, 80))
    b''
    """
    image = _open(content)
    if not image:
        return b""
    image = image.convert("RGBA")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    paper.thumbnail(size)
    data = b""
    for quality in (85, 70, 55, 40, 25):
        target = io.BytesIO()
        paper.save(target, "JPEG", quality=quality, optimize=True)
        data = target.getvalue()
        if len(data) <= most:
            break
    return data


def _open(content):
    try:
        image = Image.open(io.BytesIO(content or b""))
        image.load()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    return image
