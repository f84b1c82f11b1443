"""The box with which a search begins with runs that are stored already, and how many these are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from playground.gui.style.check_box import CheckBox
from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import translated
from playground.spec.messages import Message, message, plural

if TYPE_CHECKING:
    from playground.engine.search.earlier import WarmStart

MOST = 50  # runs: their values are trained before others, and use up the budget
_PAUSE = 300  # milliseconds without another choice, until the runs are counted


class EarlierRuns(CheckBox):
    """Asks for the runs whenever they may be others, and shows them when they are known."""

    requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._found: WarmStart | None = None  # None: they are being counted
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.requested)
        self._tip = self.tr(
            "Stored runs of this network and recipe whose values lie in the ranges, the best on validation data first. "
            "Those that were trained as a trial is count as finished; the values of others are trained first."
        )
        self.ask()

    @property
    def options(self) -> tuple[str, ...]:
        """Those of `playground search`; the most of them where it is not known yet how many there are."""
        if not self.isChecked() or not self.isEnabled():
            return ()
        return "--warm-start", str(MOST if self._found is None else sum(self._found))

    @Slot()
    def ask(self) -> None:
        """Have them counted soon."""
        self._found = None
        self._show(message("counting…"))
        self.setEnabled(True)
        self._timer.start()

    def refuse(self, why: Message) -> None:
        """Show that none can be used, and the reason in the tool tip."""
        self._found = None
        self.setEnabled(False)
        self._show(message("none can be used"), why)

    def show_found(self, found: WarmStart) -> None:
        """Show how many there are."""
        self._found = found
        self.setEnabled(sum(found) > 0)
        if not sum(found):
            self._show(message("none lies in these ranges, beside the starting point"))
        else:
            words = message(
                "{done}, {first}",
                done=plural("{count:,} count as finished trials", "1 counts as a finished trial", found.finished),
                first=plural("{count:,} are trained first", "1 is trained first", found.proposed),
            )
            self._show(words)

    def _show(self, words: Message, why: Message | None = None) -> None:
        self.setText(self.tr("&Begin with earlier runs: {0}").format(translated(words)))
        self.setToolTip(self._tip if why is None else plain_tip(translated(why)))
