"""How long it takes from closing the window, whatever is under way, until it is gone, and until the process is.

    python -m tests.benchmarks.closing [--works train teacher table ...]

Each kind of work is begun in a process of its own, and the window closed in the midst of it, as a window manager does.
The target is 1 s for the window and 3 s for the process. Without `QT_QPA_PLATFORM` no window is shown.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import NamedTuple

from PySide6.QtCore import QEvent, QMetaObject, QObject, Qt, QTimer

from playground.gui.session.run_state import RunState
from playground.gui.start import app
from playground.gui.start.interrupts import Interrupts
from playground.gui.start.program import Program
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.text import OwnText
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from tests.benchmarks.figure import Figure

WINDOW, PROCESS = 1.0, 3.0  # seconds
MIDST = 0.4  # seconds from the beginning of the work to the close
LARGE = 100_000_000  # bytes of a file that is looked at, at most
PICTURES = 3_000
LONGEST = 200.0  # seconds that one process may take


class Times(NamedTuple):
    """Seconds since the window was told to close."""

    window: float
    process: float


def heavy(channels: int) -> Stack:
    """Convolutions of which one alone takes long."""
    layers = (Conv2d(out_channels=channels, kernel_size=5), Conv2d(out_channels=channels, kernel_size=5))
    return Stack(layers=(*layers, Flatten(), Linear(out_features=10)))


def train(program: Program, folder: Path) -> None:
    """A usual network."""
    program.document.load(preset("lenet-5").experiment, None)
    program.run.train()


def long_step(program: Program, folder: Path) -> None:
    """Steps of which each takes many seconds."""
    stack = heavy(128)
    recipe = Experiment().recipe.with_(batch_size=1000)
    program.document.load(Experiment(data=MNIST(train_limit=2000), stack=stack, recipe=recipe), None)
    program.run.train()


def evaluate(program: Program, folder: Path) -> None:
    """A large network on 30,000 digits, after a single step."""
    experiment = preset("vision-transformer").experiment
    data = MNIST(train_limit=experiment.recipe.batch_size, validation_share=0.5)
    program.document.load(experiment.with_(data=data), None)
    program.run.train()


def teacher(program: Program, folder: Path) -> None:
    """60,000 images are labelled by a large teacher."""
    from playground.engine.build import build
    from playground.engine.training.snapshots import Figures
    from playground.engine.weights import save

    experiment = preset("residual-cnn").experiment
    save(folder / "teacher.safetensors", experiment, build(experiment), Figures())
    data = DistilledMNIST(train_limit=60_000, teacher=str(folder / "teacher.safetensors"), validation_share=0.0)
    program.document.load(preset("distillation").experiment.with_(data=data), None)
    program.run.train()


def preview(program: Program, folder: Path) -> None:
    """A sample of the test set of data that take long to be read."""
    teacher(program, folder)
    program.run.reset()
    program.run.pick_test_sample()


def table(program: Program, folder: Path) -> None:
    """A table of 100 MB."""
    chance = random.Random(0)
    rows = [",".join(f"{chance.gauss(0, 1):.12f}" for _ in range(6)) for _ in range(10_000)]
    block = "\n".join(rows) + "\n"
    (folder / "large.csv").write_text("a,b,c,d,e,f\n" + block * (LARGE // len(block)))
    program.data_source.inspect(folder / "large.csv")


def text(program: Program, folder: Path) -> None:
    """A text of 100 MB, with more letters than ASCII has."""
    line = "Der Müller mahlt, die Mühle rauscht – und keiner weiß, wie lange noch.\n"
    (folder / "large.txt").write_text(line * (LARGE // len(line.encode())), encoding="utf-8")
    program.document.load(Experiment(data=OwnText()), None)
    program.data_source.inspect(folder / "large.txt")


def pictures(program: Program, folder: Path) -> None:
    """A folder of pictures of a camera's size."""
    import numpy as np
    from PIL import Image

    noise = np.random.default_rng(0).integers(0, 255, (900, 1200, 3), np.uint8)
    Image.fromarray(noise).save(folder / "one.png")
    for name in ("a", "b"):
        (folder / "pictures" / name).mkdir(parents=True)
        for number in range(PICTURES // 2):
            os.link(folder / "one.png", folder / "pictures" / name / f"{number}.png")
    program.data_source.inspect(folder / "pictures")


def question(program: Program, folder: Path) -> None:
    """A drawing that a large network is asked about."""
    import numpy as np

    program.document.load(Experiment(data=MNIST(), stack=heavy(1500)), None)
    assert program.task is not None
    program.task.panel.widget.asked.emit(np.full((28, 28), 0.5, np.float32))  # type: ignore[attr-defined]


def silent_drive(program: Program, folder: Path) -> None:
    """An experiment on a drive that does not answer: a pipe that nothing comes from."""
    from playground.gui.session import files

    os.mkfifo(folder / "silent.playground")
    files.read_description = lambda path: path.read_bytes()  # type: ignore[assignment,return-value]
    program.files.open(folder / "silent.playground")


def torch(program: Program, folder: Path) -> None:
    """Torch is being imported; it is begun elsewhere, see `_begun`."""


WORKS: dict[str, Callable[[Program, Path], None]] = {
    work.__name__: work
    for work in (train, long_step, evaluate, teacher, preview, table, text, pictures, question, silent_drive, torch)
}


UNDER_WAY: dict[str, Callable[[Program], bool]] = {  # where it is not as soon as it is begun
    "train": lambda program: program.run.state is RunState.TRAINING,
    "long_step": lambda program: program.run.state is RunState.TRAINING,
    "evaluate": lambda program: program.run.progress.evaluating == "validation",
}


def figures(quick: bool) -> Iterator[Figure]:
    """The time until the window is gone, and the process."""
    for name in ("train", "table") if quick else WORKS:
        times = measured(name)
        yield Figure(work=f"{name}: window gone", value=times.window, unit="s", bar=WINDOW)
        yield Figure(work=f"{name}: process gone", value=times.process, unit="s", bar=PROCESS)


def measured(name: str) -> Times:
    """Begin a work in a process of its own, close its window, and wait for both to go."""
    with tempfile.TemporaryDirectory() as folder:
        places = {f"XDG_{kind}_HOME": folder for kind in ("CONFIG", "CACHE", "DATA", "STATE")}
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **places}
        command = [sys.executable, "-m", "tests.benchmarks.closing", "--one", name, folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False, env=environment)
        ended = monotonic()
        found = dict(line.split() for line in done.stdout.splitlines())
        if done.returncode or "gone" not in found:
            raise RuntimeError(f"{name}: exit code {done.returncode}, {done.stdout!r}, {done.stderr[-2000:]}")
        told = float(found["told"])
        return Times(float(found["gone"]) - told, ended - told)


class _Watched(app.StartupSequence):
    """Begins a work as soon as it can be begun, and then has the window closed from outside."""

    work = ""
    folder = Path()

    def start(self) -> None:
        """Show the window, and look every few milliseconds whether the work can be begun."""
        self._shell.settings.note_start()
        self._started, self._begun = False, Event()
        self._looking = QTimer(self)
        self._looking.timeout.connect(self._look)
        self._looking.start(20)
        self._shell.window.installEventFilter(self)
        super().start()
        Thread(target=self._close_window, daemon=True).start()

    def _look(self) -> None:
        if self.program is None or self.program.results.curves is None:
            return
        if not self._started and (self.work == "torch" or self.program.run.state is RunState.IDLE):
            self._started = True
            WORKS[self.work](self.program, self.folder)
        if self._started and UNDER_WAY.get(self.work, lambda _program: True)(self.program):
            self._looking.stop()
            self._begun.set()

    def _close_window(self) -> None:
        self._begun.wait()
        sleep(MIDST)
        print("told", monotonic(), flush=True)
        QMetaObject.invokeMethod(self._shell.window, "close", Qt.ConnectionType.QueuedConnection)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Note when the window is gone."""
        if event.type() == QEvent.Type.Hide and not event.spontaneous():
            print("gone", monotonic(), flush=True)
        return super().eventFilter(watched, event)


def _one(name: str, folder: str) -> int:
    _Watched.work, _Watched.folder = name, Path(folder)
    app.StartupSequence = _Watched  # type: ignore[misc]
    return app.main(None, Interrupts())


def main() -> int:
    """Print the times; return 1 if one was too long."""
    parser = argparse.ArgumentParser(description="How soon the window and the process are gone.")
    parser.add_argument("--works", nargs="+", default=list(WORKS), choices=WORKS, metavar="WORK")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        return _one(*asked.one)
    late = False
    for name in asked.works:
        try:
            times = measured(name)
        except subprocess.TimeoutExpired:
            times = Times(LONGEST, LONGEST)
        too_late = times.window > WINDOW or times.process > PROCESS
        late |= too_late
        verdict = "TOO LATE" if too_late else "ok"
        print(f"{name:12} window {times.window:6.2f} s  process {times.process:6.2f} s  {verdict}", flush=True)
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
