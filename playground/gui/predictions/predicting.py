"""Asks the shown network about files, in a thread of its own, and shows the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from playground.gui.predictions.dialog import PredictionsDialog
from playground.gui.session.background import Background, Job
from playground.gui.session.worker_mailbox import Weights
from playground.gui.style.dialogs import Ask
from playground.gui.style.settings import Settings
from playground.spec.cancelling import cancellable
from playground.spec.data.dataset import dataset_of
from playground.spec.files.input_protection import ensure_not_an_input
from playground.spec.files.storage import file_name, shown, write_atomically
from playground.spec.messages import Message, message, plural

if TYPE_CHECKING:
    from playground.engine.inference.predictions.prediction import Prediction


class Predicting(QObject):
    """Opens a `PredictionsDialog` for each request; answers come from a copy of the network as it is now."""

    learn_requested = Signal(object)  # Path: data to be trained on instead
    failed = Signal(object)  # Message: a table of answers was not written

    def __init__(self, settings: Settings, ask: Ask, window: QWidget) -> None:
        super().__init__(window)
        self._settings, self._ask, self._window = settings, ask, window
        self.background = Background(self)

    def predict(self, weights: Weights, paths: Sequence[Path]) -> PredictionsDialog:
        """Show the answers of a network for files and folders."""
        name = shown(Path(paths[0].name))
        files = name if len(paths) == 1 else str(plural("{count:,} files", "1 file", len(paths)))
        learnable = len(paths) == 1 and dataset_of(paths[0]) is not None
        dialog = PredictionsDialog(weights.experiment.name, files, learnable=learnable, parent=self._window)
        _Request(self, dialog, weights, paths)
        dialog.show()
        return dialog

    def save(self, dialog: PredictionsDialog, weights: Weights, read: Sequence[Path]) -> None:
        """Ask for a file, which must not be one of those that were read, and write the answers in the background."""
        assert dialog.model is not None
        answers, data = dialog.model.predictions, weights.experiment.data
        folder, suggestion = self._settings.folder, f"{file_name(read[0].stem)} answers.csv"
        path = self._ask.save_path(self.tr("Save answers"), folder / suggestion, self.tr("CSV (*.csv)"))
        if path is None:
            return

        def write() -> Message:
            from playground.engine.inference.predictions.predictions_csv import predictions_csv

            ensure_not_an_input(path, (*read, *data.own_paths))
            write_atomically(path, predictions_csv(data, answers).encode())
            return message("Saved as {name}", name=shown(Path(path.name)))

        dialog.forget_saved()
        job = self.background.do(write)
        job.done.connect(dialog.show_saved)
        job.failed.connect(self.failed)


class _Request(QObject):
    """One question: it lives as long as its dialog."""

    def __init__(self, asking: Predicting, dialog: PredictionsDialog, weights: Weights, paths: Sequence[Path]) -> None:
        super().__init__(dialog)
        self._asking, self._dialog, self._weights, self._paths = asking, dialog, weights, tuple(paths)
        self._abandoned = Event()
        self._job: Job = asking.background.do(_work(weights, self._paths, self._abandoned))
        self._job.done.connect(self._show)
        self._job.failed.connect(self._refuse)
        dialog.abandoned.connect(self._abandon)
        dialog.save_requested.connect(self._save)
        dialog.learn_requested.connect(self._learn)

    @Slot(object)
    def _show(self, predictions: tuple[Prediction, ...]) -> None:
        self._dialog.show_predictions(self._weights.experiment.data, predictions)

    @Slot(object)
    def _refuse(self, problem: Message) -> None:
        self._dialog.show_problem(problem)

    @Slot()
    def _abandon(self) -> None:
        self._abandoned.set()

    @Slot()
    def _save(self) -> None:
        self._asking.save(self._dialog, self._weights, self._paths)

    @Slot()
    def _learn(self) -> None:
        path = self._paths[0]
        self._dialog.close()
        self._asking.learn_requested.emit(path)


def _work(weights: Weights, paths: tuple[Path, ...], abandoned: Event) -> Callable[[], tuple[Prediction, ...]]:
    """The work for the background thread."""

    def answered() -> tuple[Prediction, ...]:
        from playground.engine.inference.predictions.predict import predictions
        from playground.engine.training.snapshots import Figures
        from playground.engine.weights import Trained, network_with

        with cancellable(abandoned.is_set):
            network = network_with(weights.experiment, weights.tensors)
            trained = Trained(weights.experiment, network, Figures(), {}, scaling=weights.scaling)
            return tuple(predictions(trained, map(str, paths)))

    return answered
