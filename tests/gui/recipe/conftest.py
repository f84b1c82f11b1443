"""A document, and the strip that shows its recipe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.recipe.popover import Popover
from playground.gui.recipe.strip import RecipeStrip
from playground.gui.session.document import Document
from playground.spec.experiment import Experiment


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(Experiment())


@pytest.fixture
def strip(qtbot: QtBot, document: Document) -> Iterator[RecipeStrip]:
    made = RecipeStrip(document)
    qtbot.addWidget(made)
    made.resize(1366, 40)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    for popover in made.findChildren(Popover):
        popover.close()
