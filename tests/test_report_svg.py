from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from escp_analysis.report.svg import clean, inline

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def drawing(inner: str, size: str = 'width="20pt" height="10pt" viewBox="0 0 20 10"') -> str:
    return f"{HEAD}{size}>{inner}</svg>"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'>x</body></foreignObject>",
        '<rect onclick="alert(1)" width="1" height="1"/>',
        '<image href="https://a.eu/x.png" width="1" height="1"/>',
        '<image xlink:href="https://a.eu/x.png" width="1" height="1"/>',
        '<a href="https://a.eu"><rect width="1" height="1"/></a>',
        '<use href="https://a.eu/x.svg#y"/>',
        "<style>@import url(https://a.eu/x.css)</style>",
        '<rect style="fill: url(https://a.eu/#x)" width="1" height="1"/>',
        '<rect fill="url(\'https://a.eu/#x\')" width="1" height="1"/>',
        '<set attributeName="href" to="https://a.eu"/>',
        "<metadata>https://a.eu</metadata>",
    ],
)
def test_nothing_that_runs_or_loads_is_left(hostile: str) -> None:
    cleaned = clean(drawing(f'{hostile}<text x="1">kept</text>'))
    assert "a.eu" not in cleaned
    for word in ("script", "onclick", "foreignObject", "<style", "metadata", "<set", "alert"):
        assert word not in cleaned
    assert ">kept</text>" in cleaned


def test_ids_are_prefixed_and_colours_are_not() -> None:
    cleaned = clean(
        drawing(
            '<defs><path id="a" d="M 0 0"/><clipPath id="p"><rect width="1" height="1"/></clipPath>'
            "</defs>"
            '<use xlink:href="#a" style="fill: #ffffff"/><g clip-path="url(#p)" fill="#00429d"/>'
        ),
        "figure-4-",
    )
    assert 'id="figure-4-a"' in cleaned and 'xlink:href="#figure-4-a"' in cleaned
    assert 'clip-path="url(#figure-4-p)"' in cleaned
    assert "#ffffff" in cleaned and 'fill="#00429d"' in cleaned


def test_embedded_pictures_stay() -> None:
    picture = "data:image/png;base64,iVBORw0KGgo="
    assert picture in clean(drawing(f'<image xlink:href="{picture}" width="1" height="1"/>'))


def test_text_keeps_its_spaces_and_signs() -> None:
    cleaned = clean(drawing("<text>14 of 21 <tspan>&lt;b&gt; – ²</tspan> left</text>"))
    text = BeautifulSoup(cleaned, "html.parser").get_text()
    assert text == "14 of 21 <b> – ² left"


def test_inline_is_named_for_readers_and_scales() -> None:
    soup = BeautifulSoup(inline(drawing("<g/>"), "f1-", "Figure 1 T<b>", "Al & t"), "html.parser")
    svg = soup.svg
    assert svg is not None
    assert svg["role"] == "img"
    assert [soup.find(id=name).get_text() for name in str(svg["aria-labelledby"]).split()] == [
        "Figure 1 T<b>",
        "Al & t",
    ]
    assert not svg.has_attr("width") and svg["viewbox"] == "0 0 20 10"


def test_a_drawing_without_view_box_gets_one_from_its_size() -> None:
    assert 'viewBox="0 0 20 10"' in inline(drawing("<g/>", 'width="20" height="10"'), "a", "t", "d")


@pytest.mark.parametrize(
    "broken",
    [
        "<svg",
        "<p>no drawing</p>",
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
    ],
)
def test_what_is_no_drawing_is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match=r"drawing|Entit"):
        clean(broken)
