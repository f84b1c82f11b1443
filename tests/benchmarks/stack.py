"""How long an edit of the stack takes, from the call until the window is painted: short stacks and very long ones.

    python tests/benchmarks/stack.py [--layers 10 100 300] [--repeat 20]

The whole window is there, without a run. The target is 30 ms for every edit of 300 layers, and for pasting 100 at once.
Without `QT_QPA_PLATFORM` the window is shown on the display there is.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.figure import Figure

TARGET = 0.030  # seconds
PASTED = 100  # layers
PASTE = f"paste {PASTED}"

_folder = tempfile.TemporaryDirectory()
os.environ.update({f"XDG_{name}_HOME": _folder.name for name in ("CONFIG", "STATE", "DATA")})

import numpy as np  # noqa: E402  the variables are read when Qt is loaded
from PySide6.QtCore import QEvent, QSettings  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from playground.gui.start.app import application_of  # noqa: E402
from playground.gui.start.exception_hook import ExceptionHook  # noqa: E402
from playground.gui.start.program import Program  # noqa: E402
from playground.gui.start.window_shell import WindowShell  # noqa: E402
from playground.gui.style.settings import Settings  # noqa: E402
from playground.spec.edits import Replace, layer_at  # noqa: E402
from playground.spec.experiment import Experiment  # noqa: E402
from playground.spec.layer import Layer, Stack  # noqa: E402
from playground.spec.layers.activation import ReLU  # noqa: E402
from playground.spec.layers.dense import Linear  # noqa: E402
from playground.spec.layers.regularization import Dropout  # noqa: E402
from playground.spec.layers.shape import Flatten  # noqa: E402
from playground.spec.messages import message  # noqa: E402


def main() -> int:
    """Measure and print; return 1 if a target is missed."""
    parser = argparse.ArgumentParser(description="From an edit of the stack to the painted window.")
    parser.add_argument("--layers", type=int, nargs="+", default=[10, 100, 300], metavar="N")
    parser.add_argument("--repeat", type=int, default=20, metavar="N")
    asked = parser.parse_args()
    found = usual(asked.layers, asked.repeat)
    return int(any(p99 > TARGET for times in found.values() for p99 in times.values()))


def figures(quick: bool) -> Iterator[Figure]:
    """The slowest edit of a very long stack, and a paste of many layers."""
    from tests.benchmarks.figure import Figure  # not where this file is run by its path

    times = usual([300], 5 if quick else 20)[300]
    slowest = max((name for name in times if name != PASTE), key=times.__getitem__)
    for work, name in ((f"slowest edit ({slowest})", slowest), (PASTE, PASTE)):
        yield Figure(work=f"300 layers: {work}, p99", value=1e3 * times[name], unit="ms", bar=1e3 * TARGET)


def usual(counts: Sequence[int], repeat: int) -> dict[int, dict[str, float]]:
    """Edit stacks of so many layers and print; seconds at the 99th percentile, by layers and edit."""
    application = application_of(sys.argv[:1])
    program = Program(WindowShell(application, Settings(QSettings()), ExceptionHook()), Path(_folder.name))
    program.window.show()
    program.fill()
    found = {}
    for count in counts:
        program.document.load(network(count), None)
        settle()
        print(f"{count} layers")
        found[count] = edit(program, count, repeat)
    program.window.allow_close()
    program.close()
    return found


def network(count: int) -> Experiment:
    """A stack of so many layers that fit."""
    between: list[Layer] = [(Linear(out_features=64), ReLU(), Dropout(p=0.25))[i % 3] for i in range(count - 2)]
    layers = (Flatten(), *(layer.model_copy() for layer in between), Linear(out_features=10))
    return Experiment(name=f"{count} layers", stack=Stack(layers=layers))


def edit(program: Program, count: int, repeat: int) -> dict[str, float]:
    """Do everything that can be done to a stack again and again, and print how long it took; seconds at p99."""
    document, view, commands = program.document, program.stack, program.stack.commands
    middle = count // 2

    def set_field() -> None:
        layer = layer_at(document.experiment.stack, (1,))
        units = 65 if layer.values()["out_features"] == 64 else 64
        document.do(Replace((1,), layer.with_(out_features=units), message("Set")), "")

    def select(first: int, size: int) -> Callable[[], None]:
        return lambda: view.select_rows(first, size)

    def copied() -> None:
        view.select_rows(1, min(PASTED, count))
        while len(commands._layers()) < PASTED:
            commands.duplicate.trigger()
            view.select_rows(1, min(PASTED, view.stack.rowCount() - 1))
        commands.copy.trigger()
        while document.undo_stack.canUndo():
            document.undo_stack.undo()
        view.select_rows(middle, 1)

    bar = view.verticalScrollBar()
    undo = document.undo_stack.undo
    steps: list[tuple[str, Callable[[], object], Callable[[], object], Callable[[], object]]] = [
        # name, what is done before, what is measured, what is done after
        ("insert", select(middle, 1), lambda: view.insert(ReLU()), undo),
        ("delete", select(middle, 1), commands.delete.trigger, undo),
        ("move up", select(middle, 1), commands.move_up.trigger, undo),
        ("disable", select(middle, 1), commands.toggle.trigger, undo),
        ("set a field", select(2, 1), set_field, undo),
        ("undo", lambda: (view.select_rows(middle, 1), view.insert(ReLU())), undo, lambda: None),
        ("select another", select(1, 1), select(middle, 1), lambda: None),
        ("select all", select(middle, 1), commands.select_all.trigger, lambda: None),
        ("scroll", lambda: bar.setValue(0), lambda: bar.setValue(bar.maximum() // 2), lambda: None),
        (PASTE, copied, commands.paste.trigger, undo),
        (f"undo paste {PASTED}", lambda: (copied(), commands.paste.trigger()), undo, lambda: None),
    ]
    found = {}
    for name, before, act, after in steps:
        times = [measured(before, act, after) for _ in range(repeat)]
        p50, p99, worst = 1e3 * np.percentile(times, (50, 99, 100))
        found[name] = float(p99) / 1e3
        note = "TOO LONG" if found[name] > TARGET else "ok"
        print(f"  {name:16}  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms  worst {worst:6.1f} ms  {note}", flush=True)
    return found


def measured(before: Callable[[], object], act: Callable[[], object], after: Callable[[], object]) -> float:
    """Seconds until what was done is painted."""
    before()
    settle()
    began = perf_counter()
    act()
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)
    seconds = perf_counter() - began
    after()
    settle()
    return seconds


def settle() -> None:
    """Let everything be done that waits."""
    for _ in range(3):
        QApplication.processEvents()


if __name__ == "__main__":
    sys.exit(main())
