"""Views and the command line name what they count: pixels, characters, rows; and how many points are drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pyqtgraph import BarGraphItem
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.cli.evaluation_text import print_report
from playground.engine.evaluation.answers import Evaluation, NumberAnswers
from playground.engine.evaluation.data_part import Part
from playground.engine.evaluation.report import report
from playground.engine.evaluation.residuals import residuals
from playground.gui.evaluation.captions import caption
from playground.gui.evaluation.confusion_model import ConfusionModel
from playground.gui.evaluation.evaluator import Result
from playground.gui.evaluation.page import EvaluationPage
from playground.gui.evaluation.pair_table import PairTable
from playground.gui.evaluation.regression_view import MOST_POINTS, RegressionView, drawn
from playground.spec.messages import message
from tests.gui.evaluation.test_evaluation_pages import result_of


def of_part(result: Result, part: Part) -> Result:
    """The same answers, as if the samples were of another part."""
    question = replace(result.evaluated.question, part=result.part._replace(part=part))
    return replace(result, evaluated=replace(result.evaluated, question=question))


def test_pixels_and_characters_are_named(qtbot: QtBot, capsys: pytest.CaptureFixture[str]) -> None:
    for name, noun in (("segmentation", "pixels"), ("shakespeare-lstm", "characters")):
        result = result_of(name)
        answers, tables, names = result.evaluated.answers, result.figures.classes, result.names
        assert answers.classes is not None
        assert tables is not None
        counted = f"{answers.classes.true.size:,} {noun}"
        assert f" · {counted}" in str(EvaluationPage._samples(result))
        wrong = (answers.classes.true[3] != answers.classes.predicted[3]).mean()
        assert caption(result, 3) == f"{100 * wrong:.1f} % of {noun} wrong"
        model = ConfusionModel()
        model.show(tables, names, noun, similar=False, shares=False, iou=False)
        said = model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
        assert f": {tables.confusion[1, 0]:,} {noun}, " in said
        tip = model.headerData(model.columnCount() - 1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        assert tip == f"support: {noun} of the class"
        pairs = PairTable()
        qtbot.addWidget(pairs)
        pairs.show_pairs(tables.pairs, names, tables.per_class.support, noun)
        assert pairs.horizontalHeaderItem(2).text() == noun
        found = report(answers, result.part.dataset.task, names)
        print_report(result.evaluated.experiment, result.part, answers, found)
        printed = capsys.readouterr().out
        assert f"\n{counted}\n" in printed
        assert f"support ({noun})" in printed
        assert f"share of {noun} answered" in printed
        assert "\nConfidence: the " in printed


def test_samples_that_were_learned_are_called_so_beside_every_figure() -> None:
    result = of_part(result_of("iris"), Part.TRAIN)
    assert str(EvaluationPage._samples(result)).endswith("training rows · seen in training")
    assert "seen" not in str(EvaluationPage._samples(of_part(result, Part.TEST)))


def test_a_score_that_is_not_defined_is_a_dash_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    result = result_of("hills")
    answers = replace(result.evaluated.answers, evaluation=Evaluation(0.5, float("nan")), same_targets=True)
    found = report(answers, result.part.dataset.task, ())
    print_report(result.evaluated.experiment, result.part, answers, found)
    assert "R² –\nR² is not defined where all targets are the same\n" in capsys.readouterr().out


def test_of_many_points_a_random_choice_is_drawn_and_counted(qtbot: QtBot) -> None:
    result = result_of("hills")
    window = QWidget()
    qtbot.addWidget(window)
    view = RegressionView(window)
    view.show_result(result)
    assert view.against.title.whole == "Predicted against true"
    true = np.linspace(0.0, 1.0, 20_640)
    numbers = NumberAnswers(true, true**2)
    answers = replace(result.evaluated.answers, numbers=numbers)
    figures = replace(result.figures, residuals=residuals(numbers))
    view.show_result(replace(result, evaluated=replace(result.evaluated, answers=answers), figures=figures))
    assert view.against.title.whole == "Predicted against true · 3,000 of 20,640 drawn"
    points = view.against.widget.listDataItems()[-1].getData()
    chosen = drawn(20_640)
    assert points[0].tolist() == true[chosen].tolist()
    assert len(set(chosen.tolist())) == MOST_POINTS
    assert 0.45 < chosen.mean() / 20_640 < 0.55
    assert np.array_equal(chosen, drawn(20_640))
    assert view.residuals.widget.getAxis("left").labelText == str(message("points"))


@pytest.mark.parametrize("predicted", [[1e17, 1e17], [1e17, 1e17 + 16], [3.0, 3.0], [np.nan, np.nan]])
def test_residuals_are_counted_where_they_are_huge_and_alike(qtbot: QtBot, predicted: list[float]) -> None:
    result = result_of("hills")
    window = QWidget()
    qtbot.addWidget(window)
    view = RegressionView(window)
    numbers = NumberAnswers(np.zeros(2), np.array(predicted))
    answers = replace(result.evaluated.answers, numbers=numbers)
    figures = replace(result.figures, residuals=residuals(numbers))
    view.show_result(replace(result, evaluated=replace(result.evaluated, answers=answers), figures=figures))
    bars = next(item for item in view.residuals.widget.getPlotItem().items if isinstance(item, BarGraphItem))
    finite = int(np.isfinite(predicted).sum())
    assert np.sum(bars.opts["height"]) == finite
    assert len(view.against.widget.listDataItems()[-1].getOriginalDataset()[0] if finite else []) == finite
    assert ("0 of 2 drawn" in view.against.title.whole) == (not finite)
