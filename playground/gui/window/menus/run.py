"""The Run menu, whose actions are also the transport buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState, Start
from playground.gui.style.action import add, allow, dress
from playground.gui.style.icons import icon
from playground.gui.style.theme import Theme, theme_of
from playground.gui.style.translation import translated

TRAIN = "Ctrl+R; F5"
_FEW = 4  # layers that a tool tip names
_FROM_WEIGHTS = "Ctrl+Shift+F5"


class RunMenu(QMenu):
    """Train, continue, pause, step, stop, reset; each is enabled while it would have an effect."""

    seeds_requested = Signal()  # to train several seeds
    search_requested = Signal()
    back_requested = Signal(str)  # id of the stored run to show again

    def __init__(self, run: Run, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self._run = run
        self._dressed: tuple[str, Theme] | None = None
        self.train = add(self, self.tr("&Train"), TRAIN)
        self.starts = self.addMenu(self.tr("Start o&ver"))
        self.anew = add(self.starts, self.tr("Train &anew"), "Ctrl+F5", self.tr("Start a new run from random weights"))
        self.from_weights = add(
            self.starts,
            self.tr("Train from these &weights"),
            _FROM_WEIGHTS,
        )
        self.seeds = add(self, self.tr("Train with several s&eeds…"), "Ctrl+Alt+F5")
        self.search = add(self, self.tr("Searc&h…"), "Ctrl+Alt+X", self.tr("Search for better networks and recipes"))
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
        self.reset = add(self, self.tr("&Reset"), "Ctrl+Shift+R", self.tr("Show the untrained network again"))
        self.back = add(
            self,
            self.tr("&Back to the previous run"),
            "Ctrl+Alt+Z",
            self.tr("Show the network and the curves of the run before: this undoes Reset and Train anew"),
        )
        self.train.triggered.connect(self._train_or_pause)
        self.back.triggered.connect(self._go_back)
        self.anew.triggered.connect(run.train_anew)
        self.from_weights.triggered.connect(run.train_from_weights)
        self.seeds.triggered.connect(self.seeds_requested)
        self.search.triggered.connect(self.search_requested)
        self.step.triggered.connect(run.step)
        self.step_epoch.triggered.connect(run.step_epoch)
        self.stop.triggered.connect(run.stop)
        self.reset.triggered.connect(run.reset)
        signals = (run.state_changed, run.stale_changed, run.began, run.continued, run.cleared, run.failed)
        for signal in (*signals, document.changed):
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
    def _go_back(self) -> None:
        if self._run.previous_run is not None:
            self.back_requested.emit(self._run.previous_run)

    @Slot()
    def _show(self) -> None:
        run = self._run
        loaded = run.state is not RunState.LOADING
        reason = self.tr("No run was shown before this one.") if loaded else self._unready()
        allow(self.back, loaded and run.previous_run is not None, reason)
        self._dress(self._training_words(), theme_of(self))
        none, unready = self.tr("There is no network yet: Train begins the first run."), self._unready()
        allow(self.train, self._training or run.can_train, unready)
        allow(self.anew, run.can_train and run.has_network, unready or none)
        allow(self.from_weights, run.can_use_weights, unready or self._without_weights(none))
        new = run.kept_layers.new if run.kept_layers and run.can_use_weights else ()
        self.from_weights.setText(
            self.tr("Train from the &weights that fit") if new else self.tr("Train from these &weights")
        )
        dress(self.from_weights, _FROM_WEIGHTS, self._weights_tip())
        allow(self.seeds, run.can_train_seeds, unready or self._without_seeds())
        self.starts.setEnabled(self.anew.isEnabled() or self.from_weights.isEnabled())
        for action in (self.step, self.step_epoch):
            allow(action, run.can_train, unready)
        self.steps.setEnabled(run.can_train)
        allow(self.stop, run.can_stop, self.tr("No run goes on."))
        allow(self.reset, run.has_network, none)

    def _unready(self) -> str:
        """The reason why nothing can be trained; empty if it can."""
        if self._run.state is RunState.LOADING:
            return self.tr("PyTorch is being loaded.")
        if self._run.state is RunState.BROKEN:
            return self.tr("PyTorch could not be loaded.")
        return "" if self._run.can_train else self.tr("The experiment cannot be trained: mend its problems first.")

    def _without_weights(self, none: str) -> str:
        """The reason why no run can begin with weights."""
        if not self._run.has_network:
            return none
        return self.tr("No layer of this stack has the shape of one of the network, or a run is just beginning.")

    def _without_seeds(self) -> str:
        """The reason why several seeds cannot be trained."""
        if self._run.busy:
            return self.tr("A run goes on: end it first.")
        return self.tr("Several seeds need runs that are stored, and further seeds above that of the experiment.")

    def _training_words(self) -> str:
        """The name of the first action as it is now."""
        if self._training:
            return self.tr("Pause")
        return self.tr("Train") if self._run.start is Start.NEW else self.tr("Continue")

    def _training_tip(self) -> str:
        """A description where the text alone is not enough."""
        ended = self._run.state is RunState.FINISHED
        if ended and self._run.start is Start.CONTINUE:
            return self.tr("Continue the run as if it had not ended, for more epochs")
        return self._weights_tip() if self._run.start is Start.WEIGHTS else ""

    def _weights_tip(self) -> str:
        """Which weights a new run begins with."""
        kept = self._run.kept_layers if self._run.can_use_weights else None
        if kept is None or not kept.new:
            return self.tr("Start a new run from the weights of this network, with a fresh optimizer")
        names = ", ".join(translated(layer.label) for layer in kept.new[:_FEW])
        words = self.tr("Start a new run that keeps the weights of {0} of {1} layers; these begin at random: {2}")
        return words.format(len(kept.pairs), kept.all, names + (" …" if len(kept.new) > _FEW else ""))

    def _dress(self, words: str, theme: Theme) -> None:
        """Update the text and icon that depend on the run, if they changed: an icon takes a millisecond."""
        dressed = words + self._training_tip(), theme
        if self._dressed == dressed:
            return
        self._dressed = dressed
        self.train.setText(words)
        dress(self.train, TRAIN, self._training_tip())
        self.train.setIcon(icon("pause" if self._training else "train", theme.on_go, theme.faint))
        self.train.setIconVisibleInMenu(False)
        for action, name in ((self.stop, "stop"), (self.reset, "reset")):
            action.setIcon(icon(name, theme.text, theme.faint))
            action.setIconVisibleInMenu(False)
