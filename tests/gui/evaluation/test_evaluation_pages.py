"""The tabs about what the network learned: made when shown, right for every task, and idle while hidden."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from torch.nn import Sequential

from playground.engine.build import build
from playground.engine.data.in_memory import Data, load
from playground.engine.evaluation.answers import all_answers
from playground.engine.evaluation.class_labels import class_labels
from playground.engine.evaluation.data_part import Part, default_part, part_of
from playground.engine.evaluation.evaluate import probabilities
from playground.engine.evaluation.figures import figures
from playground.gui.evaluation.confusion_model import SHARE
from playground.gui.evaluation.confusion_page import ConfusionPage
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.evaluation.inference import Evaluated, EvaluationQuestion, evaluate_part
from playground.gui.evaluation.mistakes_page import MistakesPage
from playground.gui.evaluation.page import EvaluationPage
from playground.gui.evaluation.trust_page import TrustPage
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe
from tests.gui.conftest import Answers

WITHIN = 30_000  # milliseconds
SMALL = Experiment(
    name="Small",
    data=MNIST(train_limit=640, validation_share=1 / 12),
    stack=Stack(layers=(Flatten(), Linear(out_features=10))),
    recipe=Recipe(epochs=1, device="cpu"),
)


def page_of(qtbot: QtBot, program: Program, name: str) -> EvaluationPage:
    """A tab, made by showing it."""
    assert program.results.evaluation is not None
    place = program.results.evaluation.places[name]
    program.results.pane.show_page(place)
    qtbot.waitUntil(lambda: place.page is not None, timeout=WITHIN)
    assert place.page is not None
    return place.page


@pytest.fixture
def trained(qtbot: QtBot, ready: Program) -> Program:
    """A program whose window is shown, with a network that has learned for 20 steps."""
    with qtbot.waitExposed(ready.window):
        ready.window.show()
    ready.document.load(SMALL, None)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.state is RunState.FINISHED, timeout=WITHIN)
    return ready


def test_the_matrix_counts_the_held_out_digits(
    qtbot: QtBot, trained: Program, answers: Answers, tmp_path: Path
) -> None:
    page = page_of(qtbot, trained, "ConfusionPage")
    assert isinstance(page, ConfusionPage)
    qtbot.waitUntil(lambda: page.result is not None, timeout=WITHIN)
    assert page.subject.whole.startswith("5,000 validation images · step 20 · accuracy")
    weights, data = trained.run.weights, load(SMALL.data)
    assert weights is not None
    network = build(SMALL)
    network.load_state_dict(weights.tensors)
    inputs, targets = data.validation.cut(0, 5000)
    given, true = probabilities(network, inputs).argmax(1), targets.numpy()
    cells = page.matrix.cells
    for row in range(10):
        for column in range(10):
            count = int(((true == row) & (given == column)).sum())
            assert cells.index(row, column).data() == (f"{count:,}" if count else "")
            assert cells.index(row, column).data(SHARE) == pytest.approx(count / (true == row).sum())
        assert cells.index(row, 13).data() == f"{(true == row).sum():,}"

    # Examples of a cell, of which one is put on the pad with Enter.
    pair = page.result.figures.classes.pairs[0]
    page.matrix.pick(pair.true, pair.predicted)
    gallery = page.examples.gallery
    expected = np.flatnonzero((true == pair.true) & (given == pair.predicted))
    qtbot.waitUntil(lambda: {e.index for e in gallery.shown} <= set(expected.tolist()) and gallery.count() > 0)
    gallery.setCurrentRow(0)
    with qtbot.waitSignal(trained.run.test_sample) as put:
        qtbot.keyClick(gallery, Qt.Key.Key_Return)
    index = gallery.shown[0].index
    assert np.array_equal(put.args[0].inputs, inputs[index].numpy())
    assert put.args[0].target == pair.true

    # Another order keeps the counts with their classes; the exported table has the declared one.
    page.order.setCurrentIndex(1)
    assert sorted(cells.headerData(n, Qt.Orientation.Horizontal) for n in range(10)) == [str(n) for n in range(10)]
    spot = cells.index_of(pair.true, pair.predicted)
    assert spot.data() == f"{pair.times:,}"
    answers.path = tmp_path / "confusion.csv"
    page.save_csv()
    qtbot.waitUntil(answers.path.exists)
    rows = list(csv.DictReader(answers.path.read_text().splitlines()))
    assert rows[pair.true][f"answered {pair.predicted}"] == str(pair.times)
    for ending, save in ((".png", page.save_png), (".svg", page.save_svg)):
        answers.path = tmp_path / f"confusion{ending}"
        save()
        qtbot.waitUntil(answers.path.exists)

    # Test data on request; nothing is asked while the tab is hidden.
    evaluator = page._evaluator
    page.header.parts.activated.emit(page.header.parts.findData(Part.TEST))
    qtbot.waitUntil(lambda: page.subject.whole.startswith("10,000 test images"), timeout=WITHIN)
    assert trained.results.curves is not None
    trained.results.pane.show_page(trained.results.curves)
    assert not evaluator._client.has_question


def result_of(name: str) -> Result:
    """What an untrained network of a preset answers for some samples."""
    experiment = preset(name).experiment
    known: Data = load(experiment.data)
    part = part_of(known, experiment.data, default_part(known), 20)
    question = EvaluationQuestion(part, known.origin, known.unit)
    network = build(experiment)
    answers = all_answers(network, experiment, part.samples, origin=known.origin, unit=known.unit)
    slices = list(evaluate_part(network, NetworkSource(experiment, None, 7, True), question))
    last = slices[-1]
    assert isinstance(last, Evaluated)
    assert slices[:-1] == [None] * (len(slices) - 1)
    assert last.answers.errors == pytest.approx(answers.errors, rel=1e-5)
    return Result(last, figures(last.answers), tuple(map(str, class_labels(experiment.data))))


@pytest.fixture
def pages(qtbot: QtBot, ready: Program) -> Callable[[Result], list[str]]:
    """Shows a result on each tab; returns the sentences that take the place of figures."""
    with qtbot.waitExposed(ready.window):
        ready.window.show()
    names = ("ConfusionPage", "MistakesPage", "TrustPage")

    def show(result: Result) -> list[str]:
        found = []
        for name in names:
            page = page_of(qtbot, ready, name)
            page._take(result)
            assert page.subject.whole.startswith(str(result.part.words))
            if page.pages.currentWidget() is page.note:
                found.append(page.note.text())
            assert page.table().count("\n") > 0
        return found

    return show


def test_every_task_shows_something_right_or_why_not(qtbot: QtBot, pages: Callable[[Result], list[str]]) -> None:
    for name in ("spiral", "iris", "segmentation", "distillation"):
        assert pages(result_of(name)) == [], name
    numbers = pages(result_of("hills"))
    assert len(numbers) == 1
    assert "without a confidence" in numbers[0]
    pictures = pages(result_of("autoencoder"))
    assert len(pictures) == 2
    assert "no classes" in pictures[0]
    assert pages(result_of("shakespeare-lstm")) == []


def test_without_a_trained_network_a_sentence_says_so(qtbot: QtBot, ready: Program) -> None:
    with qtbot.waitExposed(ready.window):
        ready.window.show()
    for name, kind in (("MistakesPage", MistakesPage), ("TrustPage", TrustPage)):
        page = page_of(qtbot, ready, name)
        assert isinstance(page, kind)
        assert page.note.isVisible()
        assert "Train the network" in page.note.text()
        assert not page.header.export.isEnabled()


def test_data_whose_reading_was_cancelled_are_asked_for_again(qtbot: QtBot, trained: Program) -> None:
    page = page_of(qtbot, trained, "TrustPage")
    qtbot.waitUntil(lambda: page.result is not None, timeout=WITHIN)
    evaluator = page._evaluator
    evaluator._shared, evaluator._asked_for = None, SMALL.data  # asked for, but not read yet
    assert trained.results.curves is not None
    trained.results.pane.show_page(trained.results.curves)
    trained.document.load(SMALL.model_copy(update={"data": MNIST(train_limit=600)}), None)
    assert evaluator._asked_for is None


def test_an_answer_is_completed_while_the_network_learns_on(qtbot: QtBot, trained: Program) -> None:
    begun: list[int] = []
    enough = Event()

    def slow(network: Sequential, source: NetworkSource, question: EvaluationQuestion) -> Iterator[Evaluated | None]:
        begun.append(source.version)
        while not enough.is_set():
            yield None
        yield from evaluate_part(network, source, question)

    run = trained.run
    evaluator = Evaluator(trained.document, run, trained.inference, trained.background, trained, slow)
    shown: list[int] = []
    evaluator.evaluated.connect(lambda result: shown.append(result.evaluated.step))
    evaluator.watch(trained.window, visible=True)
    qtbot.waitUntil(lambda: begun == [20], timeout=WITHIN)
    with qtbot.waitSignal(run.weights_changed, timeout=WITHIN):
        run.step()
    enough.set()
    qtbot.waitUntil(lambda: bool(shown), timeout=WITHIN)
    evaluator.stop()
    assert begun[0] == shown[0] == 20  # the newer network may have been asked by now, but only after this one
