"""One answer of 2018-10 changes: every sentence that rests on it changes, or the check names it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from drawn_survey import first_round
from project_copy import copy_project, escp

from escp_analysis import metrics
from escp_analysis.commentary import Language, Source, review
from escp_analysis.commentary.sections import spoken
from escp_analysis.loaders import Survey, load_round
from escp_analysis.origins import without_origins

Row = dict[str, str]
Change = Callable[[Row], None]

OPTION = re.compile(
    r"\b(?:share|count|percentage|rank)\(\s*\"(\w+)\",\s*\"(\w+)\"(?:,\s*(?:strand=)?\"?(\w+)\"?)?\s*\)"
)
NAMED = re.compile(r"\b(?:value|plural)\(\s*\"([^\"]+)\"")


def changed_project(target: Path, partnership: str, change: Change) -> Path:
    """Return a copy of the project in which one response differs; ``E19`` is NF4, and so on."""
    project = copy_project(target)
    path = project / "data/rounds/2018-10/responses.txt"
    lines = path.read_text(encoding="utf-8").split("\n")
    start = next(at for at, line in enumerate(lines) if line.startswith("id\t"))
    headings = lines[start].split("\t")
    for at in range(start + 1, len(lines)):
        cells = lines[at].split("\t")
        row = dict(zip(headings, cells, strict=False))
        if row.get("NAME") == partnership:
            change(row)
            lines[at] = "\t".join(row[it] for it in headings[: len(cells)])
    path.write_text("\n".join(lines), encoding="utf-8")
    return project


def tick_mentoring(row: Row) -> None:
    assert row["ACT_SQ008"] == ""
    row["ACT_SQ008"] = "Y"


def be_of_strand_2(row: Row) -> None:
    assert row["STRAND"] == "S1"
    row["STRAND"] = "S2"


def sign_in_china(row: Row) -> None:
    assert row["CORG2_SQ002"] == "Canada"
    row["CORG2_SQ002"] = "China"


def forget_ec2i(row: Row) -> None:
    assert row["DIALESCP_SQ006"] == "Y"
    row["DIALESCP_SQ006"] = row["DIALESCP_SQ006comment"] = ""


CHANGES: Mapping[str, tuple[str, Change]] = {
    "a tick": ("E03", tick_mentoring),
    "a strand": ("E12", be_of_strand_2),
    "an agreement's country": ("E19", sign_in_china),
    "a collaboration": ("E19", forget_ec2i),
}


def counts(survey: Survey) -> dict[str, tuple[str, ...]]:
    """Return the count and base of each value, by name."""
    rows = metrics.values(survey).astype("str")
    keys = ["value", "count", "base"]
    return {row["name"]: tuple(row[it] for it in keys) for row in rows.to_dict("records")}


def rests_on(sentence: str) -> set[str]:
    """Return the names of the values that a sentence prints."""
    options = {f"options.{q}.{o}.{s or 'all'}" for q, o, s in OPTION.findall(sentence)}
    return options | set(NAMED.findall(sentence))


def sentences(survey: Survey) -> dict[tuple[str, int, str], str]:
    """Return each sentence of the commentary that holds a call, and what it says."""
    language = Language(survey)
    found = {}
    for row in survey.commentary.to_dict("records"):
        source = Source(row["file"], row["markdown"])
        for call in re.finditer(r"\{\{", source.text):
            sentence = source.sentence(call.start())
            start, end = source.sentence_span(call.start())
            told = spoken(Source(row["file"], source.text[start:end]), language)
            found[row["file"], source.line(call.start()), sentence] = without_origins(told)
    return found


@pytest.mark.parametrize("kind", CHANGES)
def test_every_sentence_that_rests_on_a_changed_answer_changes_or_is_named(
    kind: str, tmp_path: Path
) -> None:
    before = first_round()
    after = load_round("2018-10", changed_project(tmp_path, *CHANGES[kind]))
    old, new = counts(before), counts(after)
    moved = {name for name in old if old[name] != new.get(name)}
    assert moved
    named = [fault.where for fault in review(after)]
    said, says = sentences(before), sentences(after)
    resting = [key for key in said if rests_on(key[2]) & moved]
    assert resting
    for file, line, sentence in resting:
        told = any(it.startswith(f"{file}, line {line}: ") for it in named)
        assert says[file, line, sentence] != said[file, line, sentence] or told, sentence


class TestByHand:
    """What each change does to the shipped commentary, reckoned from the published counts."""

    def told(self, tmp_path: Path, kind: str) -> tuple[str, list[str]]:
        after = load_round("2018-10", changed_project(tmp_path, *CHANGES[kind]))
        text = "\n".join(sentences(after).values()).replace("\u202f", " ")
        return text, [str(fault) for fault in review(after)]

    def test_a_tick_moves_two_sentences(self, tmp_path: Path) -> None:
        text, faults = self.told(tmp_path, "a tick")
        assert "by the hand, is offered by 5† of 21 (24 %)." in text
        assert "*SME mentoring* (5† of 21, 24 %)" in text
        assert faults == []

    def test_a_strand_moves_the_bases(self, tmp_path: Path) -> None:
        text, faults = self.told(tmp_path, "a strand")
        assert "In strand-2, 4 of 7 (57 %) are in touch with another partnership" not in text
        assert "In strand-2, 5 of 7 (71 %) are in touch with another partnership" in text
        assert "in strand-1 6 of 12 (50 %)" in text
        assert all("commentary/" in fault and ", line " in fault for fault in faults)

    def test_a_country_breaks_what_is_said_of_the_order(self, tmp_path: Path) -> None:
        text, faults = self.told(tmp_path, "an agreement's country")
        assert re.search(r"Canada leads`\{\{ check_largest.* \}\}` with 2\.", text)
        (leads, ties) = faults
        assert "agreements.country.China.agreements is 3, agreements.country.Canada" in leads
        assert "commentary/2.3.1.md, line 5: Beyond it Canada leads" in leads
        assert "no longer true: not equal: agreements.country.China.agreements 3" in ties
        assert "commentary/2.3.1.md, line 5: China, Jordan and the United States" in ties

    def test_a_collaboration_moves_the_links(self, tmp_path: Path) -> None:
        text, faults = self.told(tmp_path, "a collaboration")
        assert "Of the links described, 4 are confirmed from the other side." in text
        assert "in 2 cases it answered and did not name the link" in text
        assert "shows which pairs have begun: 4 are confirmed" in text
        assert faults == []


def test_the_check_names_file_line_and_sentence(tmp_path: Path) -> None:
    project = changed_project(tmp_path, *CHANGES["an agreement's country"])
    done = escp(project, "check", "2018-10")
    assert done.returncode == 3
    assert "no longer true: agreements.country.China.agreements is 3" in done.stdout
    assert "commentary/2.3.1.md, line 5: Beyond it Canada leads" in done.stdout
    assert "say what the data say now" in done.stdout


def test_the_search_for_what_a_sentence_rests_on_sees_every_kind_of_call() -> None:
    text = (
        '{{ share("a", "b") }} {{ count("a", "c", strand=2) }} {{ percentage("a", "d", "1") }} '
        '{{ value("x.y") }} {{ plural("x.z", "pair") }}'
    )
    assert rests_on(text) == {
        *("options.a.b.all", "options.a.c.2", "options.a.d.1", "x.y", "x.z"),
    }
