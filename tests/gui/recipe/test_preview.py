"""The preview shows what the recipe's augmentations do, now, whatever else the worker is busy with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from playground.engine.training.snapshots import Epoch, Snapshot
from playground.gui.recipe.popover import Popover
from playground.gui.recipe.preview import AugmentationPreview, Sheet
from playground.gui.recipe.strip import RecipeStrip
from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import Augmented
from playground.spec.datasets.mnist import MNIST
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.recipe.augmentations import Augmentation, Handwriting, Rotate, Shift
from playground.spec.recipe.recipe import Recipe

LOAD = 60_000  # milliseconds: importing torch, on a slow machine
EXPERIMENT = Experiment(
    data=MNIST(train_limit=300),
    stack=Stack(layers=(Flatten(), Linear(out_features=10))),
    recipe=Recipe(augmentations=(Rotate(),), batch_size=10, epochs=2),
)


def choose(document: Document, *augmentations: Augmentation) -> None:
    document.do(Set(("recipe", "augmentations"), augmentations, message("x")))


class Sheets:
    """Every sheet that came."""

    def __init__(self, run: Run) -> None:
        self.seen: list[np.ndarray] = []
        run.augmented.connect(self._take)

    def _take(self, augmented: Augmented) -> None:
        self.seen.append(augmented.pictures)


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(EXPERIMENT)


@pytest.fixture
def run(document: Document) -> Iterator[Run]:
    made = Run(document)
    yield made
    made.close()


@pytest.fixture
def sheets(run: Run) -> Sheets:
    return Sheets(run)


@pytest.fixture
def preview(qtbot: QtBot, document: Document, run: Run) -> AugmentationPreview:
    made = AugmentationPreview(document, run)
    qtbot.addWidget(made)
    return made


def test_it_waits_for_torch_and_then_shows_the_latest(
    qtbot: QtBot, document: Document, run: Run, sheets: Sheets, preview: AugmentationPreview
) -> None:
    assert "loading" in preview.sheet.words
    for degrees in range(20):
        choose(document, Rotate(degrees=degrees))
    choose(document)
    run.load_torch()
    qtbot.waitUntil(lambda: not preview.sheet.image.isNull(), timeout=LOAD)
    assert preview.sheet.words == ""
    with qtbot.waitSignal(run.test_sample, timeout=LOAD):
        run.pick_test_sample()  # every command before it was obeyed
    (plain,) = sheets.seen  # twenty-two requests, one answer
    shown = preview.sheet.image
    left, top = 29 * (3 % 5), 29 * (3 // 5)
    y, x = np.unravel_index(plain[3, 0].argmax(), (28, 28))
    assert shown.pixelColor(left + int(x), top + int(y)).red() == round(float(plain[3].max()) * 255)
    assert shown.pixelColor(28, 0) == QColor(0, 0, 0, 0)  # between two digits


@pytest.mark.parametrize("side", [8, 32, 128])
def test_colours_and_other_sizes_are_shown(qtbot: QtBot, side: int) -> None:
    sheet = Sheet()
    qtbot.addWidget(sheet)
    pictures = np.zeros((25, 3, side, side), np.float32)
    pictures[0, 0], pictures[6, 1], pictures[24, 2] = 1.0, 1.0, 1.0
    sheet.show_pictures(pictures)
    assert sheet.image.pixelColor(0, 0) == QColor("#ff0000")
    shown = sheet.grab().toImage()
    fifth = shown.width() // 5
    for place, color in ((0, "#ff0000"), (1, "#00ff00"), (4, "#0000ff"), (2, "#000000")):
        middle = place * fifth + fifth // 2
        assert shown.pixelColor(middle, middle).name() == color


def test_settings_change_the_sheet_and_again_draws_anew(
    qtbot: QtBot, document: Document, run: Run, sheets: Sheets, preview: AugmentationPreview
) -> None:
    run.load_torch()
    qtbot.waitUntil(lambda: len(sheets.seen) == 1, timeout=LOAD)
    for ask in (
        preview.again.click,
        lambda: choose(document, Rotate(degrees=90.0)),
        lambda: choose(document, Handwriting()),
        lambda: choose(document),
    ):
        with qtbot.waitSignal(run.augmented, timeout=LOAD):
            ask()
    assert len({sheet.tobytes() for sheet in sheets.seen}) == 5
    assert not preview.again.isEnabled()  # there is no chance in plain digits
    document.do(Set(("recipe", "epochs"), 3, message("x")))
    with qtbot.waitSignal(run.test_sample, timeout=LOAD):
        run.pick_test_sample()
    assert len(sheets.seen) == 5  # what has nothing to do with the sheet asks for none


def test_a_preview_in_the_middle_of_a_run_leaves_its_bits_alone(
    qtbot: QtBot, document: Document, run: Run, sheets: Sheets, preview: AugmentationPreview
) -> None:
    run.load_torch()
    qtbot.waitUntil(lambda: run.state is RunState.IDLE, timeout=LOAD)
    seen: list[Snapshot] = []
    run.snapshots.connect(seen.extend)
    losses: list[list[float]] = []
    for asked in (0, 5):
        run.reset()
        seen.clear()
        run.step()
        for _ in range(asked):
            preview.again.click()
        qtbot.waitUntil(lambda: run.state is RunState.PAUSED, timeout=LOAD)
        run.train()
        for _ in range(asked):
            with qtbot.waitSignal(run.augmented, timeout=LOAD):
                preview.again.click()
        qtbot.waitUntil(lambda: run.state is RunState.FINISHED, timeout=LOAD)
        losses.append([snapshot.train_loss for snapshot in seen if isinstance(snapshot, Epoch)])
    assert len(losses[0]) == 2
    assert losses[0] == losses[1]


def test_it_is_gone_with_its_popover(qtbot: QtBot, document: Document, run: Run, sheets: Sheets) -> None:
    strip = RecipeStrip(document)
    qtbot.addWidget(strip)
    strip.resize(3000, 40)
    strip.set_preview("augmentations", lambda: AugmentationPreview(document, run))
    strip.show()
    run.load_torch()
    opener = strip.cell("augmentations").findChild(QToolButton)
    assert opener is not None
    opener.click()
    (popover,) = strip.findChildren(Popover)
    found = popover.findChild(AugmentationPreview)
    assert found is not None
    assert popover.rect().contains(found.geometry())
    qtbot.waitUntil(lambda: len(sheets.seen) == 1, timeout=LOAD)
    with qtbot.waitSignal(popover.destroyed):
        popover.close()
    choose(document, Shift())
    with qtbot.waitSignal(run.test_sample, timeout=LOAD):
        run.pick_test_sample()
    assert len(sheets.seen) == 1
