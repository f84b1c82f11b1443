"""Every kind of layer has a colour, light and dark."""

from __future__ import annotations

import pytest

from playground.gui.theme import DARK, LIGHT, Theme
from playground.spec.layer import Kind


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_every_kind_has_a_colour_of_its_own(theme: Theme) -> None:
    assert len({theme.kind(kind).name() for kind in Kind}) == len(Kind)
