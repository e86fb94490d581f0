from __future__ import annotations

import json

import pytest

from escp_analysis import exhibits


def test_a_figure_without_alternative_text_or_caption_cannot_be_made() -> None:
    for words in ({"alt": " ", "caption": "C"}, {"alt": "A", "caption": ""}):
        with pytest.raises(ValueError, match="needs a caption and an alternative text"):
            exhibits.figure("<svg/>", name="f", columns=[], rows=[], **words)


def test_a_table_without_caption_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="table 't' needs a caption"):
        exhibits.table([{"label": "a"}], [["1"]], name="t", caption="")


def test_every_form_of_a_table_says_the_same_and_escapes_hostile_text() -> None:
    exhibit = exhibits.table(
        [{"label": "Name", "header": True}, {"label": "n"}],
        [[{"text": "<b>x</b>", "rowspan": 2}, "1"], [None, "2"]],
        name="t",
        caption="Caption",
        base="3 partnerships",
        source="Survey",
        notes=["A note."],
    )
    bundle = exhibit._repr_mimebundle_()
    block = json.loads(json.dumps(bundle[exhibits.MIME]))
    assert block["kind"] == "table"
    assert block["rows"][1] == [None, "2"]
    for part in ("Caption", "3 partnerships", "A note.", "Survey"):
        assert part in bundle["text/plain"]
        assert part in bundle["text/html"]
    assert "<b>x</b>" not in bundle["text/html"]
    assert bundle["text/plain"].splitlines()[1:4] == ["Name | n", "<b>x</b> | 1", " | 2"]


def test_a_figure_carries_its_drawing_and_its_data() -> None:
    exhibit = exhibits.figure(
        "<svg/>", name="f", caption="C", alt='An "alt"', columns=["a"], rows=[["1"]]
    )
    bundle = exhibit._repr_mimebundle_()
    assert bundle["image/svg+xml"] == "<svg/>"
    assert 'aria-label="An &quot;alt&quot;"' in bundle["text/html"]
    assert bundle[exhibits.MIME]["data"] == {"columns": ["a"], "rows": [["1"]]}
