"""A window of a search, and trials that it is told."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from playground.engine.search.event_lines import event_in, line_of, trial_event
from playground.engine.search.outcome import TRAINED, TrialRow
from playground.gui.search.window import SearchWindow
from playground.gui.session.search_process import SearchProcess
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.recipe import Recipe
from playground.spec.search.ranges import Choices, NumberRange
from playground.spec.search.space import SearchSpace

RATE = NumberRange(field="recipe.optimizer.lr", low=1e-3, high=1.0, logarithmic=True)
WIDTH = NumberRange(path=(0,), field="out_features", low=2, high=40)
BIAS = Choices(path=(1,), field="bias", options=(True, False))
FEW = Experiment(
    name="Few",
    data=Points(count=100, validation_share=0.2),
    stack=Stack(layers=(Linear(out_features=8), Linear(out_features=2))),
    recipe=Recipe(epochs=2, device="cpu"),
    search=SearchSpace(ranges=(WIDTH, RATE, BIAS)),
)


def trial(number: int, score: float, parameters: int, state: str = TRAINED, reason: str = "") -> TrialRow:
    """A trial as a search tells it."""
    trained = state == TRAINED
    figures = {"score": score, "loss": 0.1, "parameters": parameters, "flops": 50, "latency": None, "scores": [score]}
    params = {WIDTH.key: 2 + number, RATE.key: 0.001 * (1 + number), BIAS.key: number % 2 == 0}
    values = (score, float(parameters)) if trained else ()
    return TrialRow(
        number, state, values, params, figures if trained else {}, reason, 0.5, 2, (f"run {number}",), number == 0
    )


@pytest.fixture
def window(qtbot: QtBot) -> SearchWindow:
    """About a space of three ranges, with two goals, and a search that has begun."""
    process = SearchProcess()
    made = SearchWindow(FEW, process)
    qtbot.addWidget(made, before_close_func=lambda _: process.deleteLater())
    made.choices.goals.setCurrentIndex(2)  # score, parameters
    made.start_button.click()
    made.show()
    qtbot.waitExposed(made)
    return made


def tell(window: SearchWindow, *rows: TrialRow) -> None:
    """Let the process tell these trials, as lines."""
    for row in rows:
        window.process.take(event_in(line_of(trial_event(row)).encode()))
    window.update_now()
