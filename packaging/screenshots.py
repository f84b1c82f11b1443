"""Makes the pictures of the README from the real window: it trains for real, and a digit is drawn with the mouse.

    python packaging/screenshots.py [--folder packaging/pictures] [--scale 1]

Needs no display. Takes a quarter of an hour; `--only NAME` makes the picture of one task.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

_arguments = argparse.ArgumentParser(description="Makes the pictures of the README.")
_arguments.add_argument("--folder", type=Path, default=Path(__file__).parent / "pictures", metavar="FOLDER")
_arguments.add_argument("--only", metavar="NAME", help="a preset: make the picture of its task alone")
_arguments.add_argument("--scale", default="1", metavar="N", help="device pixels per pixel")

if __name__ == "__main__":
    asked = _arguments.parse_args()
    home = tempfile.TemporaryDirectory()
    os.environ.update({f"XDG_{name}_HOME": home.name for name in ("CONFIG", "STATE", "DATA")})
    os.environ.update(QT_QPA_PLATFORM="offscreen", QT_SCALE_FACTOR=asked.scale)

from PySide6.QtCore import QEvent, QEventLoop, QPointF, QSettings, Qt, QTimer  # noqa: E402  they read the variables
from PySide6.QtGui import QMouseEvent, QPainterPath  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from playground.engine.runs.store_settings import default_folder  # noqa: E402
from playground.gui.gallery.dialog import Gallery  # noqa: E402
from playground.gui.panels.pad.pad import Pad  # noqa: E402
from playground.gui.session.run_state import RunState  # noqa: E402
from playground.gui.start.app import application_of  # noqa: E402
from playground.gui.start.exception_hook import ExceptionHook  # noqa: E402
from playground.gui.start.program import Program  # noqa: E402
from playground.gui.start.window_shell import WindowShell  # noqa: E402
from playground.gui.style.settings import Settings  # noqa: E402
from playground.gui.window.main_window import SIZE  # noqa: E402
from playground.spec.edits import Remove, Set  # noqa: E402
from playground.spec.experiment import Experiment  # noqa: E402
from playground.spec.files.presets import empty, preset, presets  # noqa: E402
from playground.spec.layers.shape import Flatten  # noqa: E402
from playground.spec.messages import message  # noqa: E402
from playground.spec.recipe.optimizers import Adam  # noqa: E402

PATIENCE = 300  # seconds until something that should happen has failed


def main(folder: Path, only: str | None) -> None:
    """Make all pictures, or that of one task."""
    folder.mkdir(parents=True, exist_ok=True)
    application = application_of(sys.argv[:1])
    settings = Settings(QSettings())
    settings.note_start()
    program = Program(WindowShell(application, settings, ExceptionHook(), default_folder), folder)
    program.start(None)
    program.window.resize(SIZE)  # the platform without a display has a small one
    wait(lambda: program.run.state is RunState.IDLE)
    if only is None:
        training(program, folder / "training.png")
        problem(program, folder / "problem.png")
        gallery(program, folder / "gallery.png")
    program.appearance.choose("dark")
    tasks(program, folder, [task for task in TASKS if only in (None, task[0])])
    program.window.allow_close()
    program.close()


def training(program: Program, path: Path) -> None:
    """Dark: the third epoch of LeNet-5, a run with a smaller learning rate behind it, and a digit drawn."""
    program.appearance.choose("dark")
    entry = preset("lenet-5")
    begin(program, entry.experiment.with_(recipe=entry.experiment.recipe.with_(optimizer=Adam(lr=0.0002), epochs=2)))
    program.run.train()
    wait(lambda: program.run.state is RunState.FINISHED)
    program.document.do(Set(("recipe",), entry.experiment.recipe, message("Another recipe")))
    program.run.train_anew()
    program.stack.select_path((0,))
    wait(lambda: program.run.state is RunState.TRAINING and program.run.progress.epoch >= 3)
    draw(program.task.panel.drawing.pad, five())
    rest(3.0)
    save(program.window, path)
    program.run.reset()


def problem(program: Program, path: Path) -> None:
    """Light: LeNet-5 whose Flatten was taken out."""
    program.appearance.choose("light")
    begin(program, preset("lenet-5").experiment)
    layers = program.document.experiment.stack.layers
    where = next(index for index, layer in enumerate(layers) if isinstance(layer, Flatten))
    program.document.do(Remove(((where,),)))
    program.stack.select_path((where,))
    rest(1.0)
    save(program.window, path)


def gallery(program: Program, path: Path) -> None:
    """Dark: what one can begin with."""
    program.appearance.choose("dark")
    dialog = Gallery((empty(), *presets()), program.window)
    dialog.show()
    rest(1.0)
    save(dialog, path)
    dialog.close()


# For each task the preset that shows it, the seconds it is trained for at most, and whether a digit is drawn in it.
TASKS = (
    ("spiral", 20, False),
    ("segmentation", 150, True),
    ("vae", 240, True),
    ("distillation", 60, True),
    ("shakespeare-lstm", 180, False),
    ("restore", 120, False),
    ("iris", 10, False),
)


def tasks(program: Program, folder: Path, wanted: Sequence[tuple[str, int, bool]]) -> None:
    """Dark: the panel of each task, after some training."""
    for name, seconds, drawn in wanted:
        begin(program, preset(name).experiment)
        rest(0.5)
        program.run.train()
        if drawn:
            draw(program.task.panel.widget.findChild(Pad), five())
        wait(lambda: program.run.state is RunState.TRAINING)
        loop = QEventLoop()
        QTimer.singleShot(1000 * seconds, loop.quit)
        program.run.state_changed.connect(lambda state, loop=loop: state is RunState.FINISHED and loop.quit())
        loop.exec()
        rest(3.0)
        save(program.task, folder / f"task-{name}.png")


def begin(program: Program, experiment: Experiment) -> None:
    """Show an experiment as if it had just been opened, nothing unsaved."""
    program.run.reset()
    program.document.load(experiment, None)


def draw(pad: Pad, strokes: list[QPainterPath]) -> None:
    """Play strokes into the pad with the left button; they are given in shares of its square."""
    square = pad.square()
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for stroke in strokes:
        points = [stroke.pointAtPercent(i / 60) for i in range(61)]
        places = [QPointF(square.x() + square.width() * p.x(), square.y() + square.height() * p.y()) for p in points]
        _send(pad, QEvent.Type.MouseButtonPress, places[0], left, left)
        for place in places[1:]:
            _send(pad, QEvent.Type.MouseMove, place, none, left)
        _send(pad, QEvent.Type.MouseButtonRelease, places[-1], left, none)


def five() -> list[QPainterPath]:
    """A five as it is written by hand: down and around, then the bar."""
    body = QPainterPath(QPointF(0.36, 0.24))
    body.lineTo(0.33, 0.49)
    body.cubicTo(0.50, 0.38, 0.70, 0.47, 0.66, 0.63)
    body.cubicTo(0.62, 0.80, 0.42, 0.83, 0.29, 0.74)
    bar = QPainterPath(QPointF(0.36, 0.24))
    bar.lineTo(0.67, 0.21)
    return [body, bar]


def _send(pad: QWidget, kind: QEvent.Type, place: QPointF, button: Qt.MouseButton, buttons: Qt.MouseButton) -> None:
    there = pad.mapToGlobal(place)
    QApplication.sendEvent(pad, QMouseEvent(kind, place, there, button, buttons, Qt.KeyboardModifier.NoModifier))


def wait(until: Callable[[], bool]) -> None:
    """Let the event loop run until something holds.

    Raises:
        TimeoutError: it did not for too long.
    """
    loop, look, end = QEventLoop(), QTimer(), QTimer()
    look.timeout.connect(lambda: until() and loop.quit())
    look.start(50)
    end.setSingleShot(True)
    end.timeout.connect(loop.quit)
    end.start(1000 * PATIENCE)
    loop.exec()
    if not until():
        raise TimeoutError(f"nothing happened for {PATIENCE} s")


def rest(seconds: float) -> None:
    """Let the event loop run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


def save(widget: QWidget, path: Path) -> None:
    """Write what a widget looks like.

    Raises:
        OSError: the picture could not be written.
    """
    if not widget.grab().save(str(path)):
        raise OSError(f"{path} could not be written")


if __name__ == "__main__":
    main(asked.folder, asked.only)
