"""The page “Fit to deploy”: it shows what the command line tells, and mends what it promises to."""

from __future__ import annotations

import json
import threading
from collections.abc import KeysView
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from torch import Tensor

from playground.cli.main import main
from playground.engine.build import build
from playground.engine.data.in_memory import load as load_data
from playground.engine.evaluation.evaluate import probabilities
from playground.engine.fitness.item import Status
from playground.engine.fitness.remedy import DivideLogits, TrainWith
from playground.engine.runs.store import RunStore
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained, load, save
from playground.gui.fitness.dialog import FitnessDialog
from playground.gui.panels.digits.panel import DigitsPanel
from playground.gui.start.program import Program
from playground.gui.window.message_bar import MessageBar
from playground.spec.data.changed_examples import ChangedExamples
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Points
from playground.spec.edits import Set
from playground.spec.layers.dense import Linear
from playground.spec.messages import message
from playground.spec.recipe.augmentations import Rotate, Shift
from playground.spec.recipe.recipe import Recipe
from tests.engine.export.trained import trained
from tests.engine.fitness.nearest_mean import nearest_mean
from tests.example_changes import change
from tests.gui.conftest import Answers

LOAD = 60_000
MEASURED_APART = ("speed", "versions")  # times differ each time, and only a file tells who wrote it


@pytest.fixture(scope="module")
def digits() -> Trained:
    return nearest_mean()


def show(program: Program, network: Trained, qtbot: QtBot) -> None:
    program.document.load(network.experiment, None)
    own = Trained(
        network.experiment, build(network.experiment), Figures(epochs=1, step=20), {}, scaling=network.scaling
    )
    own.network.load_state_dict(network.network.state_dict())
    program.run.open(own)
    qtbot.waitUntil(program.file_menu.fitness.isEnabled, timeout=LOAD)


def opened(program: Program) -> FitnessDialog:
    program.file_menu.fitness.trigger()
    dialog = program.exports.fitness.dialog
    assert dialog is not None
    return dialog


def complete(dialog: FitnessDialog, qtbot: QtBot) -> dict[str, Any]:
    """The figures of each item, once all are measured."""
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=LOAD)
    assert dialog.report is not None
    return {item.id: item.figures for item in dialog.report.items}


def button(dialog: FitnessDialog, name: str, text: str) -> None:
    line = next(line for line in dialog.lines if line.item.id == name)
    next(one for one in line.buttons if one.text().startswith(text)).click()


def weights(program: Program) -> dict[str, Tensor]:
    assert program.run.weights is not None
    return program.run.weights.tensors


def least_sure(network: Trained) -> tuple[npt.NDArray[np.float32], int]:
    """The test sample of 500 of which the network is least sure, (28, 28), and its class."""
    pictures, targets = load_data(network.experiment.data).test.batch(torch.arange(500))
    shares = probabilities(network.network, pictures, network.experiment.recipe.loss)
    least = int(shares.max(1).argmin())
    return pictures[least, 0].numpy(), int(targets[least])


def same(some: dict[str, Tensor], others: dict[str, Tensor]) -> bool:
    return some.keys() == others.keys() and all(torch.equal(some[name], others[name]) for name in some)


def test_the_page_shows_what_the_command_line_tells(
    ready: Program,
    digits: Trained,
    qtbot: QtBot,
    answers: Answers,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(ready, digits, qtbot)
    dialog = opened(ready)
    assert dialog.title.text() == "Is it fit to deploy?"
    assert not dialog.export.isEnabled()
    complete(dialog, qtbot)
    assert dialog.report is not None
    path = tmp_path / "network.safetensors"
    save(path, digits.experiment, digits.network, Figures(step=20), digits.scaling)
    assert main(["fitness", str(path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    answers.path = tmp_path / "report.json"
    dialog.export.click()
    assert "was written" not in dialog.status.text()  # not by the window's thread, which waits for no disk
    qtbot.waitUntil(lambda: dialog.status.text() == "report.json was written.", timeout=LOAD)
    written = json.loads(answers.path.read_text())
    assert [item["id"] for item in written["items"]] == [item["id"] for item in told["items"]]
    for key in ("name", "data", "format", "fit"):
        assert written[key] == told[key]
    for ours, its, line in zip(written["items"], told["items"], dialog.lines, strict=True):
        if ours["id"] not in MEASURED_APART:
            assert ours == its
            shown = line.reason.text().replace("\N{NO-BREAK SPACE}", " ")
            assert shown == its["reason"]
        assert line.mark.text() == {"green": "✓", "red": "✗", "measured": "·", "not_applicable": "–"}[its["status"]]
    failed = sum(item["status"] == "red" for item in told["items"])
    assert dialog.title.text().startswith(f"Not fit to deploy yet: bars not met: {failed} of ")
    answers.path = tmp_path / "report.md"
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.status.text() == "report.md was written.", timeout=LOAD)
    page = answers.path.read_text()
    assert dialog.title.text() in page
    assert page.count("\n| ✗ |") == failed


def test_a_click_calibrates_as_promised_and_is_undone(
    ready: Program, digits: Trained, qtbot: QtBot, store: RunStore
) -> None:
    ready.run.set_store(store)
    show(ready, digits, qtbot)
    dialog = opened(ready)
    found = complete(dialog, qtbot)["calibration"]
    before, experiment = weights(ready), ready.document.experiment
    button(dialog, "calibration", "Divide the logits by T = ")
    qtbot.waitUntil(lambda: dialog.report is None, timeout=LOAD)  # it is measured again
    after = complete(dialog, qtbot)["calibration"]
    assert after["ece"] == pytest.approx(found["ece_after"], abs=1e-4)
    assert after["ece"] < found["ece"]
    divided = {name: tensor / found["temperature"] for name, tensor in before.items()}
    now = weights(ready)
    assert all(torch.allclose(now[name], tensor, rtol=1e-5) for name, tensor in divided.items())
    assert ready.document.undo_stack.undoText() == "Calibrate"
    ready.document.undo_stack.undo()
    qtbot.waitUntil(lambda: ready.run.weights is not None and same(weights(ready), before), timeout=LOAD)
    assert ready.document.experiment is experiment
    qtbot.waitUntil(lambda: "measure it again" in dialog.status.text(), timeout=LOAD)
    button(dialog, "robustness", "Train with")  # an edit of the recipe is still possible
    ready.document.undo_stack.undo()
    ready.document.undo_stack.redo()
    assert ready.document.experiment.recipe.augmentations


def test_a_click_lets_the_network_refuse_and_undo_lets_it_answer(
    ready: Program, digits: Trained, qtbot: QtBot, tmp_path: Path, answers: Answers
) -> None:
    ready.inference.start()
    show(ready, digits, qtbot)
    dialog = opened(ready)
    found, before = complete(dialog, qtbot)["non_examples"], weights(ready)
    assert ready.task is not None
    panel = ready.task.panel
    assert isinstance(panel, DigitsPanel)
    pad = panel.drawing
    pad.show_digit(*least_sure(digits))
    qtbot.waitUntil(lambda: pad._digit.whole not in ("", "?"), timeout=LOAD)
    answered = pad._digit.whole
    button(dialog, "non_examples", "Refuse below")
    assert ready.document.undo_stack.undoText().startswith("Refuse below ")
    below = ready.document.experiment.refuse_below
    assert below in (found["threshold"], found["strict_threshold"])
    qtbot.waitUntil(lambda: pad._digit.whole == "?", timeout=LOAD)
    assert pad._chance.text() == "not sure"
    assert f"Most probable is {answered}, with " in pad._chance.toolTip()
    assert pad._truth.text().startswith("It is: ")  # neither right nor wrong
    again = complete(dialog, qtbot)["non_examples"]
    assert (again["set"], again["threshold"], again["computed_threshold"]) == (
        below,
        below,
        found["computed_threshold"],
    )
    assert same(weights(ready), before)
    assert [one.text() for one in dialog.lines[3].buttons][-1] == "Answer always"
    saved = tmp_path / "refusing.safetensors"
    answers.path = saved
    ready.file_menu.network.trigger()
    qtbot.waitUntil(saved.exists, timeout=LOAD)
    assert load(saved).experiment.refuse_below == below
    ready.document.undo_stack.undo()
    assert ready.run.weights is not None
    assert (ready.document.experiment.refuse_below, ready.run.weights.experiment.refuse_below) == (0.0, 0.0)
    qtbot.waitUntil(lambda: pad._digit.whole == answered, timeout=LOAD)
    qtbot.waitUntil(lambda: "measure it again" in dialog.status.text(), timeout=LOAD)


def test_calibration_takes_the_threshold_back(ready: Program, digits: Trained, qtbot: QtBot) -> None:
    """It belongs to the confidences before."""
    show(ready, digits, qtbot)
    ready.document.do(Set(("refuse_below",), 0.5, message("Refuse")))
    dialog = opened(ready)
    complete(dialog, qtbot)
    button(dialog, "calibration", "Divide the logits by T = ")
    qtbot.waitUntil(lambda: ready.document.experiment.refuse_below == 0.0, timeout=LOAD)
    qtbot.waitUntil(lambda: ready.run.weights is not None and ready.run.weights.experiment.refuse_below == 0.0)


def test_augmentations_go_into_the_recipe(ready: Program, digits: Trained, qtbot: QtBot) -> None:
    show(ready, digits, qtbot)
    dialog = opened(ready)
    complete(dialog, qtbot)
    assert dialog.report is not None
    remedies = [one for one in dialog.report["robustness"].remedies if isinstance(one, TrainWith)]
    assert Shift(pixels=2.0) in [one.augmentation for one in remedies]
    rotated = Set(("recipe", "augmentations"), (Shift(pixels=1.0), Rotate()), message("Augmentations"))
    ready.document.do(rotated)
    button(dialog, "robustness", "Train with Shift ±2")
    assert ready.document.experiment.recipe.augmentations == (Rotate(), Shift(pixels=2.0))
    assert "Train again" in dialog.status.text()
    button(dialog, "robustness", "Train with Shift ±2")
    assert dialog.status.text().startswith("The recipe has it already")
    ready.document.undo_stack.undo()
    assert ready.document.experiment.recipe.augmentations == (Shift(pixels=1.0), Rotate())
    ready.document.load(ready.document.experiment.with_(data=Points()), None)
    button(dialog, "robustness", "Train with Shift ±2")
    assert dialog.status.text().startswith("Another experiment is shown")
    assert ready.document.experiment.recipe.augmentations == (Shift(pixels=1.0), Rotate())


def test_closing_drops_what_is_being_measured(ready: Program, digits: Trained, qtbot: QtBot) -> None:
    show(ready, digits, qtbot)
    dialog = opened(ready)
    qtbot.waitUntil(lambda: len(dialog.lines) == 1, timeout=LOAD)
    assert "of 8: " in dialog.status.text()
    fitness = ready.exports.fitness
    steps = fitness._steps
    assert steps is not None
    dialog.close()
    qtbot.waitUntil(lambda: fitness.dialog is None, timeout=LOAD)
    assert fitness._steps is None
    assert fitness._background is not None
    with qtbot.waitSignal(fitness._background.do(steps.advance).done, timeout=LOAD) as ended:
        pass
    assert ended.args == [None]  # whatever is asked of it now
    assert len(complete(opened(ready), qtbot)) == 8


def test_a_network_is_measured_after_labels_were_changed(ready: Program, qtbot: QtBot) -> None:
    """With the samples and labels that it learned from: they are its figures until it is trained with the new ones."""
    network = nearest_mean(data := MNIST(train_limit=500, validation_share=1 / 60))
    show(ready, network, qtbot)
    before = complete(opened(ready), qtbot)
    changes = ChangedExamples(items=(change(data, 3, None), change(data, 59_500, "0")))
    ready.document.do(Set(("data", "changes"), changes, message("Label")))
    dialog = opened(ready)
    dialog.again.click()
    after = complete(dialog, qtbot)
    assert {name: value for name, value in after.items() if name not in MEASURED_APART} == {
        name: value for name, value in before.items() if name not in MEASURED_APART
    }


def test_items_that_do_not_apply_say_so(ready: Program, qtbot: QtBot) -> None:
    network = trained(Points(count=60, validation_share=0.2), Linear(out_features=2))
    show(ready, network, qtbot)
    dialog = opened(ready)
    complete(dialog, qtbot)
    line = next(line for line in dialog.lines if line.item.id == "robustness")
    assert line.item.status is Status.NOT_APPLICABLE
    assert (line.mark.text(), line.status.text()) == ("–", "does not apply")
    assert not line.buttons


def test_a_changed_network_is_not_replaced(ready: Program, digits: Trained, qtbot: QtBot) -> None:
    show(ready, digits, qtbot)
    dialog = opened(ready)
    complete(dialog, qtbot)
    show(ready, nearest_mean(sharpness=0.5), qtbot)
    qtbot.waitUntil(lambda: "measure it again" in dialog.status.text(), timeout=LOAD)
    before = weights(ready)
    dialog.tell(None)
    assert dialog.report is not None
    (remedy,) = dialog.report["calibration"].remedies
    assert isinstance(remedy, DivideLogits)
    button(dialog, "calibration", "Divide")
    qtbot.waitUntil(lambda: "measure it again" in dialog.status.text(), timeout=LOAD)
    assert same(weights(ready), before)
    assert ready.document.undo_stack.count() == 0


class Watched(dict[str, Tensor]):
    """Tensors that note which threads looked at all of them."""

    threads: ClassVar[list[int]] = []

    def keys(self) -> KeysView[str]:
        self.threads.append(threading.get_ident())
        return super().keys()


def test_a_network_that_comes_back_is_compared_once_and_not_by_the_window(
    ready: Program, digits: Trained, qtbot: QtBot
) -> None:
    show(ready, digits, qtbot)
    dialog, fitness = opened(ready), ready.exports.fitness
    complete(dialog, qtbot)
    assert fitness._weights is not None
    measured = Watched({name: tensor.clone() for name, tensor in weights(ready).items()})
    fitness._weights = replace(fitness._weights, tensors=measured)
    Watched.threads.clear()
    for epochs in (3, 4, 5):
        ready.document.do(Set(("recipe", "epochs"), epochs, message("Epochs")))
    qtbot.waitUntil(lambda: len(Watched.threads) == 1, timeout=LOAD)
    ready.document.do(Set(("recipe", "epochs"), 6, message("Epochs")))
    assert len(Watched.threads) == 1
    assert threading.get_ident() not in Watched.threads
    assert dialog.status.text() == ""
    button(dialog, "non_examples", "Refuse below")
    qtbot.waitUntil(lambda: ready.document.experiment.refuse_below > 0.0, timeout=LOAD)


def test_the_end_of_a_run_leads_to_the_page(ready: Program, digits: Trained, qtbot: QtBot) -> None:
    recipe = Recipe(epochs=1, batch_size=100, device="cpu")
    ready.document.load(digits.experiment.with_(recipe=recipe), None)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.progress.finished is not None and not ready.run.busy, timeout=LOAD)
    (verdict,) = (bar for bar in ready.window.messages.findChildren(MessageBar) if bar.key == "verdict")
    assert verdict.label.words.startswith("Not fit to deploy yet: ")
    (why,) = verdict.findChildren(QPushButton)
    assert why.text() == "Why?"
    why.click()
    dialog = ready.exports.fitness.dialog
    assert dialog is not None
    assert complete(dialog, qtbot)["score"]["value"] == ready.run.progress.finished.test_score
