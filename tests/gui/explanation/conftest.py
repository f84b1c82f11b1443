"""A program that is asked why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.explanation.page import WhyPage
from playground.gui.start.program import Program
from playground.spec.experiment import Experiment

WITHIN = 30_000  # milliseconds
Asked = Callable[[Experiment, str], WhyPage]


@pytest.fixture
def asked(qtbot: QtBot, ready: Program) -> Asked:
    """Shows a network and asks it why, or what would change its answer."""

    def ask(experiment: Experiment, requested: str) -> WhyPage:
        with qtbot.waitExposed(ready.window):
            ready.window.show()
        ready.document.load(experiment, None)
        assert ready.task is not None
        assert ready.results.explanation is not None
        ready.task.why_requested.emit(requested)
        place = ready.results.explanation.place
        qtbot.waitUntil(lambda: place.page is not None, timeout=WITHIN)
        assert place.page is not None
        return place.page

    return ask
