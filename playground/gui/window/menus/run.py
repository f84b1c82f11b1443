"""The Run menu, whose actions are also the transport buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QMenu, QWidget

from playground.gui.session.document import Document
from playground.gui.session.run import Run, RunState
from playground.gui.style.action import add, dress
from playground.gui.style.icons import icon
from playground.gui.style.theme import Theme, theme_of

TRAIN = "Ctrl+R; F5"


class RunMenu(QMenu):
    """Train, pause, step, stop, reset; each is enabled while it would have an effect."""

    def __init__(self, run: Run, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self._run = run
        self._dressed: tuple[bool, Theme] | None = None
        self.train = add(self, self.tr("&Train"), TRAIN)
        self.steps = self.addMenu(self.tr("&Step"))
        self.step = add(self.steps, self.tr("One &batch"), "F8")
        self.step_epoch = add(self.steps, self.tr("One &epoch"), "Shift+F8")
        self.stop = add(
            self,
            self.tr("St&op"),
            "Shift+F5",
            self.tr("End the run now and test the network; during the test, end that as well"),
        )
        self.addSeparator()
        self.reset = add(self, self.tr("&Reset"), "Ctrl+Shift+R", self.tr("Discard the trained weights and start over"))
        self.train.triggered.connect(self._train_or_pause)
        self.step.triggered.connect(run.step)
        self.step_epoch.triggered.connect(run.step_epoch)
        self.stop.triggered.connect(run.stop)
        self.reset.triggered.connect(run.reset)
        for signal in (run.state_changed, run.stale_changed, run.began, run.cleared, run.failed, document.changed):
            signal.connect(self._show)
        self._show()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        if event.type() == QEvent.Type.PaletteChange:
            self._show()
        super().changeEvent(event)

    @property
    def _training(self) -> bool:
        return self._run.state is RunState.TRAINING and not self._run.stale

    @Slot()
    def _train_or_pause(self) -> None:
        if self._training:
            self._run.pause()
        else:
            self._run.train()

    @Slot()
    def _show(self) -> None:
        run = self._run
        self._dress(self._training, theme_of(self))
        self.train.setEnabled(self._training or run.can_train)
        for action in (self.step, self.step_epoch):
            action.setEnabled(run.can_train)
        self.steps.setEnabled(run.can_train)
        self.stop.setEnabled(run.can_stop)
        self.reset.setEnabled(run.has_network)

    def _dress(self, training: bool, theme: Theme) -> None:
        """Update the text and icon that depend on the run, if they changed: an icon takes a millisecond."""
        if self._dressed == (training, theme):
            return
        self._dressed = training, theme
        self.train.setText(self.tr("Pause") if training else self.tr("Train"))
        dress(self.train, TRAIN)
        self.train.setIcon(icon("pause" if training else "train", theme.on_go, theme.faint))
        self.train.setIconVisibleInMenu(False)
        for action, name in ((self.stop, "stop"), (self.reset, "reset")):
            action.setIcon(icon(name, theme.text, theme.faint))
            action.setIconVisibleInMenu(False)
