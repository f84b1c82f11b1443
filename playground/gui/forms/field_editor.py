"""The base class of all field editors, and the proposal of a new value that they emit."""

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
    """A change that the user wants: `value` is the whole new value of the editor's own field.

    `field_path` leads from there to the edited field (names of fields, indices of list items), `label` is its label,
    and `gradual` marks it as one of a series, such as turns of a wheel, which are undone together.
    """

    value: Any
    field_path: tuple[str, ...] = ()
    label: str = ""
    gradual: bool = False

    def within(self, name: str, value: Any, label: str = "") -> Proposal:
        """The same change seen from the component that holds the field `name`, whose new value is `value`."""
        return replace(self, value=value, field_path=(name, *self.field_path), label=self.label or label)


class FieldEditor(QWidget):
    """The base class of all editors; `below` is a widget to show below the row, if any."""

    edited = Signal(object)  # a Proposal
    refused = Signal(str)  # why the input is invalid; empty once it is valid
    below: QWidget | None = None

    def __init__(self, field: FieldInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    @abstractmethod
    def show_value(self, value: Any) -> None:
        """Show `value` without emitting a proposal."""

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """The widgets in tab order."""
        return (self.focusProxy() or self,)

    @property
    def wanted(self) -> int:
        """The width in pixels at which the longest option is shown in full; 0 if there are no options."""
        inner = self.focusProxy()
        return inner.wanted if isinstance(inner, Choices) else 0

    def lock(self, why: str) -> None:
        """Disable the editor and show the reason, unless training adopts its field; an empty reason enables it."""
        for inner in self.stops if not self.field.live else ():
            inner.setEnabled(not why)
            inner.setToolTip(plain_tip(why or explanation(self.field)))

    def _set_inner(self, inner: QWidget) -> None:
        """Insert the inner editing widget, with its accessible name and tooltip."""
        self._describe(inner)
        self.setFocusProxy(inner)
        self._row.addWidget(inner, 1)

    def _describe(self, inner: QWidget) -> None:
        inner.setAccessibleName(translated(self.field.label))
        inner.setAccessibleDescription(translated(self.field.help))
        inner.setToolTip(plain_tip(explanation(self.field)))


def fixed_words() -> str:
    """The reason why a field cannot be changed during training."""
    return translated(tr_noop("Fixed while it trains. Pause or stop to change it."))


def explanation(field: FieldInfo) -> str:
    """The text of a field's tooltip."""
    unit = f" ({translated(field.unit)})" if field.unit else ""
    return f"{translated(field.help)}{unit}"
