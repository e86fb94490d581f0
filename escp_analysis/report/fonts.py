"""The report's fonts: where they lie, and the part of them a page needs."""

from __future__ import annotations

import json
import shutil
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from escp_analysis.report.kept import Kept

FAMILY = "Source Sans Pro"
FALLBACK = "DejaVu Sans"
MONOSPACED = "DejaVu Sans Mono"


@dataclass(frozen=True)
class Face:
    """One font file: its family, weight and style."""

    family: str
    weight: int
    style: str
    path: Path


@dataclass(frozen=True)
class EmbeddedFace:
    """A font as a page carries it: the signs it needs, WOFF in base64."""

    family: str
    weight: int
    style: str
    woff: str


@cache
def faces() -> tuple[Face, ...]:
    """Return the fonts a report is set in: one per family, weight and style."""
    text = _folder("font_source_sans_pro") / "files"
    spare = _folder("matplotlib") / "mpl-data" / "fonts" / "ttf"
    return (
        Face(FAMILY, 400, "normal", text / "SourceSansPro-Regular.ttf"),
        Face(FAMILY, 400, "italic", text / "SourceSansPro-It.ttf"),
        Face(FAMILY, 600, "normal", text / "SourceSansPro-Semibold.ttf"),
        Face(FALLBACK, 400, "normal", spare / "DejaVuSans.ttf"),
        Face(MONOSPACED, 400, "normal", spare / "DejaVuSansMono.ttf"),
    )


def copy_faces(folder: Path) -> Path:
    """Copy the report's fonts into ``folder`` and return it.

    Typst takes the first of several files of one face in the order the disk lists them; a folder
    with one file per face gives the same document everywhere.
    """
    for face in faces():
        shutil.copyfile(face.path, folder / face.path.name)
    return folder


def formless(text: str, kept: Kept | None = None) -> tuple[str, ...]:
    """Return the signs of a text that no font of the report has a form for, in order of code.

    Blanks, control signs and what only steers its neighbours (joiners, variation selectors) need
    no form.
    """
    known = _known(FAMILY, kept or Kept()) | _known(FALLBACK, kept or Kept())
    return tuple(sign for sign in sorted(set(text)) if ord(sign) not in known and _has_form(sign))


def _has_form(sign: str) -> bool:
    steers = unicodedata.category(sign) in ("Cc", "Cf", "Zs", "Zl", "Zp")
    return not steers and not 0xFE00 <= ord(sign) <= 0xFE0F


def embedded(text: str, kept: Kept | None = None) -> tuple[EmbeddedFace, ...]:
    """Return the faces a page needs for the signs in ``text``, each with these signs only.

    The fallback is part of it only where the text face lacks a sign, the monospaced one never:
    a page asks the reader's system for it.
    """
    signs = set(text) | set(" .,;:%0123456789")
    kept = kept or Kept()
    return tuple(_embedded(signs, _missing(signs, kept), kept))


def _embedded(signs: set[str], missing: set[str], kept: Kept) -> Iterator[EmbeddedFace]:
    for face in faces():
        wanted = {FAMILY: signs - missing, FALLBACK: missing}.get(face.family)
        if wanted:
            made_from = face.path.name.encode(), "".join(sorted(wanted)).encode()
            font = kept.made(partial(_subset, face.path, wanted), "font", *made_from)
            woff = b64encode(font).decode()
            yield EmbeddedFace(face.family, face.weight, face.style, woff)


def _missing(signs: Iterable[str], kept: Kept) -> set[str]:
    known = _known(FAMILY, kept)
    return {sign for sign in signs if ord(sign) not in known and not sign.isspace()}


def _known(family: str, kept: Kept) -> frozenset[int]:
    """Return the codes of the signs that the upright faces of a family have forms for."""
    paths = [face.path for face in faces() if face.family == family and face.style == "normal"]
    content = kept.made(lambda: _codes(paths), "forms", *(it.name.encode() for it in paths))
    return frozenset(json.loads(content))


def _codes(paths: Iterable[Path]) -> bytes:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 (slow, and what is kept needs none)

    found: set[int] = set()
    for path in paths:
        with TTFont(path, lazy=True) as font:
            found |= set(font.getBestCmap())
    return json.dumps(sorted(found)).encode()


def _subset(path: Path, signs: set[str]) -> bytes:
    """Return a font with these signs only, as WOFF, which needs no further library."""
    from fontTools import subset  # noqa: PLC0415 (slow, and kept fonts need none)

    options = subset.Options(flavor="woff", notdef_outline=True, hinting=False)
    options.drop_tables += ["FFTM"]
    options.layout_features = ["kern", "liga", "ccmp", "locl", "mark", "mkmk"]
    font = subset.load_font(str(path), options)
    worker = subset.Subsetter(options)
    worker.populate(text="".join(sorted(signs)))
    worker.subset(font)
    written = BytesIO()
    subset.save_font(font, written, options)
    return written.getvalue()


def _folder(package: str) -> Path:
    """Return a package's folder without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the package {package} is not installed")
    return Path(next(iter(spec.submodule_search_locations)))
