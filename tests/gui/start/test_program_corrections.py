"""What a misread drawing was: stored from the pad, listed, deleted, exported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from playground.engine.data.collection import SIDE, Collection, default_folder
from playground.engine.data.collection_export import IMAGES, LABELS, NAMES
from playground.engine.data.corrections import corrections_of, stored_corrections
from playground.gui.drawings.collection_dialog import ExportKind
from playground.gui.panels.digits.inference import ClassProbabilities
from playground.gui.panels.digits.panel import DigitsPanel
from playground.gui.panels.digits.view import DigitsView
from playground.gui.panels.pad.strokes import Image, Point
from playground.gui.start.program import Program
from playground.spec.data.corrections import MOST, unpacked
from playground.spec.datasets.downloads import KMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.files.storage import FileError
from tests.gui.conftest import Answers


def answered(program: Program, x: float = 0.5) -> DigitsView:
    """A drawing on the pad, and an answer to it of a network that counts as trained."""
    assert program.task is not None
    panel = program.task.panel
    assert isinstance(panel, DigitsPanel)
    view = panel.drawing
    view.pad.pen_down(Point(x, 0.2), False)
    view.pad.pen_moved(Point(0.5, 0.8))
    view.pad.pen_up()
    view.set_trained(True)
    view.show_answer(ClassProbabilities((0.0, 0.9, *[0.0125] * 8), 1, True, view.pad.picture()))
    return view


def correct(view: DigitsView, number: int) -> None:
    next(action for action in view.wrong.actions() if action.data() == number).trigger()


def test_the_question_appears_with_an_answer_and_never_for_a_sample_of_the_data(program: Program) -> None:
    assert program.task is not None
    panel = program.task.panel
    assert isinstance(panel, DigitsPanel)
    button, pad = panel.drawing.wrong.button, panel.drawing.pad
    assert button.isHidden()
    view = answered(program)
    assert not button.isHidden()
    pad.show_image(Image(np.eye(28, dtype=np.float32), 4))
    view.show_answer(ClassProbabilities((0.1,) * 10, 1, True))
    assert button.isHidden()
    pad.pen_down(Point(0.5, 0.2), False)  # with a stroke on it, it is still one
    pad.pen_up()
    view.show_answer(ClassProbabilities((0.1,) * 10, 1, True))
    assert button.isHidden()


def test_a_misread_drawing_is_stored_as_the_network_sees_it_and_taken_back(program: Program) -> None:
    view = answered(program)
    seen = view.pad.picture()
    assert seen is not None
    correct(view, 7)
    assert program.window.messages.texts() == ("Stored as a correction: it is “7”.",)
    (stored,) = stored_corrections(MNIST())
    assert stored.number == 7
    np.testing.assert_array_equal(
        np.frombuffer(unpacked(stored.picture), np.uint8).reshape(28, 28), np.rint(seen * 255).astype(np.uint8)
    )
    assert not Collection(default_folder()).all()  # one's own drawings are another collection
    next(one for one in program.window.messages.findChildren(QPushButton) if one.text() == "Undo").click()
    assert stored_corrections(MNIST()) == ()
    assert program.window.messages.texts() == ()


def test_the_key_of_a_digit_on_the_pad_tells_what_it_is(qtbot: QtBot, program: Program) -> None:
    with qtbot.waitExposed(program.window):
        program.window.show()
    view = answered(program)
    view.pad.setFocus()
    qtbot.keyClick(view.pad, Qt.Key.Key_3)
    assert [one.number for one in stored_corrections(MNIST())] == [3]


def test_corrections_are_listed_deleted_and_exported(
    qtbot: QtBot, program: Program, answers: Answers, tmp_path: Path
) -> None:
    for number, x in ((7, 0.3), (7, 0.4), (2, 0.6)):
        correct(answered(program, x), number)
    program.drawings.corrections.open()
    dialog = program.drawings.corrections.dialog
    assert dialog is not None
    assert {label: len(group) for label, group in dialog.kept.by_label.items()} == {"2": 1, "7": 2}
    correct(answered(program, 0.7), 9)
    assert dialog.kept.total == 4
    dialog.kept.delete(dialog.kept.by_label["9"])
    assert [one.number for one in stored_corrections(MNIST())] == [7, 7, 2]
    assert not dialog.kept.rename("2", "tree")
    assert "none of these labels" in dialog.status.whole
    target = answers.path = tmp_path / "exports"
    target.mkdir()
    for kind, name in ((ExportKind.IDX, "corrections-idx"), (ExportKind.PNG, "corrections-png")):
        dialog.export_requested.emit(kind)
        qtbot.waitUntil(lambda name=name: name in dialog.status.whole.split("/")[-1])  # type: ignore[misc]
    idx = target / "corrections-idx"
    assert (idx / NAMES).read_text().split() == [str(number) for number in range(10)]
    assert list((idx / LABELS).read_bytes()[8:]) == [7, 7, 2]
    pictures = np.frombuffer((idx / IMAGES).read_bytes()[16:], np.uint8).reshape(3, 28, 28)
    for picture, stored in zip(pictures, stored_corrections(MNIST()), strict=True):
        assert picture.tobytes() == unpacked(stored.picture)
    assert Collection(target / "corrections-png", 28).all() == corrections_of(MNIST()).all()


def test_corrections_of_a_network_of_ones_own_drawings_join_them(qtbot: QtBot, ready: Program) -> None:
    collection = Collection(default_folder())
    for number in range(12):
        picture = np.zeros((SIDE, SIDE), np.uint8)
        picture[5 + number : 30, 10 + 20 * (number % 2)] = 255
        collection.add(("left", "right")[number % 2], picture)
    with qtbot.waitSignal(ready.data_source.found):
        ready.data_source.inspect(collection.folder)
    assert ready.task is not None
    view = ready.task.panel.widget
    assert isinstance(view, DigitsView)
    view.pad.pen_down(Point(0.5, 0.2), False)
    view.pad.pen_up()
    view.set_trained(True)
    view.show_answer(ClassProbabilities((1.0, 0.0), 1, True))
    correct(view, 1)
    assert {label: len(group) for label, group in collection.all().items()} == {"left": 6, "right": 7}
    assert "in your drawings" in ready.window.messages.texts()[-1]
    newest = max(collection.all()["right"], key=lambda kept: kept.name)
    drawn = view.pad.picture()
    assert drawn is not None
    np.testing.assert_array_equal(collection.read(newest), np.rint(drawn * 255).astype(np.uint8))


def test_too_many_corrections_are_refused_before_they_are_read() -> None:
    collection = corrections_of(MNIST())
    first = collection.path(collection.add("3", np.zeros((28, 28), np.uint8)))
    for number in range(MOST):
        (first.parent / f"{number:04}.png").touch()  # an empty file cannot be read
    with pytest.raises(FileError, match="2,001 corrections, where at most 2,000"):
        stored_corrections(MNIST())


def test_the_window_of_other_data_takes_the_place_of_the_one_before(qtbot: QtBot, program: Program) -> None:
    corrections, document = program.drawings.corrections, program.document
    corrections.open()
    first = corrections.dialog
    assert first is not None
    document.load(document.experiment.with_(data=KMNIST()), None)
    corrections.open()
    qtbot.waitUntil(lambda: not shiboken6.isValid(first))
    second = corrections.dialog
    assert second is not None
    assert second.isVisible()
    corrections.open()
    assert corrections.dialog is second
    second.close()
    qtbot.waitUntil(lambda: not shiboken6.isValid(second))
    assert corrections.dialog is None
