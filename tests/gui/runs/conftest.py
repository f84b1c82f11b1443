"""A panel of runs over a real store in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from playground.engine.runs.store import RunStore
from playground.gui.runs.panel import RunsPanel
from playground.gui.session.background import Background
from tests.gui.conftest import Answers
from tests.gui.runs.stored_runs import EXPERIMENTS, store_run


@pytest.fixture
def three(store: RunStore) -> tuple[str, ...]:
    """The ids of three runs, the oldest first."""
    return tuple(store_run(store, experiment) for experiment in EXPERIMENTS)


@pytest.fixture
def background() -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


@pytest.fixture
def open_panel(qtbot: QtBot, store: RunStore, background: Background, answers: Answers) -> Callable[[], RunsPanel]:
    """Make a panel that is shown and has read the store."""

    def make() -> RunsPanel:
        panel = RunsPanel(store, background, ask=answers)
        qtbot.addWidget(panel)
        panel.resize(900, 300)
        with qtbot.waitSignal(panel.listed), qtbot.waitExposed(panel):
            panel.show()
        panel.activateWindow()
        return panel

    return make


@pytest.fixture
def panel(three: tuple[str, ...], open_panel: Callable[[], RunsPanel]) -> RunsPanel:
    """A panel with three runs."""
    return open_panel()
