"""What mail programs make of the page of a letter: its layout in Outlook, and the contrast of its texts."""

import re

from lxml import etree, html

#: Only Outlook's blocks of a table have a padding and a width.
CELLS = {"td", "th"}
#: What the sorts of Outlook that draw with Word do not know, or mail programs take out.
REFUSED_STYLES = ("float", "position", "flex", "grid", "transform", "box-shadow")
REFUSED_TAGS = ("script", "link", "form", "svg", "video", "object", "iframe")
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
NAMED = {"white": WHITE, "black": BLACK}


def get_page(letter):
    """Return the page of a letter as a tree."""
    return html.document_fromstring(letter.message.get_body(("html",)).get_content())


def find_layout_problems(page):
    """Yield what Outlook would show otherwise than it is meant, in words."""
    for node in page.iter(etree.Element):
        styles = read_styles(node)
        if node.tag in REFUSED_TAGS:
            yield f"<{node.tag}> is taken out"
        for name, value in styles.items():
            if name in REFUSED_STYLES or any(word in value.split() for word in REFUSED_STYLES):
                yield f"{name}: {value} on <{node.tag}>"
            if name == "display" and value not in ("none", "block"):
                yield f"display: {value} on <{node.tag}>"
            if name.startswith("padding") and node.tag not in (*CELLS, "body", "ul") and value.strip("0px ") != "":
                yield f"{name}: {value} on <{node.tag}>"
            if name in ("max-width", "width") and node.tag not in (*CELLS, "table", "img"):
                yield f"{name}: {value} on <{node.tag}>"
        if node.tag == "img" and not (node.get("width") and node.get("alt")):
            yield f"<img> without width or text: {node.get('src')}"
        if node.tag == "table" and not node.xpath(".//th") and node.get("role") not in ("presentation", None):
            yield "a table for layout is read out as one"
    if not page.xpath("//body/table"):
        yield "the page is no table"


def get_texts(page):
    """Yield colour, background and text of each piece of text that a reader sees."""
    for node in page.find("body").iter(etree.Element):
        own = [node.text, *(child.tail for child in node)]
        text = " ".join(" ".join(filter(None, own)).split())
        if not text or any(read_styles(one).get("display") == "none" for one in _chain(node)):
            continue
        colour = _inherit(node, lambda one: read_colour(read_styles(one).get("color"))) or BLACK
        if node.tag == "a" and "color" not in read_styles(node):
            colour = (0, 0, 238)
        yield colour, _inherit(node, _get_ground) or WHITE, text


def _get_ground(node):
    return read_colour(read_styles(node).get("background-color") or node.get("bgcolor"))


def _chain(node):
    return [node, *node.iterancestors()]


def _inherit(node, get):
    return next((found for one in _chain(node) if (found := get(one))), None)


def read_styles(node):
    """Return the inline styles of a node."""
    pairs = (part.split(":", 1) for part in (node.get("style") or "").split(";") if ":" in part)
    return {name.strip().lower(): value.strip().lower() for name, value in pairs}


def read_colour(text):
    """Return red, green and blue of a colour; None for what is none, such as ``transparent``."""
    text = (text or "").strip().lower()
    if text in NAMED:
        return NAMED[text]
    if found := re.fullmatch(r"#([0-9a-f]{6})", text):
        return tuple(bytes.fromhex(found[1]))
    if found := re.fullmatch(r"#([0-9a-f]{3})", text):
        return tuple(int(digit * 2, 16) for digit in found[1])
    if found := re.match(r"rgba?\((\d+), *(\d+), *(\d+)", text):
        return tuple(map(int, found.groups()))
    if text in ("", "inherit", "transparent"):
        return None
    raise AssertionError(f"{text!r} is no colour that is known here")


def get_contrast(one, other):
    """Return the contrast of two colours by WCAG 2: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    parts = [value / 255 for value in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
