"""What commentary refuses: calls that say nothing, hostile texts, files that are none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from commentary_texts import faults, with_text
from drawn_survey import first_round

from escp_analysis import show_commentary
from escp_analysis.errors import RoundError
from escp_analysis.loaders import Survey
from escp_analysis.loaders.commentary import read_commentary


@pytest.fixture(scope="module")
def survey() -> Survey:
    return first_round()


class TestRefusals:
    @pytest.mark.parametrize(
        ("call", "told"),
        [
            ('shore("barriers", "other")', "there is no shore()\n"),
            ('shore("barriers", "other")', "did you mean 'share'?"),
            ('share("bariers", "other")', "did you mean 'barriers'?"),
            ('share("barriers", "sme_engagment")', "did you mean 'sme_engagement'?"),
            ('share("barriers", "other", strand=3)', "there is no strand '3'"),
            ('share("barriers")', "share(): missing a required argument: 'option'"),
            ('share("barriers", "other", strnd=2)', "share(question, option, strand='all')"),
            (
                'value("agreements.country.Kanada.agreements")',
                "did you mean 'agreements.country.Can",
            ),
            ('fact("gen1_sme")', "did you mean 'gen1_smes'?"),
            ('literal("12", because=" ")', "the reason is missing"),
            ('share("barriers", "other") + 1', "is no call"),
            ('share("barriers", "other")|upper', "is no call"),
            ('share.__class__("x")', "an attribute is not allowed in a call"),
            ('share("barriers", ().__class__)', "an attribute is not allowed in a call"),
            ('share("barriers", "a" * 99999999)', "arithmetic is not allowed in a call"),
            ("self", "is no call"),
            ('share(*["barriers", "other"])', "is not allowed in a call"),
            ('share("barriers", ', "the call cannot be read: unexpected '}'"),
            ('check_most("barriers", "policy_makers")', "no longer true: policy_makers is not"),
            ('check_none("activities", "joint_communication")', "no longer true: 18 selected"),
            ('check_all("activities", "joint_communication")', "no longer true: not all: 18 of 21"),
            ('check_value("collaborations.mutual", 6)', "collaborations.mutual is 5, not 6"),
            ('check_options("activities", at_least=1)', "out of the limits: bankable_proposals 0"),
            ('check_largest("agreements.country.China.agreements")', "Canada.agreements is 3"),
            ('check_equal(["collaborations.mutual", "collaborations.silent"])', "not equal"),
            ('check_descending(["collaborations.mutual", "collaborations.silent"])', "not decr"),
            ('check_equal(["sme_agreements.agreements.all"])', "has no count"),
            ('rank("activities", "other")', "Other is no listed option"),
            ('rank("activities", "sme_mentring")', "did you mean 'sme_mentoring'?"),
            ('listing("activities")', "no limit is given"),
            ('listing("activities", at_leats=3)', "did you mean 'at_least'?"),
            ('listing("activities", at_least="some")', "'some' is no limit"),
            ('listing("activities", at_least=22)', "no option of activities is within the limits"),
            ('top("activities", 0)', "0 places"),
            ('top("activities", "three")', "top(): "),
            ('top("activities", 1e999)', "top(): "),
            ('top("activities", [1])', "top(): "),
            ('share("activities", ["sme_mentoring"])', "there is no option of activities"),
            ("share(share(share(1)))", "a call is not allowed in a call"),
            ('share("barriers", none)', "none, true or false is not allowed in a call"),
            ('share("a" ~ "b", "c")', "concat is not allowed in a call"),
            ('share("barriers", "other") if 1 else 2', "is no call"),
            ('share("barriers", "{{ }}")', "there is no option of barriers '{{ }}'"),
        ],
    )
    def test_a_call_that_says_nothing_names_file_line_and_sentence(
        self, survey: Survey, call: str, told: str
    ) -> None:
        (fault,) = faults(survey, f"Words.\n\nHere {{{{ {call} }}}} stands. More words.")
        assert told in fault
        assert "commentary/2.1.md, line 3: Here {{" in fault
        assert "More words" not in fault

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("{% for i in range(10 ** 9) %}x{% endfor %}", "{% is not part of commentary"),
            ("{% include '/etc/passwd' %}", "{% is not part of commentary"),
            ("{# hidden #}", "{# is not part of commentary"),
            ("{{ share(", "the call is not closed"),
            ("{% import 'os' as os %}", "{% is not part of commentary"),
            ("{% raw %}x{% endraw %}", "{% is not part of commentary"),
            ("{% macro f() %}{{ f() }}{% endmacro %}", "{% is not part of commentary"),
            ("{{ f() }}" * 1001, "the file has 1001 calls"),
            ("{{ 'a' * 10**9 }}", "is no call"),
            ("{{ share('a' * 10**9, 'b') }}", "arithmetic is not allowed in a call"),
            ("{{ cycler.__init__.__globals__.os.popen('id') }}", "an attribute is not allowed"),
            ("{{ range(10**9) }}", "there is no range()"),
            ("{value}`12 <options.a.b.all>`", "the origin of a number is written by hand"),
            ("{{ " + "literal(" * 3000 + '"1"' + ")" * 3000 + " }}", "a call of"),
            ("{{ " + "[" * 300 + "]" * 300 + " }}", "calls within calls"),
            ("x" * 100_001, "the file has 100001 signs"),
        ],
    )
    def test_hostile_commentary_is_refused(self, survey: Survey, text: str, told: str) -> None:
        assert told in faults(survey, text)[0]

    def test_a_file_of_ten_megabytes_is_not_even_read(self, tmp_path: Path) -> None:
        (tmp_path / "2.1.md").write_bytes(b"x" * 10_000_000)
        with pytest.raises(RoundError, match="the file has 10000000 bytes"):
            read_commentary(tmp_path)

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"words\nand \x00 more", "the sign U+0000 is no text"),
            (b"\x1b[31mred", "the sign U+001B is no text"),
            ("words \u202e backwards".encode(), "the sign U+202E is no text"),
            (b"caf\xe9", "byte 4 is not UTF-8"),
        ],
    )
    def test_signs_that_are_no_text_are_refused(
        self, tmp_path: Path, content: bytes, told: str
    ) -> None:
        (tmp_path / "2.1.md").write_bytes(content)
        with pytest.raises(RoundError, match=re.escape(told)):
            read_commentary(tmp_path)

    def test_a_folder_in_the_place_of_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "2.1.md").mkdir()
        with pytest.raises(RoundError, match="this is no file"):
            read_commentary(tmp_path)

    @pytest.mark.parametrize(
        "piece",
        ["1", "1 ", "1-1- ", "[(", "a@", "a.", "*a", "_", "a-", "`` ` ", "\n ", ". ", "two of ",
         "{{", '{{"', "&#", "½", "A-1.2", "twenty-", "most of the ", "{value}`", "\n1. a",
         "\n:::{important} T", "share(", "$", "\\"],
    )  # fmt: skip
    def test_a_hundred_thousand_signs_of_anything_come_to_an_end(
        self, survey: Survey, piece: str
    ) -> None:
        """Whatever they are told to be, the message stays short enough to read."""
        text = (piece * (99_000 // len(piece) + 1))[:99_000]
        told = faults(survey, text)
        assert all(len(fault) < 2_000 for fault in told)
        shown = show_commentary(with_text(survey, text), "2.1")
        assert shown.block["commentary"] == "2.1"

    def test_a_link_out_of_the_folder_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "secret.txt").write_text("secret")
        (tmp_path / "2.1.md").symlink_to(tmp_path / "secret.txt")
        with pytest.raises(RoundError, match="the file is a link"):
            read_commentary(tmp_path)
