"""A program that has loaded torch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.start.program import Program


@pytest.fixture
def ready(qtbot: QtBot, make_program: Callable[[], Program]) -> Program:
    """A program that has loaded torch."""
    made = make_program()
    made.fill()
    with qtbot.waitSignal(made.run.state_changed, timeout=60_000):
        made.run.load_torch()
    return made
