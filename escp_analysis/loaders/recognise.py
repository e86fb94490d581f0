"""Which format a file of responses is in: found in its content, never asked for."""

from __future__ import annotations

import io
import re
import zipfile

from escp_analysis.loaders.archive import is_archive, member, open_responses, refuse_bomb
from escp_analysis.loaders.csv_export import open_csv
from escp_analysis.loaders.json_export import open_json
from escp_analysis.loaders.opened import Opened, refused
from escp_analysis.loaders.structure import Structure
from escp_analysis.loaders.vv import open_vv
from escp_analysis.loaders.xlsx_export import open_xlsx

_BOM = b"\xef\xbb\xbf"
_SIGNS = (
    (b"%PDF", "the file is a PDF"),
    (b"\xd0\xcf\x11\xe0", "the file is an old Excel workbook (.xls)"),
    (b"$FL2", "the file is data for SPSS"),
    (b"$FL3", "the file is data for SPSS"),
    (b"<!doctype html", "the file is a web page"),
    (b"<html", "the file is a web page"),
)
_SYNTAX = re.compile(rb"^(?:\*\$Rev|get data|set unicode|data <- read)", re.IGNORECASE)


def open_export(file: str, content: bytes, structure: Structure) -> Opened:
    """Return the responses a file holds, opened.

    Raises ``RoundError`` where the file is empty or of a kind that holds no responses, or holds
    them in a form that cannot be read reliably.
    """
    start = content[:4096].removeprefix(_BOM).lstrip()
    if not start:
        raise refused("the file is empty: the export matched no response", file)
    if content.startswith(b"PK"):
        return _zipped(file, content, structure)
    if start[:1] in (b"{", b"["):
        return open_json(file, content, structure.version)
    if stranger := _stranger(start):
        raise refused(stranger, file)
    if b"\nid\t" in content[:2_000_000] and b"\t" in content.split(b"\n", 1)[0]:
        return open_vv(file, content)
    return open_csv(file, content, structure.version)


def _zipped(file: str, content: bytes, structure: Structure) -> Opened:
    if is_archive(content):
        return open_responses(file, member(file, content, "responses"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            workbook = "xl/workbook.xml" in packed.namelist()
            refuse_bomb(file, packed)
    except zipfile.BadZipFile as error:
        raise refused(
            "the archive is damaged, or was cut", file, "an .lsa or .xlsx file"
        ) from error
    if not workbook:
        raise refused("the zip holds neither an archive of a survey nor a workbook", file)
    return open_xlsx(file, content, len(structure.columns))


def _stranger(start: bytes) -> str:
    """Return what a file is that holds no responses; blank where it may hold them."""
    for sign, what in _SIGNS:
        if start.lower().startswith(sign.lower()):
            return what
    if start.startswith(b"<"):
        return _kind_of_xml(start)
    if _SYNTAX.search(start):
        return "the file is the syntax of a statistics program, it holds no data"
    return ""


def _kind_of_xml(start: bytes) -> str:
    if b"<LimeSurveyDocType>Survey" in start:
        return "the file is a survey's structure, it holds no responses"
    if b"<LimeSurveyDocType>Responses" in start:
        return "the file was taken out of an archive"
    return "the file is XML for a statistics program"
