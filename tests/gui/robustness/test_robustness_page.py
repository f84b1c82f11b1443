"""The tab Robustness: its curve against plain torch, that of the run before, the example on the slider, other data."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from torch.nn import Sequential

from playground.engine.build import build
from playground.engine.data.augment.corruptions import corrupted
from playground.engine.data.in_memory import load
from playground.engine.data.spread_subset import spread
from playground.engine.evaluation.evaluate import probabilities
from playground.engine.probes.robustness import RobustnessCurve
from playground.gui.panels.layer_probe import Example
from playground.gui.robustness.inference import SpoiledAnswer, SpoiledQuestion, corrupted_example
from playground.gui.robustness.page import RobustnessPage
from playground.gui.robustness.plot import RobustnessPlot
from playground.gui.robustness.spoiled_view import SpoiledView
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.corruptions import CORRUPTIONS, Corruption
from playground.spec.data.changed_examples import ChangedExamples
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.recipe.augmentations import Rotate
from playground.spec.recipe.losses import BinaryCrossEntropy
from playground.spec.recipe.recipe import Recipe
from tests.example_changes import change
from tests.gui.conftest import Answers
from tests.gui.evaluation.test_evaluation_pages import SMALL, WITHIN, page_of, trained  # noqa: F401  a fixture


@pytest.fixture
def page(qtbot: QtBot, trained: Program) -> RobustnessPage:  # noqa: F811
    made = page_of(qtbot, trained, "RobustnessPage")
    assert isinstance(made, RobustnessPage)
    wait_for_curve(qtbot, made)
    return made


def wait_for_curve(qtbot: QtBot, page: RobustnessPage) -> None:
    qtbot.waitUntil(lambda: page.answer is not None and page.answer.curve.complete, timeout=WITHIN)


def accuracies(weights: Mapping[str, torch.Tensor], corruption: Corruption) -> list[float]:
    """Of 1,000 validation digits along a corruption, computed by hand."""
    network = build(SMALL)
    network.load_state_dict(deepcopy(weights))
    inputs, targets = load(SMALL.data).validation.batch(torch.from_numpy(spread(5000, 1000)))
    found = []
    for value in corruption.values(28):
        with torch.no_grad():
            given = network(corrupted(inputs, corruption, value, range(1000))).argmax(1)
        found.append((given == targets).float().mean().item())
    return found


def column(rows: list[dict[str, str]], run: str) -> list[float]:
    return [float(row["accuracy"]) for row in rows if row["run"] == run]


def test_the_curve_and_that_of_the_run_before(
    qtbot: QtBot,
    trained: Program,  # noqa: F811
    page: RobustnessPage,
    answers: Answers,
    tmp_path: Path,
) -> None:
    rotation = page.corruption
    assert rotation.id == "rotation"
    first = dict(trained.run.weights.tensors)
    expected = accuracies(first, rotation)
    assert page.answer.curve.scores == pytest.approx(expected)
    neutral = expected[rotation.values(28).index(0.0)]
    said = f"1,000 of 5,000 validation images · step 20 · accuracy {100 * neutral:.2f} % as they are"
    assert page.subject.whole == said
    assert page.plot.title.whole == f"Accuracy by rotation (°): {100 * np.mean(expected):.1f} % on average"

    # After another run the curve of this one stays, though the corruption was not looked at meanwhile.
    page.corruptions.setCurrentRow(1)
    assert page.corruption.id == "shift"
    wait_for_curve(qtbot, page)
    assert page.answer.curve.scores == pytest.approx(accuracies(first, page.corruption))
    trained.document.do(Set(("recipe", "augmentations"), (Rotate(degrees=60.0),), message("rotate")))
    with qtbot.waitSignal(trained.run.began, timeout=WITHIN):
        trained.run.train_anew()
    qtbot.waitUntil(lambda: trained.run.state is RunState.TRAINING, timeout=WITHIN)
    qtbot.waitUntil(lambda: trained.run.state is RunState.FINISHED, timeout=WITHIN)
    page.corruptions.setCurrentRow(0)
    qtbot.waitUntil(lambda: page.previous is not None and page.previous.question.corruption is rotation, timeout=WITHIN)
    wait_for_curve(qtbot, page)
    qtbot.waitUntil(lambda: page.answer is not None and page.answer.step == 20, timeout=WITHIN)
    assert page.plot.title.whole.endswith(f"previous run {100 * np.mean(expected):.1f} %")
    answers.path = tmp_path / "robustness.csv"
    page.save_csv()
    qtbot.waitUntil(answers.path.exists)
    rows = list(csv.DictReader(answers.path.read_text().splitlines()))
    assert column(rows, "previous") == pytest.approx(expected)
    assert column(rows, "present") == pytest.approx(accuracies(trained.run.weights.tensors, rotation))
    assert column(rows, "present") != pytest.approx(expected)

    # Samples of which labels were changed are the same; of other data the run before has seen some: no comparison.
    assert trained.results.evaluation is not None
    assert trained.results.evaluation._previous.weights is not None
    trained.document.do(
        Set(("data", "changes"), ChangedExamples(items=(change(SMALL.data, 3, "0"),)), message("label"))
    )
    assert page._watch._comparable is not None
    trained.document.do(Set(("data", "train_limit"), 320, message("fewer")))
    assert page._watch._comparable is None

    # Nothing is asked while the tab is hidden.
    assert trained.results.curves is not None
    trained.results.pane.show_page(trained.results.curves)
    for client in (page._watch._client, page._watch._before, page._watch._asker):
        assert not client.has_question


def test_the_slider_changes_the_drawing(
    qtbot: QtBot,
    trained: Program,  # noqa: F811
    page: RobustnessPage,
) -> None:
    with qtbot.waitSignal(trained.run.test_sample, timeout=WITHIN):
        trained.run.pick_test_sample()
    qtbot.waitUntil(lambda: page.spoiled.answer is not None, timeout=WITHIN)
    plain = torch.from_numpy(page.spoiled.answer.picture)[None]
    assert page.value_text.text() == "0 °"
    assert page.spoiled.button.isHidden()
    page.slider.setValue(page.slider.maximum())
    assert page.value == page.plot.marked == 90.0
    qtbot.waitUntil(lambda: page.spoiled.answer.question.value == 90.0, timeout=WITHIN)
    turned = plain.rot90(-1, (2, 3))
    assert page.spoiled.answer.picture == pytest.approx(turned[0].numpy(), abs=1e-5)
    network = build(SMALL)
    network.load_state_dict(trained.run.weights.tensors)
    shares = probabilities(network, turned)[0]
    assert page.spoiled.answer.shares == pytest.approx(shares, abs=1e-4)
    assert page.spoiled.words.text().startswith(f"{shares.argmax()} · ")

    # One click puts it on the pad, and the slider goes back.
    page.spoiled.button.click()
    assert page.value == 0.0
    qtbot.waitUntil(lambda: page.spoiled.answer.picture == pytest.approx(turned[0].numpy(), abs=0.01), timeout=WITHIN)


def test_test_samples_are_used_only_where_nothing_is_held_out_and_tables_have_no_pictures(
    qtbot: QtBot,
    trained: Program,  # noqa: F811
    page: RobustnessPage,
) -> None:
    trained.document.load(SMALL.with_(data=SMALL.data.with_(validation_share=0.0)), None)
    qtbot.waitUntil(lambda: "learned from other data" in page.note.text(), timeout=WITHIN)
    trained.run.step()
    qtbot.waitUntil(lambda: page.answer is not None, timeout=WITHIN)
    assert page.subject.whole.startswith("1,000 of 10,000 test images · step 1 ·")
    assert "There is no validation part" in page.subject.toolTip()
    trained.run.reset()
    trained.document.load(preset("iris").experiment, None)
    qtbot.waitUntil(lambda: page.note.text().endswith("there is nothing to show for rows."), timeout=WITHIN)
    assert page.pages.currentWidget() is page.note
    assert page.slider.isHidden()
    assert not page.header.export.isEnabled()


def test_a_drawing_is_never_put_to_a_network_of_other_pictures(
    qtbot: QtBot,
    trained: Program,  # noqa: F811
    page: RobustnessPage,
) -> None:
    with qtbot.waitSignal(trained.run.test_sample, timeout=WITHIN):
        trained.run.pick_test_sample()
    qtbot.waitUntil(lambda: page.spoiled.answer is not None, timeout=WITHIN)
    digit, asked = page._watch._example, page._watch._asker._request
    assert digit is not None
    assert asked.suits
    source = PictureFolder(path="/own", classes=("cross", "ring"), counts=(9, 9))
    stack = Stack(layers=(Flatten(), Linear(out_features=2)))
    assert trained.results.evaluation is not None
    assert trained.task is not None
    trained.task.example_changed.disconnect(trained.results.evaluation.follow_example)
    trained.document.load(SMALL.with_(data=OwnPictures(source=source), stack=stack), None)
    assert trained.document.problems == ()
    page._watch.spoil(0.0)  # before the panel of these pictures says what it shows
    assert not asked.suits


def answer_of(experiment: Experiment, network: Sequential, inputs: torch.Tensor) -> SpoiledAnswer:
    """To a picture that is turned by a right angle."""
    example = Example(inputs, experiment.data, lambda _source, content: content, lambda _source, _content: None)
    question = SpoiledQuestion(example, CORRUPTIONS[0], 90.0)
    return corrupted_example(network, NetworkSource(experiment, network.state_dict(), 3, trained=True), question)


def test_a_network_that_answers_with_a_picture_shows_it(qtbot: QtBot) -> None:
    inputs = torch.rand(1, 1, 56, 56, generator=torch.Generator().manual_seed(3))
    fields = Experiment(data=ClutteredMNIST(), stack=Stack(layers=(Conv2d(out_channels=2, kernel_size=3, padding=1),)))
    network, turned = build(fields), inputs.rot90(-1, (2, 3))
    found = answer_of(fields, network, inputs)
    with torch.no_grad():
        ink = network(turned)[0].argmax(0)
    assert found.output[0] == pytest.approx(ink.float().numpy())
    share = ink.float().mean().item()
    assert 0 < share < 1
    assert found.classes == pytest.approx((1 - share, share))
    parent = QWidget()
    qtbot.addWidget(parent)
    view = SpoiledView(parent)
    view.show_answer(found, ("background", "ink"), takes=False)
    assert not view.output.isHidden()
    assert view.words.text() == f"ink · {100 * share:.1f}\N{NO-BREAK SPACE}%"

    inputs = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(3))
    stack = Stack(layers=(Conv2d(out_channels=1, kernel_size=3, padding=1),))
    pictures = Experiment(data=ReconstructedMNIST(), stack=stack, recipe=Recipe(loss=BinaryCrossEntropy()))
    network = build(pictures)
    found = answer_of(pictures, network, inputs)
    with torch.no_grad():
        again = network(inputs.rot90(-1, (2, 3)))[0].sigmoid().numpy()
    assert found.output == pytest.approx(again, abs=1e-5)
    view.show_answer(found, (), takes=False)
    assert view.heading.text() == "Answer"
    view.show_answer(SpoiledAnswer(found.question, found.picture, (0.25, 0.75)), ("a", "b"), takes=False)
    assert view.output.isHidden()
    assert view.words.text().startswith("b · 75")


def test_undefined_scores_of_a_diverged_network_are_not_drawn(qtbot: QtBot) -> None:
    plot = RobustnessPlot("Score")
    qtbot.addWidget(plot.widget)
    values, nothing = np.array([0.0, 1.0, 2.0]), np.full(3, np.nan)
    for scores, count in ((nothing, 0), (np.array([0.5, np.nan, -2.0]), 2)):
        plot.show_curves("R²", [("this run", RobustnessCurve(values, scores, nothing, 9, 3))], tuple(values))
        with qtbot.waitExposed(plot.widget):
            plot.widget.show()
        plot.widget.grab()
        line = plot.widget.listDataItems()[0].getOriginalDataset()[0]
        assert (0 if line is None else len(line)) == count


def test_a_row_of_the_list_for_data_that_were_exchanged_chooses_nothing(
    page: RobustnessPage,
    trained: Program,  # noqa: F811
) -> None:
    assert trained.results is not None
    trained.results.pane.tabs.setCurrentIndex(0)  # the list is not renewed where nobody sees it
    trained.document.load(preset("iris").experiment, None)
    before = page.corruption
    page.corruptions.setCurrentRow((page.corruptions.currentRow() + 1) % page.corruptions.count())
    assert page.corruption is before
