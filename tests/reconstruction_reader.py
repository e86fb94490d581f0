"""A tiny reader of the reconstructed export: split at tabs, nothing shared with the script."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUND = ROOT / "data" / "rounds" / "2018-10"
NULL = "{question_not_shown}"

NAMES = (
    *("AdPack²", "ALLIANCE", "COSMENERG-4i", "C4W", "DIA", "EC2i", "ELBE", "ESCT Go Global"),
    *("EU-TEXTILE2030", "FoodNet", "FoodPackLab", "GCA", "GEO-ENERGY EUROPE", "GIVE", "IDEEO"),
    *("LASER-GO GLOBAL", "MAGIA", "MobiGoIn-Action", "NF4", "PIMAP", "SPACE2IDGO", "SpaceWave"),
    *("unnamed 1", "unnamed 2"),
)
BY_CODE = {f"E{number:02d}": name for number, name in enumerate(NAMES, start=1)}
BY_BOX = {f"DIALESCP_SQ{number:03d}": name for number, name in enumerate(NAMES, start=1)}

OPTIONS = {"ACT": 13, "BAR": 7, "RESCL": 13, "RESSME": 13}


def lines() -> list[str]:
    text = (ROUND / "responses.txt").read_bytes().decode("utf-8")
    assert text.endswith("\n")
    return text[:-1].split("\n")


def rows() -> list[dict[str, str]]:
    _, heading, *data = lines()
    codes = heading.removesuffix("\t").split("\t")
    return [dict(zip(codes, line.split("\t"), strict=True)) for line in data]


def by_name() -> dict[str, dict[str, str]]:
    return {BY_CODE[row["NAME"]]: row for row in rows()}


def ticks(question: str, number: int) -> tuple[int, int]:
    """Return the ticks of one option in strand 1 and strand 2."""
    box = f"{question}_SQ{number:03d}"
    ticked = Counter(row["STRAND"] for row in rows() if row[box] == "Y")
    return ticked["S1"], ticked["S2"]


def totals(question: str) -> dict[int, int]:
    return {n: sum(ticks(question, n)) for n in range(1, OPTIONS[question] + 1)}


def boxes(question: str) -> list[str]:
    return [f"{question}_SQ{n:03d}" for n in range(1, OPTIONS[question] + 1)]


def ticked_per_row(question: str) -> dict[str, list[int]]:
    """Return by strand how many boxes each partnership ticked that reached the question."""
    found: dict[str, list[int]] = {"S1": [], "S2": []}
    for row in rows():
        if row[f"{question}_SQ001"] != NULL:
            found[row["STRAND"]].append(sum(row[box] == "Y" for box in boxes(question)))
    return found


def lss_rows(table: str) -> list[dict[str, str]]:
    tree = ET.parse(ROUND / "structure.lss").getroot()
    return [
        {cell.tag: cell.text or "" for cell in row} for row in tree.findall(f"{table}/rows/row")
    ]


def lss_columns() -> list[str]:
    """Return the VV columns that follow from the structure alone."""
    groups = {group["gid"]: int(group["group_order"]) for group in lss_rows("groups")}
    questions = sorted(
        lss_rows("questions"), key=lambda q: (groups[q["gid"]], int(q["question_order"]))
    )
    found = []
    for question in questions:
        parts = [s for s in lss_rows("subquestions") if s["parent_qid"] == question["qid"]]
        by_scale = [
            [
                s["title"]
                for s in sorted(parts, key=lambda s: int(s["question_order"]))
                if s["scale_id"] == scale
            ]
            for scale in ("0", "1")
        ]
        code, kind = question["title"], question["type"]
        inner = [f"{code}_{title}" for title in by_scale[0]] or [code]
        if kind == ";":
            inner = [f"{row}_{column}" for row in inner for column in by_scale[1]]
        inner += [f"{code}_other"] if question["other"] == "Y" else []
        found += [f"{c}{end}" for c in inner for end in (("", "comment") if kind == "P" else ("",))]
    return found
