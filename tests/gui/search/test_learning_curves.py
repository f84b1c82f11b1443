"""Learning curves of trials: their values, which are faint, and which trial a click means."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from playground.engine.search.outcome import PRUNED, RUNNING
from playground.gui.search.learning_curves import LearningCurve, learning_curves, nearest_curve
from playground.gui.search.window import SearchWindow
from playground.gui.style.theme import theme_of
from tests.gui.search.conftest import tell, trial
from tests.gui.style.test_theme import contrast


def test_trials_without_epochs_have_no_curve() -> None:
    trials = [
        trial(0, 0.9, 10)._replace(curve=((1, 0.5), (2, 0.9))),
        trial(1, 0.9, 10),
        trial(2, 0.0, 0, PRUNED)._replace(curve=((1, 0.25),)),
        trial(3, 0.0, 0, RUNNING)._replace(curve=((1, 0.5),)),
    ]
    found = learning_curves("score", trials)
    assert found == (
        LearningCurve(2, (1.0,), (25.0,), False),
        LearningCurve(0, (1.0, 2.0), (50.0, 90.0), True),
        LearningCurve(3, (1.0,), (50.0,), False, True),
    )
    assert learning_curves("loss", trials)[0].values == (0.25,)


@pytest.mark.parametrize(
    ("place", "expected"), [((1.5, 71.0), 0), ((1.0, 26.0), 2), ((3.0, 90.0), None), ((1.5, 40.0), None)]
)
def test_the_nearest_curve_is_found(place: tuple[float, float], expected: int | None) -> None:
    curves = LearningCurve(2, (1.0,), (25.0,), False), LearningCurve(0, (1.0, 2.0), (50.0, 90.0), True)
    assert nearest_curve(curves, place, (0.01, 0.5), 5.0) == expected


def test_a_trial_that_ended_after_an_epoch_is_a_dot_that_can_be_seen(window: SearchWindow) -> None:
    view = window.views.curves
    window.views.show_view(view)
    tell(window, trial(3, 0.0, 0, PRUNED)._replace(curve=((1, 0.25),)))
    (dot,) = view._dots.scatter.points()
    assert dot.size() >= 6
    panel, color = theme_of(view).color("panel"), dot.brush().color()
    assert contrast(color, panel) >= 3.0


def test_a_curve_grows_and_is_no_longer_dashed_at_its_end(window: SearchWindow) -> None:
    view = window.views.curves
    window.views.show_view(view)
    curve = ((1, 0.2), (2, 0.3), (3, 0.4))
    for length in (2, 3):
        tell(window, trial(1, 0.0, 0, RUNNING)._replace(curve=curve[:length]))
        assert list(view._running.getData()[1][:-1]) == [20.0, 30.0, 40.0][:length]
    assert view._running.opts["pen"].dashPattern()
    tell(window, trial(1, 0.4, 9)._replace(curve=curve))
    assert view._running.getData()[1] is None or not len(view._running.getData()[1])
    assert list(view._whole.getData()[1][:-1]) == [20.0, 30.0, 40.0]


def test_a_click_on_a_curve_chooses_its_trial(window: SearchWindow) -> None:
    view = window.views.curves
    window.views.show_view(view)
    curves = ((1, 0.2), (2, 0.3), (3, 0.4)), ((1, 0.5), (2, 0.7), (3, 0.9))
    tell(window, *(trial(number, 0.9, 300)._replace(curve=curve) for number, curve in enumerate(curves)))
    tell(window, trial(3, 0.0, 0, PRUNED)._replace(curve=((1, 0.25),)))
    window.grab()
    scene = view.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(2.0, 70.0))
    place = view.plot.mapFromScene(scene)
    QTest.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.x(), place.y()))
    assert window.chosen is not None
    assert window.chosen.number == 1
