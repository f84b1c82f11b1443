"""The panels: each computes alone beside a run, and one that cannot be made says so in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt, QThread
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from playground.engine.runtime.device import prepare_thread
from playground.gui import panels
from playground.gui.forms.layer_pages import LayerPages
from playground.gui.panels.broken_part import BrokenPart
from playground.gui.panels.inference_link import InferenceLink
from playground.gui.panels.labelled.view import LabelledView
from playground.gui.panels.pad.pad import Pad
from playground.gui.panels.pad.strokes import Image
from playground.gui.panels.panel import Panel
from playground.gui.panels.picture.view import PictureView
from playground.gui.panels.points.panel import PointsPanel
from playground.gui.panels.punctuation.view import PunctuationView
from playground.gui.panels.writing.view import WritingView
from playground.gui.session.inference_request import BoundQuestion, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceError, InferenceThread
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.gui.window.main_window import Region
from playground.spec.data.dataset import Dataset
from playground.spec.data.labelled_summary import LabelledFiles, TextColumn
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.datasets.downloads import CIFAR10
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import OwnText
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset, presets
from playground.spec.first_experiment import first_experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message

PARTS = {
    Region.RECIPE: "playground.gui.recipe.strip.RecipeStrip",
    Region.PALETTE: "playground.gui.stack.palette.Palette",
    Region.FORM: "playground.gui.forms.layer_panel.LayerPanel",
    Region.DRAWING: "playground.gui.panels.panel.TaskPane",
    Region.CURVES: "playground.gui.curves.panel.CurvesPanel",
}
_SIGNS = PictureFolder(path="/nowhere", classes=("ring", "tree"), counts=(9, 9), labels=("ring", "tree"))
DRAWINGS = first_experiment(OwnPictures(source=_SIGNS))
PANELS = sorted({*(kind().panel for kind in Dataset.members()), OwnText(asked="restore").panel, DRAWINGS.data.panel})
# Each is of the panel of a preset, and no question for the preset's network is one for its.
FURTHER = (
    preset("hills").experiment,
    Experiment(data=CIFAR10(), stack=Stack(layers=(Flatten(), Linear(out_features=10)))),
    Experiment(data=Table(target="petal length"), stack=Stack(layers=(Linear(out_features=1),))),
    preset("tang-poems").experiment,
)
_COLUMNS = (
    TextColumn(name="text", alphabet=" abcdefghijk"),
    TextColumn(name="kind", labels=("x", "y"), counts=(9, 9)),
)
_TEXTS = LabelledFiles(path="/nowhere/a.csv", rows=18, columns=_COLUMNS)
LABELLED = first_experiment(LabelledTexts(source=_TEXTS, text_column="text", label_column="kind"))
READS = Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=10))))
LOAD = 60_000  # milliseconds: importing torch, on a slow machine


def of_panel(name: str) -> Experiment:
    """An experiment whose data belong to that panel."""
    found = (item.experiment for item in presets() if item.experiment.data.panel == name)
    others = {"labelled": LABELLED, "sign": DRAWINGS}
    return next(found, others.get(name, Experiment(data=OwnPictures())))


@pytest.fixture
def two_threads(qapp: object) -> Iterator[Callable[[], None]]:
    """Let a thread compute on two, as one that trains does."""

    def begin() -> None:
        thread = Thread(target=prepare_thread, args=(2,))
        thread.start()
        thread.join()

    yield begin
    torch.set_num_threads(1)


@pytest.mark.parametrize("name", PANELS)
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
    (asking,) = program.task.panel.findChildren(InferenceClient)
    counts: list[int] = []
    program.inference.answered.connect(
        lambda *_: counts.append(torch.get_num_threads()), Qt.ConnectionType.DirectConnection
    )
    asking.set_network(NetworkSource(READS, None, 0, False))
    asking.ask(None)
    asking.ask(BoundQuestion(0, READS.data))
    qtbot.waitUntil(lambda: bool(counts))
    assert set(counts) == {1}


def test_all_panels_share_one_thread(qtbot: QtBot, make_program: Callable[..., Program]) -> None:
    program = make_program()
    program.fill()
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)
    threads = []
    for name in PANELS:
        program.document.load(of_panel(name), None)
        assert program.task is not None
        threads.append(sum(thread.isRunning() for thread in program.findChildren(QThread)))
    assert len(program.window.findChildren(InferenceClient)) == 1 + len(PANELS)
    assert program.findChildren(InferenceThread) == [program.inference]
    assert program.window.findChildren(InferenceThread) == []
    assert program.inference.isRunning()
    assert set(threads) == {threads[0]}


@pytest.mark.parametrize("page", ["Why", "Robustness"])
def test_no_network_is_asked_what_was_asked_of_another(
    page: str, qtbot: QtBot, make_program: Callable[..., Program], caplog: pytest.LogCaptureFixture
) -> None:
    """Data and network are exchanged while every panel and page has a question, between panels and within one."""
    program = make_program()
    program.fill()
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)
    pairs: list[tuple[Dataset, Dataset]] = []  # what each question was made for, and the data of the network asked
    failures: list[str] = []
    settled = Event()
    last = InferenceClient(program.inference, lambda *_: settled.set(), Priority.BACKGROUND, program)

    def settle() -> None:
        """Let the thread do all that there is to do; the window's panels do not know of the new data yet."""
        settled.clear()
        last.set_network(NetworkSource(READS, None, 0, False))
        last.ask(BoundQuestion(0, READS.data))
        assert settled.wait(LOAD / 1000)

    def watch(client: InferenceClient) -> None:
        answer, request = client._request._answer_with, client._request

        def answer_and_note(network: torch.nn.Sequential, source: NetworkSource, content: object) -> object:
            assert request.picked is not None
            assert request.picked.content is content
            pairs.append((request.picked.data, source.experiment.data))
            return answer(network, source, content)

        request._answer_with = answer_and_note
        client.answered.connect(lambda told: failures.append(str(told)) if isinstance(told, InferenceError) else None)

    assert program.task is not None
    program.window.show()
    assert program.results is not None
    tabs = program.results.pane.tabs
    tabs.setCurrentIndex([tabs.tabText(number) for number in range(tabs.count())].index(page))
    layer = program.window.part(Region.FORM)
    assert isinstance(layer, LayerPages)
    layer.show_inside()
    for client in program.findChildren(InferenceClient):
        if not isinstance(client.parent(), InferenceLink):
            watch(client)
    experiments = [*(of_panel(name) for name in PANELS), *FURTHER]
    for experiment in experiments[: len(PANELS)]:
        program.document.load(experiment, None)
        watch(*program.task.panel.findChildren(InferenceClient))
    program.run.weights_changed.connect(settle)
    for step in (1, 2, 5):  # other orders
        for number in range(len(experiments)):
            program.document.load(experiments[step * number % len(experiments)], None)
            put_question(program.task.panel)
            program.stack.select_path((0,))
            broken = Stack(layers=(Linear(out_features=1), Linear(out_features=3)))  # about which nobody asks
            program.document.do(Set(("stack",), broken, message("Break")))
    for before, after in zip((of_panel(item.data.panel) for item in FURTHER), FURTHER, strict=True):
        for experiment in (before, after, before):
            program.document.load(experiment, None)
            put_question(program.task.panel)
            program.stack.select_path((0,))
    settle()
    assert {made_for.panel for made_for, _ in pairs} == {*PANELS}
    assert [pair for pair in pairs if pair[0].signature != pair[1].signature] == failures == []
    assert "Traceback" not in caplog.text


def put_question(panel: Panel) -> None:
    """Let the panel ask something that suits its data."""
    for pad in panel.widget.findChildren(Pad):
        pad.show_image(Image(np.full((28, 28), 0.5, np.float32), None))
    if isinstance(panel.widget, PictureView):
        data = panel.widget.made_for
        assert data is not None
        panel.widget.show_sample(np.zeros(data.sample_shape, np.uint8), 0)
    elif isinstance(panel.widget, LabelledView):
        panel.widget.show_sample("how are you", "x")
    elif isinstance(panel.widget, PunctuationView):
        panel.widget.set_text("how are you " * 50)
    elif isinstance(panel.widget, WritingView):
        panel.widget.begin()


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
    qtbot: QtBot, make_program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch, place: Region
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
    assert {path.parent.name for path in folders} == {*PANELS}


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
