"""A drawing made fit to stand in a page: only shapes and text, its own ids, a title for readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from defusedxml import ElementTree as Safe  # type: ignore[import-untyped]

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_HREFS = ("href", f"{{{_XLINK}}}href")
_KEPT = frozenset(
    (
        *("svg", "g", "defs", "symbol", "use", "image"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("text", "tspan", "textPath"),
        *("clipPath", "mask", "marker", "pattern", "linearGradient", "radialGradient", "stop"),
    )
)
_EMBEDDED = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=\s]+")
_URL = re.compile(r"url\(\s*['\"]?([^)'\"]*)['\"]?\s*\)")
_NUMBER = re.compile(r"[\d.]+")
# The style that matplotlib puts on every element of its drawings.
_EVERYWHERE = "stroke-linejoin: round; stroke-linecap: butt"


def clean(svg: str, prefix: str = "") -> str:
    """Return a drawing without scripts, foreign content and addresses, on one line.

    ``prefix`` is put before its ids, so that two drawings in one page do not share any. Raises
    ``ValueError`` where it is not well-formed XML.
    """
    return _written(_cleaned(svg, prefix))


def inline(svg: str, prefix: str, title: str, description: str) -> str:
    """Return a clean drawing for an HTML page, read out by its title and description."""
    root = _cleaned(svg, prefix)
    _as_wide_as_drawn(root)
    names = {"title": f"{prefix}title", "desc": f"{prefix}desc"}
    root.set("role", "img")
    root.set("aria-labelledby", " ".join(names.values()))
    for tag, text in (("desc", description), ("title", title)):
        told = ET.Element(f"{{{_SVG}}}{tag}", {"id": names[tag]})
        told.text = text
        root.insert(0, told)
    return _written(root)


def _cleaned(svg: str, prefix: str) -> ET.Element:
    try:
        root: ET.Element = Safe.fromstring(svg.encode())
    except (ET.ParseError, ValueError) as error:
        raise ValueError(f"the drawing is not well-formed: {error}") from error
    if root.tag != f"{{{_SVG}}}svg":
        raise ValueError("the drawing is not SVG")
    _strip(root)
    for element in root.iter():
        _attributes(element, prefix)
    root.set("style", _EVERYWHERE)
    return root


def _strip(parent: ET.Element) -> None:
    for child in list(parent):
        if _local(child) in _KEPT:
            _strip(child)
        else:
            _remove(parent, child)


def _remove(parent: ET.Element, child: ET.Element) -> None:
    """Remove an element; the text after it belongs to its parent and stays."""
    at = list(parent).index(child)
    if child.tail and child.tail.strip():
        before = parent[at - 1] if at else None
        if before is None:
            parent.text = (parent.text or "") + child.tail
        else:
            before.tail = (before.tail or "") + child.tail
    parent.remove(child)


def _local(element: ET.Element) -> str:
    tag = element.tag
    return tag.removeprefix(f"{{{_SVG}}}") if isinstance(tag, str) else ""


def _attributes(element: ET.Element, prefix: str) -> None:
    for name, value in list(element.attrib.items()):
        kept = _attribute(name, value, prefix)
        if kept is None:
            del element.attrib[name]
        else:
            element.set(name, kept)


def _attribute(name: str, value: str, prefix: str) -> str | None:
    """Return an attribute's value as it may stand in a page; ``None`` where it may not."""
    if name == "id":
        return prefix + value
    if name in _HREFS:
        if value.startswith("#"):
            return f"#{prefix}{value[1:]}"
        return value if _EMBEDDED.fullmatch(value) else None
    if name.lower().startswith("on") or "javascript:" in value.lower():
        return None
    return _URL.sub(lambda found: _own_url(found.group(1), prefix), value)


def _own_url(address: str, prefix: str) -> str:
    return f"url(#{prefix}{address[1:]})" if address.startswith("#") else "none"


def _as_wide_as_drawn(root: ET.Element) -> None:
    """Let the page decide the size: a drawing scales with its column, keeping its proportions."""
    sizes = [_NUMBER.match(root.get(side, "")) for side in ("width", "height")]
    if root.get("viewBox") is None and all(sizes):
        root.set("viewBox", " ".join(["0 0", *(size.group() for size in sizes if size)]))
    for side in ("width", "height"):
        root.attrib.pop(side, None)


def _written(root: ET.Element) -> str:
    for element in _elements_with_blank_text(root):
        element.text = None
    for element in root.iter():
        if element.tail and not element.tail.strip() and _local(element) != "tspan":
            element.tail = None
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    return ET.tostring(root, encoding="unicode")


def _elements_with_blank_text(root: ET.Element) -> Iterator[ET.Element]:
    for element in root.iter():
        if element.text and not element.text.strip() and _local(element) not in ("text", "tspan"):
            yield element
