"""Puts a network made of the shown one into the document; undo brings back the one before, and redo the new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.provenance import Derivation
from playground.engine.training.snapshots import Figures
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.worker_mailbox import Kept, Opened
from playground.gui.start.program_parts import ProgramParts
from playground.gui.style.translation import translated
from playground.spec.edits import Edit
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, tr_noop

if TYPE_CHECKING:
    from torch import nn

    from playground.engine.weights import Trained

_KEY = "changed network"  # of a message
_BUSY = tr_noop(
    "A run goes on, whose network stays. End the run, then redo and undo bring back the network that was there before."
)


class ChangedNetwork(QObject):
    """One change: it is over once another file is shown, or a run begins from the network before.

    A run that begins from the new network does not end it: undo then brings back the network before all the same, and
    redo the new one as it was before that run, which is a stored run of its own.
    """

    made = Signal()  # the document has the new network
    failed = Signal(object)  # Message: nothing was changed

    def __init__(
        self,
        program: ProgramParts,
        source: NetworkSource,
        network: nn.Sequential,
        edits: Sequence[Edit],
        label: Message,
        words: Message,
        derivation: Derivation,
        series: list[ChangedNetwork],
    ) -> None:
        """`source`: the network that `network` was made of; `edits`, if any, are those of its experiment.

        `derivation` says how it was made; the stored run that `source` belongs to is added.
        `label` is the text in the undo menu, `words` say what was done.
        `series`: the changes of one network after another, each of which can be undone; this one is added.
        """
        super().__init__(program)
        self._program, self._source, self._words, self._derivation = program, source, words, derivation
        self._network, self._edits, self._label = network, edits, label
        self._before = program.document.experiment
        self._after: Experiment | None = None  # once it is in the document
        self._kept: Kept | None = None  # the network before, in the run store or a copy of it
        self._changed = False  # whether the new network is shown, or comes
        self._over = False
        self._series = series
        series.append(self)
        self._opened: Experiment | None = None  # of the network that was opened last
        run = program.run
        run.kept.connect(self._take_kept)
        run.began.connect(self._note_began)
        run.continued.connect(self.end)
        run.opened.connect(self._note_opened)
        program.document.changed.connect(self._follow)
        program.document.replaced.connect(self.end)

    def start(self) -> None:
        """Keep the network as it is, then replace it."""
        self._program.run.keep()

    @Slot()
    def end(self) -> None:
        """Leave the document alone from now on."""
        if not self._over:
            self._over = True
            self._program.window.messages.dismiss(_KEY)
            self._kept = None
            self._series.remove(self)
            self.deleteLater()

    @Slot(object)
    def _take_kept(self, kept: Kept) -> None:
        if self._over or self._kept is not None:
            return
        document = self._program.document
        if document.experiment is not self._before:
            self.failed.emit(message("The experiment was changed meanwhile: the network was not changed."))
            self.end()
            return
        if kept.link is None and kept.copy is None:  # undo could not bring it back
            words = message("The network could not be kept for undo: it was not changed.")
            self.failed.emit(kept.problem or words)
            self.end()
            return
        self._kept = kept
        document.do_marked(self._label, self._edits)
        self._after = document.experiment
        self._show_changed()
        self.made.emit()

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        """After undo or redo, show the network that belongs to the experiment."""
        if self._over or self._after is None or not self._program.run.has_network:
            return
        if self._program.run.busy:
            if experiment is self._before and self._changed:
                self._program.notifications.tell(message(_BUSY))
            return
        if experiment is self._before and self._changed:
            self._show_before()
        elif experiment is self._after and not self._changed:
            self._show_changed()

    def _show_changed(self) -> None:
        from playground.engine.weights import Trained

        self._changed = True
        copy = self._kept.copy if self._kept is not None else None
        figures = Figures(step=self._source.version)
        if copy is not None and copy.figures.step == self._source.version:  # its scores are those before
            figures = figures._replace(epochs=copy.figures.epochs, seconds=copy.figures.seconds)
        assert self._after is not None
        known = (None, None, self._source.scaling, (*self._source.provenance, self._derived()))
        self._open(Trained(self._after, self._own(), figures, {}, *known))
        words = translated(self._words)
        self._program.window.messages.show_message(_KEY, "hint", words, [(self.tr("Undo"), self._undo)])

    def _show_before(self) -> None:
        from playground.engine.weights import Trained, network_with

        self._changed = False
        self._program.window.messages.dismiss(_KEY)
        kept = self._kept
        if kept is not None and kept.link is not None:  # with its curves
            self._program.files.go_back(kept.link.run_id, kept.link.step)
        elif kept is not None and kept.copy is not None:
            copy = kept.copy
            network = network_with(copy.experiment, copy.tensors)
            known = (copy.state, None, copy.scaling, copy.provenance)
            self._open(Trained(copy.experiment, network, copy.figures, {}, *known))
        else:
            self._program.notifications.complain(message("The network before was not kept: it cannot be brought back."))

    def _derived(self) -> Derivation:
        """How the new network was made, with the run of the one before, if that is stored."""
        link = self._kept.link if self._kept is not None else None
        if link is None:
            return self._derivation
        return self._derivation._replace(source=link.run_id, run=link.run_id)

    def _own(self) -> nn.Sequential:
        """The new network, which a run may change."""
        from playground.engine.weights import network_with

        assert self._after is not None
        return network_with(self._after, self._network.state_dict())

    def _open(self, trained: Trained) -> None:
        self._opened = trained.experiment
        self._program.run.open(trained)

    def _undo(self) -> None:
        if self._program.document.experiment is self._after:
            self._program.document.undo_stack.undo()

    @Slot()
    def _note_began(self) -> None:
        if not self._program.run.busy:  # a stored run was opened, with its curves
            return
        self._program.window.messages.dismiss(_KEY)
        if not self._changed:
            self.end()

    @Slot(object)
    def _note_opened(self, report: Opened) -> None:
        """End when another network is opened."""
        if not any(item.opens(report) for item in self._series):
            self.end()

    def opens(self, report: Opened) -> bool:
        """Whether this change requested that network."""
        link = self._kept.link if self._kept is not None else None
        stored = link is not None and report.run_id == link.run_id
        return report.path is None and (report.experiment is self._opened or stored)
