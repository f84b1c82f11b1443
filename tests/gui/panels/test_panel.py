"""The panels: each computes alone beside a run, and one that cannot be made says so in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from threading import Thread

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from playground.engine.runtime.device import prepare_thread
from playground.gui import panels
from playground.gui.panels.broken_part import BrokenPart
from playground.gui.panels.points.panel import PointsPanel
from playground.gui.session.inference_thread import InferenceThread
from playground.gui.session.run import RunState
from playground.gui.start.program import Program
from playground.gui.window.main_window import Place
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.text import OwnText
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset, presets
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message

PARTS = {
    Place.RECIPE: "playground.gui.recipe.strip.RecipeStrip",
    Place.PALETTE: "playground.gui.stack.palette.Palette",
    Place.FORM: "playground.gui.forms.layer_panel.LayerPanel",
    Place.DRAWING: "playground.gui.panels.panel.TaskPane",
    Place.CURVES: "playground.gui.curves.panel.CurvesPanel",
}
PANELS = {*(kind().panel for kind in Dataset.members()), OwnText(asked="restore").panel}
READS = Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=10))))
LOAD = 60_000  # milliseconds: importing torch, on a slow machine


def of_panel(name: str) -> Experiment:
    """An experiment whose data belong to that panel."""
    found = (item.experiment for item in presets() if item.experiment.data.panel == name)
    return next(found, Experiment(data=OwnPictures()))


@pytest.fixture
def two_threads(qapp: object) -> Iterator[Callable[[], None]]:
    """Let a thread compute on two, as one that trains does."""

    def begin() -> None:
        thread = Thread(target=prepare_thread, args=(2,))
        thread.start()
        thread.join()

    yield begin
    torch.set_num_threads(1)


@pytest.mark.parametrize("name", sorted(PANELS))
def test_a_panel_that_comes_while_a_run_computes_on_two_threads_computes_on_one(
    qtbot: QtBot, make_program: Callable[..., Program], two_threads: Callable[[], None], name: str
) -> None:
    program = make_program()
    program.document.load(of_panel("points" if name == "digits" else "digits"), None)
    program.fill()
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)
    two_threads()
    program.document.load(of_panel(name), None)
    assert program.task is not None
    (asking,) = program.task.panel.findChildren(InferenceThread)
    counts: list[int] = []
    asking.answered.connect(lambda _: counts.append(torch.get_num_threads()), Qt.ConnectionType.DirectConnection)
    asking.set_network(READS, None, 0, False)
    asking.ask(None)
    asking.ask(0)
    qtbot.waitUntil(lambda: bool(counts))
    assert set(counts) == {1}


def test_a_panel_that_cannot_be_made_says_so_in_its_place(
    qtbot: QtBot, program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("playground.gui.panels.points.panel.PointsPanel", failing(PointsPanel))
    assert program.task is not None
    wanted = QSignalSpy(program.task.log_requested)
    program.task.log_requested.disconnect(program.help_menu.open_log)  # there is no file manager to open
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)
    program.document.load(of_panel("points"), None)
    assert program.window.findChildren(PointsPanel) == []  # at once: what is half made must get no event
    broken = program.task.currentWidget()
    assert isinstance(broken, BrokenPart)
    assert "a panel could not be made: points" in caplog.text
    assert "Traceback" in caplog.text
    broken.button.click()
    assert wanted.count() == 1
    program.document.load(preset("textbook").experiment, None)
    assert not isinstance(program.task.currentWidget(), BrokenPart)


@pytest.mark.parametrize("place", PARTS, ids=lambda place: place.name)
def test_a_part_that_cannot_be_made_stops_neither_the_others_nor_torch(
    qtbot: QtBot, make_program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    module, name = PARTS[place].rsplit(".", 1)
    monkeypatch.setattr(PARTS[place], failing(getattr(import_module(module), name)))
    program = make_program()
    program.start(None)
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)
    for other in PARTS:
        assert isinstance(program.window.part(other), BrokenPart) == (other is place)
    program.document.do(Set(("name",), "Another", message("Rename")))
    program.document.load(of_panel("points"), None)
    program.run.step()
    qtbot.waitUntil(lambda: program.run.state is RunState.PAUSED, timeout=LOAD)


def failing(kind: type) -> type:
    """The same class, whose objects cannot be made: it fails when all is there and connected."""

    class Failing(kind):  # type: ignore[misc]
        def __init__(self, *args: object) -> None:
            super().__init__(*args)
            raise RuntimeError("as nobody foresaw")

    Failing.__module__ = kind.__module__
    return Failing


def test_every_data_set_has_a_panel_and_every_panel_a_data_set() -> None:
    folders = Path(panels.__path__[0]).glob("*/panel.py")
    assert {path.parent.name for path in folders} == PANELS


def test_titles_stand_at_one_height(program: Program) -> None:
    heights = {}
    for entry in presets():
        program.document.load(entry.experiment, None)
        assert program.task is not None
        widget = program.task.panel.widget
        layout = widget.layout()
        assert layout is not None
        layout.activate()
        title = next(label for label in widget.findChildren(QLabel) if label.property("look") == "heading")
        heights[entry.experiment.data.panel] = title.mapTo(program.task, title.rect().center()).y()
    assert len(heights) > 5
    assert len(set(heights.values())) == 1, heights
