"""The two parts of a description: what to look at, and what to try."""

from __future__ import annotations

import pytest

from playground.spec.files.preset_description import has_attempt, parts

LOOK, TRY = "A first paragraph.\n\nA second.", "Try: another rate."


@pytest.mark.parametrize(("about", "expected"), [(f"{LOOK}\n\n{TRY}", True), (LOOK, False), (TRY, True), ("", False)])
def test_only_the_last_paragraph_may_be_something_to_try(about: str, expected: bool) -> None:
    assert has_attempt(about) == expected
    assert not has_attempt(f"{TRY}\n\n{LOOK}")


def test_the_last_paragraph_is_taken_off_where_it_is_something_to_try() -> None:
    assert parts(f"{LOOK}\n\n{TRY}", attempt=True) == (LOOK, TRY)
    assert parts(LOOK, attempt=False) == (LOOK, "")
    assert parts(TRY, attempt=True) == ("", TRY)
