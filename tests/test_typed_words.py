from __future__ import annotations

import pytest

from escp_analysis.loaders.typed_words import means_none, says_test


@pytest.mark.parametrize(
    "text", ["none", "None.", " N/A ", "n.a.", "-", "...", "Keine", "aucun", "0", "not applicable"]
)
def test_nothing_is_said(text: str) -> None:
    assert means_none(text)


@pytest.mark.parametrize("text", ["none of the regions", "NATO", "Nonesuch Ltd", "No. 5", "10"])
def test_something_is_said(text: str) -> None:
    assert not means_none(text)


@pytest.mark.parametrize(
    "text",
    ["test", "Test 2", "TEST TEST", "a test", "This is just a test!", "testing", "xxx", "asdf"],
)
def test_a_test(text: str) -> None:
    assert says_test(text)


@pytest.mark.parametrize("text", ["TESTA", "contest", "test bed", "latest", "an", "xx", "a"])
def test_no_test(text: str) -> None:
    assert not says_test(text)
