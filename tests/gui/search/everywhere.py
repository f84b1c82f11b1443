"""Shows all that the window of a search says, for tests of words and room."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from playground.engine.search.event_lines import Importances, Progressed, trial_event
from playground.engine.search.outcome import TrialRow
from playground.gui.forms.range_popup import RangePopup
from playground.gui.search.window import SearchWindow
from playground.gui.session.search_process import SearchPhase, SearchProcess
from playground.gui.start.program import Program
from playground.spec.edits import Insert
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.regularization import Dropout
from playground.spec.messages import message
from playground.spec.search.network_ranges import NetworkChoice, WidthRange
from playground.spec.search.presets import preset_space
from playground.spec.search.ranges import LayerChoice


def searching(program: Program) -> Iterator[QWidget]:
    """The window of a search before it, with trials, and in each of its phases; and the popups of ranges."""
    experiment = preset_space("dense", preset("xor").experiment)
    process = SearchProcess(program)
    window = SearchWindow(experiment, process, program.window)
    window.show()
    yield window
    window.choices.goals.setCurrentIndex(2)
    window.start_button.click()
    assert experiment.search is not None
    params = experiment.search.present(experiment)
    assert params is not None
    figures = {"score": 0.9, "loss": 0.1, "parameters": 30, "flops": 50, "latency": None, "scores": (0.9, 0.8)}
    for number, state in enumerate(("trained", "trained", "pruned", "failed", "refused", "running", "waiting")):
        trained = state == "trained"
        values = (0.9 + 0.01 * number, 30.0 + number) if trained else ()
        row = TrialRow(number, state, values, params, figures if trained else {}, "", 1.0, 2, (), number == 0)
        process.told.emit(trial_event(row))
    process.told.emit(Importances(shares=dict.fromkeys(params, 1.0 / len(params)), trials=2))
    process.told.emit(Progressed(share=0.1, seconds=6.0, running=1))
    window.update_now()
    window.choose(1)
    for phase in SearchPhase:
        process.phase, process.problem = phase, message("There is no trained network.")
        process.changed.emit()
        yield window
    window.forget(restorable=True)
    yield window
    window.close()
    yield from _structure(program, experiment)


def _structure(program: Program, experiment: Experiment) -> Iterator[QWidget]:
    """The menu of the search over the structure, and the popup of each range."""
    yield program.stack.commands.searching.menu
    before = program.document.experiment
    experiment = Insert((1,), (BatchNorm(),)).apply(experiment)
    program.document.load(experiment, None)
    norm = NetworkChoice(what="norm", options=("batch_norm", "none"))
    assert experiment.search is not None
    more = (WidthRange(), norm, LayerChoice(path=(0,), options=(experiment.stack.layers[0], Dropout())))
    for item in (*experiment.search.ranges, *more):
        popup = RangePopup(program.document, item, program.window)
        popup.show()
        yield popup
        popup.close()
    program.document.load(before, None)
