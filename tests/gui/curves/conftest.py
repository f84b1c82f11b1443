"""The pane of curves, shown, and somebody who answers where its exports go."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.curves.panel import CurvesPanel


class Answer:
    """Where exports go."""

    path: Path | None = None

    def save_path(self, title: str, suggestion: Path, filters: str) -> Path | None:
        self.suggestion = suggestion
        return self.path

    def source_path(self, title: str, folder: Path, filters: str) -> Path | None:
        return self.path


@pytest.fixture
def answer() -> Answer:
    return Answer()


@pytest.fixture
def panel(qtbot: QtBot, answer: Answer) -> CurvesPanel:
    made = CurvesPanel(ask=answer)
    qtbot.addWidget(made)
    made.resize(900, 240)
    with qtbot.waitExposed(made):
        made.show()
    return made
