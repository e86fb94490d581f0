"""The survey archive (.lsa): structure and responses in one zip; the form that loses nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

import pandas as pd
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.opened import Form, refused

LARGEST = 1_000_000_000
"""No member of an archive may be larger than this when it is unpacked, in bytes."""

_MOST_TIMES = 200
_MEMBERS: Mapping[str, re.Pattern[str]] = {
    "structure": re.compile(r"survey_\d+\.lss"),
    "responses": re.compile(r"survey_\d+_responses\.lsr"),
}


@dataclass(frozen=True)
class ResponsesXml:
    """The responses of an archive, opened; ``rows`` are their elements."""

    file: str
    form: Form
    headings: tuple[str, ...]
    rows: tuple[Element, ...]
    first_row: int = 1

    def cells(
        self, wanted: Mapping[int, str], ledger: Ledger, closed: Collection[str] = ()
    ) -> pd.DataFrame:
        """Return the wanted columns; the index counts responses; a missing element is NULL."""
        tags = {_tag(self.headings[at]): name for at, name in wanted.items()}
        rows = [{tags[it.tag]: it.text or "" for it in row if it.tag in tags} for row in self.rows]
        index = pd.RangeIndex(self.first_row, self.first_row + len(rows))
        table = pd.DataFrame(rows, columns=list(tags.values()), index=index, dtype="str")
        return table.replace(r"\r\n?", "\n", regex=True).astype("str")


def is_archive(content: bytes) -> bool:
    """Return whether a file is a zip that holds a survey's structure."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return any(_MEMBERS["structure"].fullmatch(name) for name in packed.namelist())
    except zipfile.BadZipFile:
        return False


def member(file: str, content: bytes, which: str) -> bytes:
    """Return the ``structure`` or the ``responses`` that an archive holds.

    Raises ``RoundError`` where there is none or more than one, or where it would unpack to more
    than ``LARGEST`` bytes or to 200 times its packed size.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            found = [it for it in packed.infolist() if _MEMBERS[which].fullmatch(it.filename)]
            if len(found) != 1:
                raise refused(
                    f"the archive holds {len(found)} files of {which}", file,
                    f"one file such as {_MEMBERS[which].pattern}",
                )  # fmt: skip
            return _unpacked(file, packed, found[0])
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise refused("the archive is damaged, or was cut", file, "an .lsa file") from error


def refuse_bomb(file: str, packed: zipfile.ZipFile) -> None:
    """Raise ``RoundError`` where a zip would unpack to far more than it holds.

    What a member says of its size is never exceeded by reading it, so that its word is enough.
    """
    for info in packed.infolist():
        if info.file_size > _allowed(info):
            what = f"{info.filename} unpacks to {info.file_size} bytes"
            raise refused(what, file, f"at most {_allowed(info)} bytes from what is packed")


def open_responses(file: str, content: bytes) -> ResponsesXml:
    """Return the responses in the XML of an archive; raises ``RoundError`` where it is none."""
    try:
        root: Element = fromstring(content)
    except ParseError as error:
        line, _ = error.position
        raise refused("the responses are not XML", f"{file}, line {line}", "an .lsr") from error
    except DefusedXmlException as error:
        raise refused("the responses declare XML entities", file, "an .lsr") from error
    if root.findtext("LimeSurveyDocType") != "Responses":
        raise refused("the file holds no responses of LimeSurvey", file, "type Responses")
    headings = tuple(it.text or "" for it in root.iterfind("responses/fields/fieldname"))
    form = Form("survey archive", keeps_null=True)
    return ResponsesXml(file, form, headings, tuple(root.iterfind("responses/rows/row")))


def _unpacked(file: str, packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a member, never more of it than allowed: a header may lie about its size."""
    limit = _allowed(info)
    with packed.open(info) as opened:
        content = opened.read(limit + 1)
    if len(content) > limit:
        what = f"{info.filename} unpacks to more than {limit} bytes"
        raise refused(what, file, "an archive as LimeSurvey wrote it")
    return content


def _allowed(info: zipfile.ZipInfo) -> int:
    return min(LARGEST, max(1_000_000, info.compress_size * _MOST_TIMES))


def _tag(heading: str) -> str:
    return "_" + heading.replace("#", "-") if heading[:1].isdigit() else heading
