"""Faults as a person reads them: harmless, not too long, equal ones told once."""

from __future__ import annotations

from escp_analysis.errors import Fault, RoundError, harmless, tell_faults


def test_every_line_of_a_fault_says_what_it_is() -> None:
    assert str(Fault("it is odd", "r.csv, row 3", "an even one", "mend it")) == (
        "it is odd\n  where:    r.csv, row 3\n  expected: an even one\n  do:       mend it"
    )


def test_what_a_cell_holds_neither_steers_the_terminal_nor_fills_it() -> None:
    told = str(Fault("no one is known as 'A\x1b[2J\u202eB\u200b'", "L" * 100_000))
    what, where = told.split("\n")
    assert what == "no one is known as 'A\ufffd[2J\ufffdB\ufffd'"
    assert where.endswith("… (100,012 characters)")
    assert len(told) < 600


def test_words_of_europe_are_told_as_they_are() -> None:
    words = "67\u202f% of Łódź, « čeština », AdPack², 東京 🎉"
    assert harmless(words) == words


def test_faults_that_differ_in_place_alone_are_told_once() -> None:
    faults = [Fault("the row has 3 cells", f"r.csv, row {row}", "4 cells") for row in range(2, 10)]
    first, second = tell_faults([*faults, Fault("the row has 9 cells", "r.csv, row 11", "4 cells")])
    assert first == (
        "the row has 3 cells\n  where:    r.csv, row 2; r.csv, row 3; r.csv, row 4; r.csv, row 5; "
        "r.csv, row 6; and 3 more\n  expected: 4 cells"
    )
    assert second.startswith("the row has 9 cells\n  where:    r.csv, row 11\n")
    assert str(RoundError(faults)) == first
