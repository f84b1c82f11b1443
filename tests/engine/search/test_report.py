"""The report of a search: who won by how much, as Markdown that shows names as they are, and as CSV."""

from __future__ import annotations

import csv as csv_module
from io import StringIO

from playground.engine.search.outcome import FAILED, TRAINED, TrialRow
from playground.engine.search.plan import plan
from playground.engine.search.report import csv, markdown, winner_text
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.recipe import Recipe
from playground.spec.search.ranges import NumberRange
from playground.spec.search.space import SearchSpace

WIDTH = NumberRange(path=(0,), field="out_features", low=2, high=40)
FEW = Experiment(
    name="A | *few*",
    data=Points(count=100, validation_share=0.2),
    stack=Stack(layers=(Linear(out_features=8), Linear(out_features=2))),
    recipe=Recipe(epochs=2),
    search=SearchSpace(ranges=(WIDTH,)),
)


def trial(number: int, units: int, score: float | None, reason: str = "") -> TrialRow:
    figures = {"score": score, "loss": 0.5, "parameters": 100, "flops": 10, "latency": None, "scores": (score,)}
    state, values = (FAILED, ()) if score is None else (TRAINED, (score,))
    return TrialRow(
        number, state, values, {WIDTH.key: units}, figures if values else {}, reason, 1.5, 2, (), number == 0
    )


TRIALS = (trial(0, 8, 0.9), trial(1, 20, 0.95), trial(2, 3, None, "=SUM(A1)"))


def test_the_winner_is_compared_with_the_experiment_itself() -> None:
    found = plan(FEW)
    start = "against the starting point (Validation score 90.00 %)"
    winner = f"Trial 1 won: Validation score 95.00 %, 100 parameters; +5.00 points {start}."
    assert str(winner_text(found, TRIALS)) == winner
    assert winner_text(found, TRIALS[2:]) is None
    assert str(winner_text(found, TRIALS[:1])) == (
        "Nothing found is better than the starting point: Validation score 90.00 %."
    )
    alone = "Trial 1 won: Validation score 95.00 %, 100 parameters. The starting point "
    assert str(winner_text(found, TRIALS[1:])) == alone + "lies outside the ranges, and was not trained."
    failed = (trial(0, 8, None, "It diverged."), *TRIALS[1:])
    assert str(winner_text(found, failed)) == alone + "was not trained to its end."


def test_with_several_goals_the_front_is_told_and_each_goal_compared() -> None:
    found = plan(FEW, ("score", "parameters"))

    def of(number: int, score: float, parameters: int) -> TrialRow:
        return trial(number, 8, score)._replace(values=(score, float(parameters)))

    start = of(0, 0.99, 4482)
    assert str(winner_text(found, (start, of(1, 0.98, 100), of(2, 0.985, 300)))) == (
        "No trial is better by Validation score than the starting point: Validation score 99.00 %, "
        "Parameters 4,482 (2 more on the front)."
    )
    assert str(winner_text(found, (start, of(1, 0.99, 155)))) == (
        "Trial 1 won: Validation score 99.00 %, Parameters 155 (0 more on the front); ±0.00 points, −4,327 against the "
        "starting point (Validation score 99.00 %, Parameters 4,482)."
    )


def test_markdown_names_what_changed_and_what_mattered() -> None:
    text = markdown(plan(FEW), TRIALS, {WIDTH.key: 1.0})
    lines = text.splitlines()
    assert lines[0] == "# Search: A \\| \\*few\\*"
    assert "2 trained to the end, 1 failed" in lines
    assert "| Linear 1: Units | 1.00 |" in lines
    assert any(line.startswith("| ") and line.endswith("| 8 | 20 |") for line in lines)
    assert lines[-1] == "| 1 | 95.00 % | Linear 1: Units 20 |"


def test_csv_has_a_line_for_each_trial_and_no_formula() -> None:
    lines = list(csv_module.DictReader(StringIO(csv(plan(FEW), TRIALS))))
    assert [line["trial"] for line in lines] == ["0", "1", "2"]
    assert [line["score"] for line in lines] == ["0.9", "0.95", ""]
    assert [line[WIDTH.key] for line in lines] == ["8", "20", "3"]
    assert lines[2]["reason"] == "'=SUM(A1)"
