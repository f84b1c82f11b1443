"""The map in the whole program: it follows the run, and what a person changes in it reaches the run."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.panels.points.view import PointsView
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.gui.style.translation import translated
from playground.spec.datasets.points import Points
from playground.spec.files.presets import preset
from playground.spec.messages import message


@pytest.fixture
def spiral(program: Program, qtbot: QtBot) -> Program:
    """The spiral, shown, with torch imported."""
    chosen = preset("spiral").experiment
    program.document.load(chosen.with_(recipe=chosen.recipe.with_(epochs=1000)), None)
    with qtbot.waitSignal(program.run.state_changed, timeout=20_000):
        program.run.load_torch()
    return program


def panel_of(program: Program) -> PointsView:
    assert program.task is not None
    widget = program.task.panel.widget
    assert isinstance(widget, PointsView)
    return widget


def test_the_map_is_there_before_the_first_step_and_follows_the_run(spiral: Program, qtbot: QtBot) -> None:
    panel = panel_of(spiral)
    qtbot.waitUntil(lambda: panel.map.level_at(0.0, 0.0) is not None)
    assert "random" in panel.note.text()
    versions: set[int] = set()
    panel.answered.connect(lambda answer: versions.add(answer.version))
    spiral.run.train()
    qtbot.waitUntil(lambda: len(versions) > 5, timeout=20_000)
    assert "Validation: loss" in panel.note.text()
    qtbot.waitUntil(lambda: set(spiral.stack._delegate.outputs) == {(), (0,), (1,), (2,)}, timeout=20_000)
    spiral.run.pause()
    qtbot.waitUntil(lambda: spiral.run.state is RunState.PAUSED)
    step = spiral.run.progress.step
    qtbot.waitUntil(lambda: step in versions)  # the map is that of the network as it is now


def test_a_point_added_while_it_trains_is_a_live_change(spiral: Program, qtbot: QtBot) -> None:
    spiral.run.train()
    qtbot.waitUntil(lambda: spiral.run.state is RunState.TRAINING)
    heard: list[str] = []
    spiral.run.snapshots.connect(lambda some: heard.extend(getattr(item, "label", "") for item in some))
    panel_of(spiral).map.wanted.emit(1.0, 2.0)
    qtbot.waitUntil(lambda: "Points added" in heard, timeout=20_000)
    assert spiral.run.state is RunState.TRAINING
    assert not spiral.run.stale
    data = spiral.document.experiment.data
    assert isinstance(data, Points)
    assert len(data.added) == 1
    spiral.document.undo_stack.undo()
    assert spiral.document.experiment.data == data.with_(added=())


def test_points_of_a_stack_with_a_problem_are_still_there(spiral: Program, qtbot: QtBot) -> None:
    panel = panel_of(spiral)
    qtbot.waitUntil(lambda: panel.map.level_at(0.0, 0.0) is not None)
    data = spiral.document.experiment.data
    panel.edited.emit(data.with_(x=False, y=False), message("Tell it nothing"))
    assert spiral.document.problems
    assert panel.map.level_at(0.0, 0.0) is None
    assert panel.note.text() == translated(spiral.document.problems[0].what)
    assert not spiral.stack._delegate.outputs


def test_contours_are_those_of_the_shown_map(spiral: Program, qtbot: QtBot) -> None:
    spiral.run.train()
    panel = panel_of(spiral)
    qtbot.waitUntil(lambda: spiral.run.progress.step > 200, timeout=20_000)
    spiral.run.pause()
    qtbot.waitUntil(lambda: spiral.run.state is RunState.PAUSED)
    assert panel.map.contours == ()
    panel.contours.click()
    qtbot.waitUntil(lambda: bool(panel.map.contours), timeout=20_000)
    boundary = next(contour for contour in panel.map.contours if contour.level == 0.5)
    for x, y in max(boundary.lines, key=len).tolist():  # both classes lie within a cell of it
        column, row = panel.map.pixel_at(x, y)
        around = {
            panel.map._levels.pixelIndex(min(max(column + right, 0), 79), min(max(row + down, 0), 79)) > 127
            for right in (-1, 0, 1)
            for down in (-1, 0, 1)
        }
        assert around == {True, False}
    panel.contours.click()
    qtbot.waitUntil(lambda: panel.map.contours == (), timeout=20_000)
