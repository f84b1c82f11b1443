"""Nothing that a person may be using moves when something is said, and every pane has room in small windows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.engine.training.snapshots import Diverged
from playground.gui.panels.inference_view import InferenceView
from playground.gui.start.program import Program
from playground.gui.style.labels import plain_tip
from playground.gui.style.settings import Settings
from playground.gui.window.main_window import LEAST_RIGHT, ONE_BLOCK, SMALLEST, Region
from playground.gui.window.message_bar import LINES, MessageArea, MessageBar
from playground.spec.component import fields_of
from playground.spec.data.patterns import Spirals
from playground.spec.datasets.points import Classed, Points
from playground.spec.edits import Set
from playground.spec.files.presets import preset
from playground.spec.messages import message
from playground.spec.recipe.losses import MSE

LONG = "This sentence is as long as few are, and yet it has to be read to its end. " * 8
PANELS = ("lenet-5", "spiral", "iris", "shakespeare-lstm", "segmentation", "vae", "distillation", "restore", "hills")


def places(program: Program) -> dict[str, QRect]:
    """Where on the screen everything stands that shows or takes something, but for the messages."""
    QApplication.processEvents()
    window = program.window
    shown = [widget for widget in window.findChildren(QWidget) if widget.isVisible()]
    kept = [it for it in shown if it is not window.messages and not window.messages.isAncestorOf(it)]
    return {
        f"{number} {type(widget).__name__}": QRect(widget.mapToGlobal(QPoint()), widget.size())
        for number, widget in enumerate(kept)
        if widget.window() is window
    }


@pytest.mark.parametrize("name", ["lenet-5", "spiral"])
def test_no_message_moves_anything(program: Program, name: str) -> None:
    program.window.resize(1280, 720)
    program.document.load(preset(name).experiment, None)
    messages, before = program.window.messages, places(program)
    for kind in ("hint", "warning", "error"):
        messages.show_message(kind, kind, LONG, [("Open log", lambda: None)])
        assert messages.isVisible()
        assert places(program) == before
    for kind in ("hint", "warning", "error"):
        messages.dismiss(kind)
        assert places(program) == before
    assert messages.isHidden()


def test_messages_of_all_sources_move_nothing(program: Program) -> None:
    program.window.resize(1280, 720)
    panes = [program.window.part(place) for place in Region] + [program.stack.viewport(), program.task.panel.widget]

    def standing() -> list[QRect]:
        QApplication.processEvents()
        return [QRect(pane.mapToGlobal(QPoint()), pane.size()) for pane in panes]

    before = standing()
    program.document.do(Set(("recipe", "loss"), MSE(), message("x")))
    program.suggestions.say_again()
    assert standing() == before
    program.notifications.complain("It cannot.")
    assert standing() == before
    program.notifications.show_end((Diverged(3, 5.0, message("The loss is no number.")),))
    assert standing() == before
    program.notifications.unexpected("ValueError")
    assert standing() == before


def test_messages_cover_no_control(program: Program) -> None:
    program.window.resize(SMALLEST)
    for number in range(3):
        program.window.messages.show_message(str(number), "error", LONG, [("Open log", lambda: None)])
    QApplication.processEvents()
    messages = program.window.messages
    covered = QRect(messages.mapToGlobal(QPoint()), messages.size())
    assert messages.findChildren(MessageBar)[-1].label.text().endswith("…")
    pane, bar = program.stack.viewport(), program.stack.verticalScrollBar()
    assert QRect(pane.mapToGlobal(QPoint()), pane.size()).contains(covered.adjusted(0, 0, 0, -4))  # its margin
    assert not covered.intersects(QRect(bar.mapToGlobal(QPoint()), bar.size()))


@pytest.mark.parametrize("name", ["iris", "lenet-5", "residual-cnn"])
def test_in_a_small_pane_a_message_and_the_note_leave_a_block_between_them(program: Program, name: str) -> None:
    program.window.resize(SMALLEST)
    for other in ("iris", name):  # a note of more lines before
        program.files.new(preset(other))
    program.window.down.setSizes([1, 9999])
    for number in range(2):
        program.window.messages.show_message(str(number), "error", LONG, [("Open log", lambda: None)])
    note, stack, messages = standing(program.note, program.stack, program.window.messages)
    label = program.note.label
    assert label.height() == label.heightForWidth(label.width())
    assert note.bottom() < stack.top() + 1
    assert stack.contains(messages)
    assert program.window.down.mapToGlobal(QPoint(0, program.window.down.sizes()[0])).y() > stack.bottom()
    block = program.stack.visualRect(program.stack.model().index(0, 0))
    assert stack.top() + min(block.bottom(), ONE_BLOCK) <= messages.top()  # of a high block its first line


def test_one_message_at_a_time_and_all_within_reach(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    messages = MessageArea(around)
    around.resize(600, 300)
    messages.cover(around)
    around.show()
    for key in ("a", "b", "c"):
        messages.show_message(key, "hint", f"Message {key}. {LONG}")
    shown = [bar for bar in messages.findChildren(MessageBar) if bar.isVisible()]
    assert [bar.key for bar in shown] == ["c"]
    assert shown[0].turner.text() == "3 of 3"
    label = shown[0].label
    assert label.height() <= LINES * label.fontMetrics().lineSpacing() + 4
    assert label.text().endswith("…")
    assert label.toolTip() == plain_tip(label.words)
    shown[0].turner.click()
    (first,) = (bar for bar in messages.findChildren(MessageBar) if bar.isVisible())
    assert first.key == "a"
    messages.dismiss("a")
    assert [bar.key for bar in messages.findChildren(MessageBar) if bar.isVisible()] == ["c"]


def test_the_keyboard_reaches_a_message_and_comes_back(qtbot: QtBot, program: Program) -> None:
    program.window.messages.show_message("key", "hint", "A hint.")
    program.view_menu.previous_pane.trigger()
    for _ in program.panes():
        if program.window.messages.isAncestorOf(QApplication.focusWidget()):
            break
        program.view_menu.next_pane.trigger()
    assert program.window.messages.isAncestorOf(QApplication.focusWidget())
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert program.window.messages.isHidden()
    assert QApplication.focusWidget() is program.stack


@pytest.mark.parametrize("size", [SMALLEST, QSize(1280, 720), QSize(1366, 768)])
@pytest.mark.parametrize("name", PANELS)
def test_every_panel_leaves_the_form_its_room(program: Program, name: str, size: QSize) -> None:
    program.window.resize(size)
    program.document.load(preset(name).experiment, None)
    layers = program.document.experiment.stack.layers
    field = "out_channels" if name == "segmentation" else "out_features"
    program.stack.select_path(next((i,) for i, layer in enumerate(layers) if hasattr(layer, field)))
    QApplication.processEvents()
    window = program.window
    assert window.size() == size
    for place in Region:
        part = window.part(place)
        corner = part.mapTo(window, QPoint())
        assert QRect(QPoint(), size).contains(QRect(corner, part.size())), place
        assert part.width() >= part.minimumSizeHint().width(), place
        assert part.height() >= part.minimumSizeHint().height(), place
    assert program.form is not None
    editor = program.form.form.column.editor(field)
    bottom = editor.mapTo(program.form.viewport(), QPoint(0, editor.height())).y()
    assert bottom <= program.form.viewport().height()


def test_panes_divided_in_a_small_window_keep_their_share_in_a_large_one(
    qtbot: QtBot, make_program: Callable[[], Program], settings: Settings
) -> None:
    settings.set_sizes("down", (375, 120))
    settings.set_sizes("across", (150, 600, 290))
    settings.set_sizes("right", (1, 500, 3))
    window = make_program().window
    window.resize(1280, 720)
    with qtbot.waitExposed(window):
        window.show()
    QApplication.processEvents()
    window.resize(2560, 1400)
    QApplication.processEvents()
    stack, curves = window.down.sizes()
    assert curves / (stack + curves) == pytest.approx(120 / 495, abs=0.02)
    assert [window.across.sizes()[i] for i in (0, 2)] == [150, 290]
    drawing, form = window.right.sizes()
    assert drawing / (drawing + form) == pytest.approx(466 / 780, abs=0.05)


def standing(*widgets: QWidget) -> list[QRect]:
    QApplication.processEvents()
    return [QRect(it.mapToGlobal(QPoint()), it.size()) for it in widgets]


@pytest.mark.parametrize("name", PANELS)
def test_what_a_panel_says_moves_nothing_in_it(program: Program, name: str) -> None:
    program.window.resize(1280, 720)
    program.document.load(preset(name).experiment, None)
    view = program.task.panel.widget
    assert isinstance(view, InferenceView)
    said = view.note.parentWidget().parentWidget() if name not in ("spiral", "hills") else view.note
    kept = [it for it in view.findChildren(QWidget) if it.isVisible() and it is not said and not said.isAncestorOf(it)]
    before = standing(program.task, *kept)
    for words in ("It cannot.", LONG, ""):
        view.set_message(words)
        assert [place for it, place in zip(kept, standing(*kept), strict=True) if it.isVisible()] == [
            place for it, place in zip(kept, before[1:], strict=True) if it.isVisible()
        ]
        assert standing(program.task) == before[:1]


def test_the_transport_does_not_move_while_a_run_goes_on(program: Program) -> None:
    top, menu = program.top, program.run_menu
    buttons = (top.reset, top.train, top.stop, top.step, top.export)
    before = standing(*buttons)
    menu.train.setText("Pause")
    menu.stop.setEnabled(True)
    top.refresh()
    assert all(button.isVisible() for button in buttons)
    assert standing(*buttons) == before
    menu.train.setText("Train")
    menu.stop.setEnabled(False)
    assert standing(*buttons) == before


def test_a_first_window_lies_on_the_screen_with_its_frame(make_program: Callable[[], Program]) -> None:
    window = make_program().window
    room = window.screen().availableSize()
    for _ in range(2):
        assert window.width() < room.width() or window.width() == SMALLEST.width()
        assert window.height() <= max(room.height() - 30, SMALLEST.height())  # a title bar has that height, or less
        window.reset_layout()


def test_results_are_enlarged_and_get_their_size_back(program: Program, qtbot: QtBot) -> None:
    window, pane, entry = program.window, program.results.pane, program.view_menu.enlarged
    window.resize(1280, 720)
    before = window.down.sizes()
    entry.trigger()
    assert pane.height() > before[1] + 150
    assert window.part(Region.STACK).height() >= ONE_BLOCK
    qtbot.mouseDClick(pane.tabs, Qt.MouseButton.LeftButton, pos=pane.tabs.tabRect(0).center())
    assert not entry.isChecked()
    assert window.down.sizes() == before
    entry.trigger()
    window.down.splitterMoved.emit(200, 1)  # the user takes the handle
    assert not entry.isChecked()
    large = window.down.sizes()
    window.enlarge_results(False)
    assert window.down.sizes() == large
    window.reset_layout()


def test_in_a_narrow_window_texts_on_top_end_in_an_ellipsis_and_the_tool_tip_has_them_whole(program: Program) -> None:
    program.window.resize(SMALLEST)
    top, name = program.top, "A name of an experiment that is longer than what has room in the bar on top"
    program.document.do(Set(("name",), name, message("Rename")))
    program.stack.setFocus()
    words = "test accuracy 99.42 % after 1,000,000 steps · 12:34:56 left · loading PyTorch…"
    top.epoch.setText("epoch 1,000 / 1,000")
    for shown in (top.epoch, top.bar):
        shown.show()
    top.pace.setText(words)
    QApplication.processEvents()
    assert top.name.shown.endswith("…")
    assert top.name.shown[:10] == name[:10]
    assert name in top.name.toolTip()
    assert top.pace.text().endswith("…")
    assert words in top.pace.toolTip()
    assert top.pace.width() >= top.pace.fontMetrics().horizontalAdvance(top.pace.text())
    top.name.setFocus()
    QApplication.processEvents()
    assert top.name.shown == name
    top.pace.setText("9 left")
    assert (top.pace.text(), top.pace.toolTip()) == ("9 left", "")


def test_the_time_left_has_room_in_a_narrow_window(program: Program) -> None:
    program.window.resize(SMALLEST)
    top, words = program.top, "1:12:34 left · 64,000 images/s"
    top.epoch.setText("epoch 100 / 100")
    for shown in (top.epoch, top.bar):
        shown.show()
    top.pace.setText(words)
    QApplication.processEvents()
    assert top.pace.text().startswith("1:12:34 left")


@pytest.mark.parametrize("name", PANELS)
def test_no_button_of_a_panel_cuts_its_words(qtbot: QtBot, program: Program, name: str) -> None:
    program.window.resize(SMALLEST)
    program.window.across.setSizes([1, 9999, 1])
    program.document.load(preset(name).experiment, None)

    def none_is_cut() -> None:
        buttons = [it for it in program.task.findChildren(QAbstractButton) if it.isVisible() and it.text()]
        assert buttons
        assert [it.text() for it in buttons if it.width() < it.minimumSizeHint().width()] == []

    qtbot.waitUntil(none_is_cut)
    assert program.window.right.width() == LEAST_RIGHT


def test_the_marks_of_as_many_classes_as_there_can_be_find_room(qtbot: QtBot, program: Program) -> None:
    program.window.resize(SMALLEST)
    program.window.across.setSizes([1, 9999, 1])
    arms = next(field.maximum for field in fields_of(Spirals) if field.name == "arms")
    assert arms is not None
    added = (Classed(x=1.0, y=1.0, value=0),)  # which could be taken away again
    data = Points(pattern=Spirals(arms=int(arms)), added=added)
    program.document.load(preset("spiral").experiment.with_(data=data), None)

    def none_is_cut() -> None:
        buttons = [it for it in program.task.findChildren(QAbstractButton) if it.isVisible() and it.text()]
        assert len(buttons) == 3 + arms + 1
        assert [it.text() for it in buttons if it.width() < it.minimumSizeHint().width()] == []

    qtbot.waitUntil(none_is_cut)
