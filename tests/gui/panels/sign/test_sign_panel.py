"""The pad of a network that learned from one's own drawings: its labels, and drawings prepared as the stored ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from playground.engine.data.collection import SIDE, Collection
from playground.engine.data.in_memory import InputTargetPairs
from playground.engine.data.sources.picture_folder import inspect, read
from playground.gui.drawings.editor import Editor
from playground.gui.drawings.kept_drawings import KeptDrawings
from playground.gui.panels.bars import Bars
from playground.gui.panels.digits.inference import ClassProbabilities
from playground.gui.panels.pad.preview import Preview
from playground.gui.panels.sign.panel import SignPanel
from playground.gui.panels.sign.view import SignView
from playground.gui.session.background import Background
from playground.gui.session.worker_mailbox import TestSample as PickedSample
from playground.gui.start.program import Program
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.first_experiment import first_experiment


def collected(folder: Path) -> OwnPictures:
    """A collection of rings and trees, as data."""
    collection = Collection(folder)
    for number in range(12):
        picture = np.zeros((SIDE, SIDE), np.uint8)
        picture[5 + number : 40, 10 + 20 * (number % 2)] = 255
        collection.add(("ring", "tree")[number % 2], picture)
    data = OwnPictures.of_source(inspect(str(folder)).source, OwnPictures())
    assert isinstance(data, OwnPictures)
    return data


@pytest.fixture
def view(qtbot: QtBot, background: Background, tmp_path: Path) -> SignView:
    made = SignView(background)
    qtbot.addWidget(made)
    made.resize(318, 466)
    made.show_data(collected(tmp_path / "drawings"))
    made.show()
    return made


@pytest.mark.parametrize(("side", "colour"), [(28, "grey"), (40, "colour"), (8, "grey")])
def test_a_drawing_is_prepared_as_it_would_be_had_it_been_stored(
    view: SignView, draw: Callable[..., None], tmp_path: Path, background: Background, side: int, colour: str
) -> None:
    data = view.made_for
    assert isinstance(data, OwnPictures)
    view.show_data(data.with_(side=side, colour=colour))
    asked: list[np.ndarray] = []
    view.asked.connect(asked.append)
    draw(view.pad)
    folder = tmp_path / "drawings"
    editor = Editor(KeptDrawings(Collection(folder), background), background, view)
    for _ in range(2):  # a class needs two
        editor.put(view.pad.drawing, "five")
        editor.store.click()
    stored = OwnPictures(source=inspect(str(folder)).source, side=side, colour=colour)
    five = stored.class_names.index("five")
    pairs, pictures = read(stored), []
    for part in (pairs.train, pairs.validation, pairs.test):
        assert isinstance(part, InputTargetPairs)
        inputs, targets = part.cut(0, len(part))
        pictures += list(inputs[targets == five])
    assert len(pictures) == 2
    for picture in pictures:
        assert np.array_equal((picture * 255).round().numpy().astype(np.uint8), asked[-1])


def test_a_test_sample_is_asked_about_as_it_is_until_something_is_drawn_on_it(
    view: SignView, draw: Callable[..., None]
) -> None:
    asked: list[np.ndarray | None] = []
    view.asked.connect(asked.append)
    sample = np.random.default_rng(0).integers(0, 256, (1, 28, 28), np.uint8)
    view.show_sample(sample, 1)
    assert np.array_equal(asked[-1], sample)
    view.set_trained(True)
    view.show_answer(ClassProbabilities((0.9, 0.1), 1, True))
    assert "✗ Wrong. It is: tree" in [label.text() for label in view.findChildren(QLabel)]
    draw(view.pad)
    assert asked[-1] is not None
    assert not np.array_equal(asked[-1], sample)
    view.pad.clear()
    assert asked[-1] is None


def test_other_pixels_are_asked_about_again_and_the_preview_says_how_many(
    view: SignView, draw: Callable[..., None]
) -> None:
    draw(view.pad)
    asked: list[np.ndarray] = []
    view.asked.connect(asked.append)
    data = view.made_for
    assert isinstance(data, OwnPictures)
    view.show_data(data.with_(side=32, colour="colour"))
    assert [picture.shape for picture in asked] == [(3, 32, 32)]
    (preview,) = view.findChildren(Preview)
    assert "32 × 32" in preview.accessibleName()
    view.show_data(data.with_(side=32, colour="colour", test_share=0.3))
    assert len(asked) == 1


def test_a_network_of_a_collection_is_drawn_for_with_its_labels(
    qtbot: QtBot, ready: Program, tmp_path: Path, draw: Callable[..., None]
) -> None:
    ready.document.load(first_experiment(collected(tmp_path / "drawings")), None)
    assert ready.task is not None
    panel = ready.task.panel
    assert isinstance(panel, SignPanel)
    panel.sign.resize(318, 466)
    draw(panel.sign.pad)
    (bars,) = panel.sign.findChildren(Bars)
    qtbot.waitUntil(lambda: bars.accessibleName().endswith("by chance"))
    assert bars.accessibleName().split(" with ")[0] in ("ring", "tree")
    data = ready.document.experiment.data
    sample = np.zeros((1, 28, 28), np.float32)
    sample[0, 5:20, 7] = 1
    ready.run.test_sample.emit(PickedSample(data, sample, np.int64(1)))
    assert panel.sign.pad.drawing.label == 1
    with qtbot.waitSignal(panel.keep_requested) as kept:
        panel.sign.keep.trigger()
    assert kept.args[1] == "tree"
    QApplication.processEvents()
