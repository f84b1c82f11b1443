"""An empty form, shown."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.forms.component_form import ComponentForm


@pytest.fixture
def form(qtbot: QtBot) -> ComponentForm:
    made = ComponentForm()
    qtbot.addWidget(made)
    made.show()
    return made
