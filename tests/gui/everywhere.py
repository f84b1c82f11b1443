"""Brings up everything that a person can see, one thing after another, and collects the words in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QWidget,
)

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.evaluation.data_part import default_part, part_of
from playground.engine.foreign_weights.tensor_fit import FittedTensor, FittedWeights
from playground.engine.pruning.groups import Cut
from playground.engine.pruning.study import LayerScore, Point, size_of
from playground.engine.service.event_lines import Answered, Requests
from playground.gui.forms.component_editors import PartsEditor
from playground.gui.gallery.dialog import Gallery
from playground.gui.panels.pad.pad import Pad
from playground.gui.pruning.dialog import PruningDialog
from playground.gui.pruning.inference import PruningAnswer, PruningQuestion
from playground.gui.recipe.cells import PartCell, PartsCell
from playground.gui.recipe.popover import Popover
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run_state import RunState
from playground.gui.session.service_process import Phase
from playground.gui.start.program import Program
from playground.gui.style.dialogs import Dialogs
from playground.gui.window.about import About
from playground.gui.window.serve_dialog import ServeDialog, ServeView
from playground.gui.window.serve_place import Address
from playground.gui.window.served_requests import ServedRequests
from playground.gui.window.shortcuts import Shortcuts
from playground.gui.window.weights_dialog import WeightsDialog
from playground.spec.component import fields_of
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.mnist import MNIST
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.presets import empty, preset, presets
from playground.spec.layer import Layer, Stack
from playground.spec.layers.containers import Parallel, Residual
from playground.spec.layers.dense import Linear
from playground.spec.messages import message
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe
from tests.gui.curves.runs import diverged, whole_run
from tests.gui.fitness_pages import fitness_pages
from tests.gui.search.everywhere import searching
from tests.gui.test_layout import PANELS
from tests.gui.test_nothing_chosen import SCANTY, UNKNOWN

_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


class Words(NamedTuple):
    """Words, and where they are shown."""

    place: str
    text: str


class Painted(NamedTuple):
    """Words that were painted into a rectangle, in the painter's coordinates."""

    text: str
    room: QRectF | None
    needed: QRectF | None


def words_in(root: QWidget) -> Iterator[Words]:
    """What stands in a widget and in all within it, tool tips and names for screen readers included."""
    for widget in (root, *root.findChildren(QWidget)):
        place = f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for text in (*_own_words(widget), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()):
            if text:
                yield Words(place, text)
        for action in widget.actions():
            yield from (Words(f"action of {place}", text) for text in (action.text(), action.toolTip()) if text)


def _own_words(widget: QWidget) -> Iterator[str]:
    if widget.isWindow():
        yield widget.windowTitle()
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit():
            yield widget.placeholderText()
        case QMenu() | QGroupBox():
            yield widget.title()
        case QComboBox():
            yield from (widget.itemText(i) for i in range(widget.count()))
        case QAbstractItemView() if widget.model() is not None:
            yield from _said(widget.model(), QModelIndex())


def _said(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    for row in range(model.rowCount(parent)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)):
            index = model.index(row, column, parent)
            yield from (str(model.data(index, role) or "") for role in _ROLES)
            yield from _said(model, index) if not column else ()


@contextmanager
def painting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Painted]]:
    """Notes what is painted from Python meanwhile."""
    painted: list[Painted] = []
    draw = QPainter.drawText

    def note(painter: QPainter, *given: Any) -> Any:
        (text,) = (item for item in given if isinstance(item, str))
        flags = next((item for item in given if isinstance(item, int | Qt.AlignmentFlag | Qt.TextFlag)), 0)
        room = next((QRectF(item) for item in given if isinstance(item, QRect | QRectF)), None)
        needed = None if room is None else painter.boundingRect(room, int(getattr(flags, "value", flags)), text)
        painted.append(Painted(text, room, needed))
        return draw(painter, *given)

    with monkeypatch.context() as patching:
        patching.setattr(QPainter, "drawText", note)
        yield painted


def _settled(widget: QWidget) -> QWidget:
    QApplication.processEvents()
    widget.grab()
    return widget


def _tasks(program: Program) -> Iterator[QWidget]:
    """Every preset, and every data set without a layer."""
    for entry in presets():
        program.document.load(entry.experiment, None)
        yield _settled(program.window)
    for member in Dataset.members():
        program.document.load(Experiment(data=member()), None)
        yield _settled(program.window)


def _layers(program: Program) -> Iterator[QWidget]:
    """Every layer with its form, in a stack in which most do not fit; and several at once."""
    layers = tuple(member() for member in Layer.members())
    deep = Residual(branches=(Stack(layers=(Parallel(),)),)), Parallel()
    program.document.load(Experiment(stack=Stack(layers=(*layers, *deep))), None)
    yield _settled(program.window)
    for number in range(len(layers)):
        program.stack.select_path((number,))
        assert program.form is not None
        yield _settled(program.form)
    program.stack.selectAll()
    yield _settled(program.window)


def _recipes(program: Program) -> Iterator[QWidget]:
    """Every part of the recipe that can be chosen, in the strip and in its popovers."""
    assert program.recipe is not None
    for field in fields_of(Recipe):
        for member in field.family.members() if field.family else ():
            given: Any = (member(),) if field.kind == "components" else member()
            program.document.load(Experiment(recipe=Recipe().with_(**{field.name: given})), None)
            yield _settled(program.window)
            cell = program.recipe.cell(field.name)
            if isinstance(cell, PartCell) and not cell.more_button.isHidden():
                yield from _opened(program, cell.more_button)
            if isinstance(cell, PartsCell):
                yield from _opened(program, cell.button)
    yield from _opened(program, program.recipe.more)


def _opened(program: Program, button: QAbstractButton) -> Iterator[QWidget]:
    button.click()
    for popover in program.window.findChildren(Popover):
        yield from (editor.add_button.menu() for editor in popover.findChildren(PartsEditor))
        yield _settled(popover)
        popover.close()
    QApplication.processEvents()


def _data_sources(program: Program) -> Iterator[QWidget]:
    """What chooses the data, before there are any and with some that are not fit."""
    assert program.recipe is not None
    for data in (*(member() for member in Dataset.members()), *UNKNOWN, *SCANTY):
        program.document.load(Experiment(data=data), None)
        yield _settled(program.window)
        for button in program.recipe.findChildren(QAbstractButton):
            if button.isVisible() and isinstance(button.parent(), PartCell) and button.parent().field.name == "data":
                yield from _opened(program, button)
    for state in (RunState.TRAINING, RunState.PAUSED):
        program.run.state_changed.emit(state)
        yield _settled(program.window)


def _runs(program: Program) -> Iterator[QWidget]:
    """Curves of two runs, what is said of their end, and all messages at once."""
    assert program.results.curves is not None
    for experiment in (Experiment(), preset("shakespeare-lstm").experiment):
        program.document.load(experiment, None)
        for snapshots in (whole_run(), [*whole_run(2)[:-1], diverged(21)]):
            program.results.curves.begin(experiment, 10)
            program.results.curves.add(tuple(snapshots))
            program.notifications.show_end(tuple(snapshots))
            yield _settled(program.window)
    program.results.curves.outdate(True)
    program.notifications.unexpected("")
    program.document.do(Set(("recipe", "loss"), MSE(), message("Loss")))
    program.document.do(Set(("data",), MNIST(), message("Data")))
    program.suggestions.say_again()
    yield _settled(program.window)


def _dialogs(program: Program) -> Iterator[QWidget]:
    """The gallery with every card, and without one; shortcuts; about; the question about changes."""
    gallery = Gallery((empty(), *presets()), program.window)
    gallery.show()
    for row in range(gallery.found.rowCount()):
        gallery.view.setCurrentIndex(gallery.found.index(row, 0))
        yield _settled(gallery)
    gallery.search.setText("§")
    yield _settled(gallery)
    gallery.close()
    for show, kind in ((program.dialogs.show_shortcuts, Shortcuts), (program.dialogs.show_about, About)):
        show()
        dialog = program.window.findChild(kind)
        yield _settled(dialog)
        dialog.close()
    yield from _pruning(program)
    yield from map(_settled, fitness_pages(program.window))
    yield _question(program)
    yield _weights(program)
    yield from _serving(program)
    yield from map(_settled, searching(program))


def _weights(program: Program) -> QWidget:
    """What of a file with weights fits, and why not."""
    layer = message("{place} {layer}", place=1, layer=message(Linear.label))
    rows = (
        FittedTensor("a.weight", "float32", (2, 2), "0.weight", layer, None),
        FittedTensor("b", "int64", (), None, None, message("no layer has a tensor of this shape")),
    )
    dialog = WeightsDialog("x.pt", FittedWeights(rows, "order", (), 1), (), "", program.window)
    dialog.show()
    _settled(dialog)
    dialog.hide()
    return dialog


def _serving(program: Program) -> Iterator[QWidget]:
    """The dialog of the service in each of its states."""
    requests = ServedRequests(program)
    dialog = ServeDialog(requests, program.window)
    dialog.show()
    for view in (*map(ServeView, (Phase.STARTING, Phase.STOPPING)), ServeView(possible=False)):
        dialog.show_view(view)
        yield _settled(dialog)
    refused = Answered(time=0.0, model="", step=1, given="", answer="", seconds=0.1, status=401)
    requests.add(Requests(items=(refused,) * 20))
    requests.add(Requests(items=(refused,) * 200, unlisted=1))
    for network in (False, True):
        dialog.place.choose(0, network=network)
        address = Address("http://127.0.0.1:8000", "x" * 32 if network else "")
        dialog.show_view(ServeView(Phase.SERVING, step=1, latest=2, updating=network, address=address))
        yield _settled(dialog)
    dialog.close()


def _pruning(program: Program) -> Iterator[QWidget]:
    """The dialog “Prune”, with each kind and criterion, and with figures."""
    experiment = preset("xor").experiment
    network, data = build(experiment), load(experiment.data)
    dialog = PruningDialog(experiment, program.window)
    dialog.show()
    part = part_of(data, experiment.data, default_part(data))
    for kind in range(dialog.kind.count()):
        dialog.kind.setCurrentIndex(kind)
        for criterion in range(dialog.criterion.count()):
            dialog.criterion.setCurrentIndex(criterion)
            yield _settled(dialog)
        point = Point(0.0, 0.9, size_of(experiment, network))
        question = PruningQuestion(data, part, dialog.by, dialog.chosen_criterion, 0.5)
        layers = (LayerScore((0,), "", 0.5),)
        source = NetworkSource.initial(experiment)
        for complete in (False, True):
            made = Cut(experiment, network, ())
            dialog.show_answer(PruningAnswer(question, source, (point,), point, made, layers, complete))
            yield _settled(dialog)
    dialog.close()


def _question(program: Program) -> QWidget:
    """The window's question about changes, which waits for an answer."""
    seen: list[QMessageBox] = []

    def dismiss() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            seen.append(box)
            box.reject()

    timer = QTimer(program.window)
    timer.timeout.connect(dismiss)
    timer.start(20)
    Dialogs(program.window).unsaved("")
    timer.stop()
    return seen[0]


def _menus(program: Program) -> Iterator[QWidget]:
    """The menus of the window, those of each panel among them, and those of the stack and of the pad."""
    for name in PANELS:
        program.document.load(preset(name).experiment, None)
        for top in program.window.menuBar().actions():
            yield top.menu()
            yield from top.menu().findChildren(QMenu)
        assert program.task is not None
        for pad in program.task.panel.widget.findChildren(Pad):
            yield pad.commands.menu()
    program.document.load(Experiment(stack=Stack(layers=(Linear(), Residual()))), None)
    for row in range(3):
        program.stack.setCurrentIndex(program.stack.model().index(row, 0))
        yield program.stack.commands.menu(program.window)
    yield program.stack.commands.containers.choice()


STEPS: dict[str, Callable[[Program], Iterator[QWidget]]] = {
    "tasks": _tasks,
    "layers": _layers,
    "recipes": _recipes,
    "sources of data": _data_sources,
    "runs": _runs,
    "dialogs": _dialogs,
    "menus": _menus,
}
