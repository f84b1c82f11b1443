"""What all editors of fields have in common, and how they propose a value."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.gui.forms.choices import Choices
from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import translated
from playground.spec.component import FieldInfo
from playground.spec.messages import tr_noop


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a person wants a field to be: `value` is the whole new value of the editor's own field.

    `place` leads from there to what was touched (names of fields, numbers of list items), `label` is what
    that is called, and `gradual` says that it is one of a series, such as turning a wheel, to be undone at once.
    """

    value: Any
    place: tuple[str, ...] = ()
    label: str = ""
    gradual: bool = False

    def within(self, name: str, value: Any, label: str = "") -> Proposal:
        """The same wish, seen from the component that holds the field `name` and becomes `value` by it."""
        return replace(self, value=value, place=(name, *self.place), label=self.label or label)


class FieldEditor(QWidget):
    """What all editors have in common. `below` is what they show under their row, if anything."""

    edited = Signal(object)  # a Proposal
    refused = Signal(str)  # why what was typed cannot be; empty when all is well again
    below: QWidget | None = None

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    @abstractmethod
    def show_value(self, value: Any) -> None:
        """Show `value` without proposing anything."""

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What the Tab key goes through, in order."""
        return (self.focusProxy() or self,)

    @property
    def wanted(self) -> int:
        """Pixels; the width at which the longest of the words to choose from is shown whole, 0 where there are none."""
        inner = self.focusProxy()
        return inner.wanted if isinstance(inner, Choices) else 0

    def lock(self, why: str) -> None:
        """Let nothing be changed but what a run that goes on takes over, and say why; empty lets all be changed."""
        for inner in self.stops if not self.field.live else ():
            inner.setEnabled(not why)
            inner.setToolTip(plain_tip(why or explanation(self.field)))

    def _take(self, inner: QWidget) -> None:
        """Put the widget that is edited in, named for screen readers and explained."""
        self._name(inner)
        self.setFocusProxy(inner)
        self._row.addWidget(inner, 1)

    def _name(self, inner: QWidget) -> None:
        inner.setAccessibleName(translated(self.field.label))
        inner.setAccessibleDescription(translated(self.field.help))
        inner.setToolTip(plain_tip(explanation(self.field)))


def fixed_words() -> str:
    """Why a field cannot be changed while it trains."""
    return translated(tr_noop("Fixed while it trains. Pause or stop to change it."))


def explanation(field: FieldInfo) -> str:
    """What stands in a field's tooltip."""
    unit = f" ({translated(field.unit)})" if field.unit else ""
    return f"{translated(field.help)}{unit}"
