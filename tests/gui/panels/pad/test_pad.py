"""The pad takes what is drawn, pasted and dropped, lets go of it again, and never breaks on what is no picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QInputDevice,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.panels.pad.pad import Pad
from playground.gui.panels.pad.raster import Grey
from playground.gui.panels.pad.strokes import BROAD, ERASER, MEDIUM, Image

Hand = Callable[..., None]


def picture_of(pad: Pad) -> Grey:
    picture = pad.picture()
    assert picture is not None
    return picture


def grab(pad: Pad) -> np.ndarray:
    image = pad.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine()).copy()


def a_seven() -> QImage:
    """Black ink on white paper."""
    image = QImage(90, 60, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    for place in range(30):
        for wide in range(6):
            image.setPixel(30 + place, 10 + wide, 0xFF000000)
            image.setPixel(60 - place // 3 + wide, 10 + place, 0xFF000000)
    return image


def test_a_stroke_of_the_mouse_becomes_a_picture(pad: Pad, draw: Hand, qtbot: QtBot) -> None:
    assert pad.picture() is None
    with qtbot.waitSignals([pad.changed] * 3):
        draw(pad)
    assert max(np.ptp(axis) + 1 for axis in np.nonzero(picture_of(pad))) == 20
    (stroke,) = pad.drawing.strokes
    assert len(stroke.points) == 8
    assert stroke.width == MEDIUM


def test_the_line_is_painted_where_it_was_drawn_also_while_it_is_drawn(pad: Pad, qtbot: QtBot) -> None:
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(100, 20))
    for y in range(20, 181, 2):  # more points than are painted anew each time
        QTest.mouseMove(pad, QPoint(100, y))
        QApplication.processEvents()
    drawing = grab(pad)
    assert drawing[20:181:10, 100].min() == 255
    assert drawing[100, 80] == 0
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(100, 180))
    assert np.abs(grab(pad).astype(int) - drawing).mean() < 0.5


def test_what_is_painted_step_by_step_is_what_is_painted_at_once(pad: Pad, draw: Hand) -> None:
    draw(pad, [(0.2 + 0.006 * i, 0.5 + 0.2 * np.sin(i / 9)) for i in range(100)])
    step_by_step = grab(pad).astype(int)
    pad.resize(201, 201)
    QApplication.processEvents()
    pad.resize(200, 200)
    assert np.abs(step_by_step - grab(pad)).mean() < 0.5


def test_the_other_buttons_do_not_draw(pad: Pad) -> None:
    for button in (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton):
        QTest.mousePress(pad, button, Qt.KeyboardModifier.NoModifier, QPoint(50, 50))
        QTest.mouseMove(pad, QPoint(90, 90))
        QTest.mouseRelease(pad, button, Qt.KeyboardModifier.NoModifier, QPoint(90, 90))
    assert pad.drawing.empty


def test_a_quick_second_click_draws_too(pad: Pad) -> None:
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(50, 50))
    QTest.mouseDClick(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(60, 60))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(60, 60))
    assert len(pad.drawing.strokes) == 2


def test_strokes_are_undone_one_by_one_and_clearing_too(pad: Pad, draw: Hand) -> None:
    undo, clear = pad.commands.undo, pad.commands.clear
    assert not undo.isEnabled()
    assert not clear.isEnabled()
    draw(pad)
    first = picture_of(pad)
    draw(pad, [(0.1, 0.9), (0.9, 0.9)])
    clear.trigger()
    assert pad.picture() is None
    undo.trigger()
    assert len(pad.drawing.strokes) == 2
    undo.trigger()
    assert np.array_equal(picture_of(pad), first)
    undo.trigger()
    assert pad.drawing.empty
    assert not undo.isEnabled()
    assert grab(pad).max() < 255  # nothing but the placeholder


def test_undo_remembers_pictures_up_to_8_mb(pad: Pad, draw: Hand) -> None:
    pictures = [Image(np.full((400, 400), shade, np.float32)) for shade in np.linspace(0.1, 1.0, 20)]  # 640 kB each
    for picture in pictures:
        pad.show_image(picture)
    for _ in range(3):
        draw(pad)  # on the last picture, which is held anyway
    undo = pad.commands.undo
    remembered = []
    while undo.isEnabled():
        undo.trigger()
        remembered.append(pad.drawing.image)
    assert remembered == [pictures[-1]] * 3 + pictures[-2:-13:-1]


def test_undoing_in_mid_stroke_takes_that_stroke_back(pad: Pad, draw: Hand) -> None:
    draw(pad)
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(10, 10))
    pad.commands.undo.trigger()
    QTest.mouseMove(pad, QPoint(100, 100))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(100, 100))
    assert len(pad.drawing.strokes) == 1


def test_the_eraser_takes_away_what_it_passes_over(pad: Pad, draw: Hand) -> None:
    draw(pad, [(0.2, 0.5), (0.8, 0.5)])
    QTest.keyClick(pad, Qt.Key.Key_E)
    assert pad.erasing
    draw(pad, [(0.5, 0.3), (0.5, 0.7)])
    assert pad.drawing.strokes[-1].width == ERASER
    painted = grab(pad)
    assert painted[100, 100] == 0
    assert painted[100, 60] == 255
    QTest.keyClick(pad, Qt.Key.Key_E)
    assert not pad.erasing


def test_the_brackets_change_the_pen(pad: Pad, draw: Hand) -> None:
    for _ in range(3):
        QTest.keyClick(pad, Qt.Key.Key_BracketRight)
    draw(pad)
    assert pad.drawing.strokes[-1].width == BROAD
    assert pad.commands.broad.isChecked()
    QTest.keyClick(pad, Qt.Key.Key_BracketLeft)
    assert pad.pen == MEDIUM


def test_a_pens_pressure_widens_the_line_and_its_other_end_rubs_out(pad: Pad) -> None:
    for kind in (QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser):
        device = QPointingDevice("pen", 1, QInputDevice.DeviceType.Stylus, kind, QInputDevice.Capability.Pressure, 1, 1)
        left, none, modifiers = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        for event, x, pressure, button, buttons in (
            (QEvent.Type.TabletPress, 40.0, 0.1, left, left),
            (QEvent.Type.TabletMove, 160.0, 0.9, none, left),
            (QEvent.Type.TabletRelease, 160.0, 0.0, left, none),
        ):
            place = QPointF(x, 100)
            QApplication.sendEvent(
                pad, QTabletEvent(event, device, place, place, pressure, 0, 0, 0, 0, 0, modifiers, button, buttons)
            )
    pen, eraser = pad.drawing.strokes
    assert [point.pressure for point in pen.points] == pytest.approx([0.1, 0.9])
    assert not pen.even
    assert not pen.erase
    assert eraser.erase


def test_the_first_finger_draws_and_the_second_does_nothing(pad: Pad) -> None:
    screen = QTest.createTouchDevice()
    touch = QTest.touchEvent(pad, screen)
    touch.press(0, QPoint(40, 40), pad).commit()
    touch.move(0, QPoint(100, 100), pad).press(1, QPoint(10, 180), pad).commit()
    touch.move(0, QPoint(160, 100), pad).release(1, QPoint(10, 180), pad).commit()
    touch.release(0, QPoint(160, 100), pad).commit()
    (stroke,) = pad.drawing.strokes
    assert [(round(200 * point.x), round(200 * point.y)) for point in stroke.points] == [
        (40, 40),
        (100, 100),
        (160, 100),
    ]


def test_a_line_stays_on_the_pad(pad: Pad, draw: Hand) -> None:
    draw(pad, [(0.5, 0.5), (3.0, -2.0)])
    assert pad.drawing.strokes[0].points[-1][:2] == (1.0, 0.0)


def test_an_image_on_the_clipboard_is_taken_in(pad: Pad, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setImage(a_seven())
    pad.setFocus()
    with qtbot.waitSignal(pad.changed):
        QTest.keyClick(pad, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert max(np.ptp(axis) + 1 for axis in np.nonzero(picture_of(pad) > 0.1)) == 20
    assert grab(pad)[20:180, 2:6].max() == 0  # the paper has become black
    pad.commands.undo.trigger()
    assert pad.drawing.empty


def test_an_empty_clipboard_is_said(pad: Pad, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    with qtbot.waitSignal(pad.failed) as heard:
        pad.commands.paste.trigger()
    assert "clipboard" in str(heard.args[0])


def test_a_file_that_is_no_picture_is_named(pad: Pad, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"\x08\0")
    with qtbot.waitSignal(pad.failed) as heard:
        drop(pad, tmp_path / "net.onnx")
    assert str(heard.args[0]).startswith("“net.onnx” was not read. It is an ONNX network.")


def test_a_picture_that_is_damaged_is_named(pad: Pad, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "seven.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with qtbot.waitSignal(pad.failed) as heard:
        drop(pad, tmp_path / "seven.png")
    assert str(heard.args[0]).startswith("“seven.png” was not read. ")


@pytest.mark.parametrize("names", [("a.png", "b.png"), ("iris.csv",), ("mine.playground",)])
def test_what_is_for_the_window_is_left_to_it(pad: Pad, tmp_path: Path, names: tuple[str, ...]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in names])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, buttons, keys)
    pad.dragEnterEvent(event)
    assert not event.isAccepted()


def drop(pad: Pad, path: Path) -> QDropEvent:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.setAccepted(False)
    pad.dropEvent(event)
    return event


def test_a_dropped_file_is_taken_in(pad: Pad, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "seven.png"
    assert a_seven().save(str(path))
    with qtbot.waitSignal(pad.changed):
        assert drop(pad, path).isAccepted()
    assert pad.picture() is not None


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n broken", None])
def test_a_dropped_file_that_is_no_picture_is_said_and_costs_nothing(
    pad: Pad, draw: Hand, qtbot: QtBot, tmp_path: Path, content: bytes | None
) -> None:
    draw(pad)
    before = pad.drawing
    path = tmp_path / "broken.png"
    if content is not None:
        path.write_bytes(content)
    with qtbot.waitSignal(pad.failed) as heard:
        drop(pad, path)
    assert str(heard.args[0])
    assert pad.drawing is before


def test_an_experiment_is_left_to_the_window(pad: Pad, tmp_path: Path) -> None:
    assert not drop(pad, tmp_path / "experiment.playground").isAccepted()


def test_clearing_while_a_picture_is_read_and_reading_another_lets_the_last_win(
    pad: Pad, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "seven.png"
    assert a_seven().save(str(path))
    drop(pad, tmp_path / "missing.png")
    failures: list[object] = []
    pad.failed.connect(failures.append)
    with qtbot.waitSignal(pad.changed):
        drop(pad, path)
    assert not failures


def test_the_picture_can_be_copied_and_saved(pad: Pad, draw: Hand, qtbot: QtBot, tmp_path: Path) -> None:
    draw(pad)
    path = tmp_path / "digit.png"
    pad.exchange.save(str(path))
    pad.commands.copy.trigger()
    for image in (QImage(str(path)), QGuiApplication.clipboard().image()):
        assert (image.width(), image.height()) == (28, 28)
    with qtbot.waitSignal(pad.failed) as heard:
        pad.exchange.save(str(tmp_path / "nowhere" / "digit.png"))
    assert "nowhere" in str(heard.args[0])


def test_the_menu_offers_everything(pad: Pad) -> None:
    texts = [action.text() for action in pad.commands.menu().actions() if action.text()]
    assert "Save the 28 × 28 as PNG…" in texts
    assert len(texts) == 9


def test_it_is_square_and_can_be_found_by_a_screen_reader(pad: Pad) -> None:
    pad.resize(300, 180)
    assert pad.square().getRect() == (0, 0, 180, 180)
    assert pad.heightForWidth(220) == 220
    assert pad.accessibleName()
