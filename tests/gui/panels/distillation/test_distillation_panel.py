"""Teacher and pupil side by side: both are asked about the same drawing, and each says what it reads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.data.in_memory import DataError, load
from playground.gui.panels.digits.inference import ClassProbabilities
from playground.gui.panels.distillation.inference import DistillationInference, TeacherAndStudent
from playground.gui.panels.distillation.view import DistillationView
from playground.gui.session.background import Background
from playground.gui.session.document import Document
from playground.gui.session.inference_thread import InferenceError
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.recipe.recipe import Recipe

FIVE = (0.01, 0.01, 0.01, 0.02, 0.01, 0.88, 0.02, 0.01, 0.02, 0.01)
THREE = (0.01, 0.01, 0.01, 0.88, 0.01, 0.02, 0.02, 0.01, 0.02, 0.01)
BOTH = TeacherAndStudent(FIVE, ClassProbabilities(THREE, 1, True), np.zeros((28, 28), np.float32))


@pytest.fixture
def view(qtbot: QtBot, background: Background) -> DistillationView:
    made = DistillationView(background)
    qtbot.addWidget(made)
    made.resize(318, 466)
    made.show()
    return made


def shown(view: DistillationView) -> list[str]:
    """All that the view says now."""
    return [label.text() for label in view.findChildren(QLabel) if label.isVisible()]


def test_the_reader_is_asked_beside_the_pupil() -> None:
    stack = Stack(layers=(Flatten(), Linear(out_features=10)))
    experiment = Experiment(data=DistilledMNIST(), stack=stack)
    picture = load(MNIST(train_limit=1)).test.cut(0, 1)[0][0, 0].numpy()
    both = DistillationInference()(build(experiment), NetworkSource(experiment, None, 4, trained=False), picture)
    assert max(both.teacher) == both.teacher[7] > 0.8
    assert sum(both.pupil.probabilities) == pytest.approx(1.0, abs=1e-5)
    assert both.pupil.version == 4


def test_a_teacher_that_is_not_there_is_named() -> None:
    experiment = Experiment(data=DistilledMNIST(teacher="/nowhere/own.safetensors"))
    with pytest.raises(DataError, match=r"own\.safetensors"):
        DistillationInference()(
            build(experiment), NetworkSource(experiment, None, 0, trained=False), np.zeros((28, 28), np.float32)
        )


def test_both_are_shown_and_chance_is_said_of_the_pupil_alone(
    view: DistillationView, draw: Callable[..., None]
) -> None:
    assert any("learned nothing yet" in text for text in shown(view))
    draw(view.pad)
    view.show_answer(BOTH)
    assert [bars.accessibleName() for bars in view.bars] == [
        "5 with 88.0 %",
        "3 with 88.0 %, by chance",
    ]
    assert {"5", "3", "student, by chance"} <= set(shown(view))
    view.set_trained(True)
    assert view.bars[1].accessibleName() == "3 with 88.0 %"
    view.pad.clear()
    view.show_answer(BOTH)  # too late
    assert view.bars[0].accessibleName() == "No prediction"


def test_the_truth_loading_problems_and_failures_are_said(view: DistillationView) -> None:
    view.show_digit(np.eye(28, dtype=np.float32), 4)
    assert "It is: 4" in shown(view)
    view.show_answer(InferenceError(message("It was {what}.", what="too hard")))
    assert "It was too hard." in shown(view)
    view.set_message(message("Mend the network first."))
    view.show_answer(BOTH)
    assert "5" not in shown(view)
    view.set_message(None)
    view.set_loading(True)
    assert any("It was too hard." in text or "loading" in text for text in shown(view))


def test_what_takes_a_while_before_training_is_said(qtbot: QtBot) -> None:
    data = DistilledMNIST(train_limit=20)
    stack = Stack(layers=(Flatten(), Linear(out_features=10)))
    run = Run(Document(Experiment(data=data, stack=stack, recipe=Recipe(epochs=1, batch_size=20))))
    try:
        run.load_torch()
        qtbot.waitUntil(lambda: run.state is RunState.IDLE, timeout=60_000)
        with qtbot.waitSignal(run.preparing, timeout=60_000) as said:
            run.train()
        assert str(said.args[0]) == "The teacher is evaluating 20 images…"
        qtbot.waitUntil(lambda: run.state is RunState.FINISHED, timeout=60_000)
    finally:
        run.close()


def test_who_is_wrong_is_seen(view: DistillationView) -> None:
    view.set_trained(True)
    view.show_digit(np.eye(28, dtype=np.float32), 5)
    view.show_answer(BOTH)  # the teacher reads 5, the pupil 3
    assert {"5", "✗ 3", "✗ Wrong. It is: 5"} <= set(shown(view))
    assert [bars.accessibleName().endswith("which is wrong") for bars in view.bars] == [False, True]


def test_an_untrained_pupil_makes_no_mistakes(view: DistillationView) -> None:
    view.show_digit(np.eye(28, dtype=np.float32), 5)
    view.show_answer(BOTH)  # the teacher reads 5, the pupil 3
    assert {"5", "3", "It is: 5"} <= set(shown(view))
    assert not any(bars.accessibleName().endswith("which is wrong") for bars in view.bars)
