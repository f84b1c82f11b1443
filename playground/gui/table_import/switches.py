"""The row of switches that decide how a table is read, each with what is found automatically."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from playground.gui.forms.choices import Choices
from playground.gui.style.labels import plain_tip, text_label
from playground.gui.style.translation import translated
from playground.gui.table_import.words import AUTOMATIC, Options
from playground.spec.data.table_reading import (
    DECIMALS,
    HEADERS,
    MISSING,
    MISSING_HELP,
    SEPARATORS,
    ReadingChoice,
    TableReading,
)
from playground.spec.data.text_encoding import ENCODINGS, encoding_name

_WIDEST = 220  # pixels of a box
_NARROWEST = 96
_NEEDED = 44  # pixels beside the text of a box


class Switches(QWidget):
    """Emits `changed` with a new ReadingChoice."""

    changed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._choice = ReadingChoice()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(10)
        self._boxes: dict[str, tuple[Choices, QWidget]] = {}
        self._options: dict[str, Options] = {}
        self._add("sheet", self.tr("Sheet"), ())
        self._add("separator", self.tr("Separator"), tuple(SEPARATORS.items()))
        self._add("decimal", self.tr("Decimal sign"), tuple(DECIMALS.items()))
        self._add("encoding", self.tr("Encoding"), tuple(ENCODINGS.items()))
        self._add("header", self.tr("First line"), tuple(HEADERS.items()))
        self._add("missing", self.tr("Missing cells"), tuple(MISSING.items()))
        self._row.addStretch(1)

    def box(self, name: str) -> Choices:
        """The box of a decision, by its field in `ReadingChoice`."""
        return self._boxes[name][0]

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """The boxes in tab order."""
        return tuple(box for box, _ in self._boxes.values())

    def show_choice(self, choice: ReadingChoice, reading: TableReading | None, sheets: Sequence[str] = ()) -> None:
        """Show what was decided, and `reading`, what was found; None where nothing could be read."""
        self._choice = choice
        self._options["sheet"] = [(name, name) for name in sheets]
        for name in self._boxes:
            self._show(name, getattr(choice, name), getattr(reading, name, None))
        form = reading.form if reading is not None else "text"
        shown = {"separator": form == "text", "encoding": form == "text", "sheet": len(sheets) > 1}
        shown["header"] = form in ("text", "sheet")
        for name, (_, whole) in self._boxes.items():
            whole.setVisible(shown.get(name, True))

    def _show(self, name: str, chosen: Any, found: Any) -> None:
        box, options = self.box(name), list(self._options[name])
        for value in (chosen, found):
            if value is not None and value not in [item for item, _ in options]:
                options.append((value, encoding_name(value) if name == "encoding" else str(value)))
        labels = {value: label if name == "sheet" else translated(label) for value, label in options}
        automatic = translated(AUTOMATIC)
        if chosen is None and found is not None:
            automatic = self.tr("Automatic: {0}").format(labels[found].partition(" (")[0])
        box.offer([(None, automatic), *labels.items()])
        box.choose(chosen)
        tip = translated(MISSING_HELP) if name == "missing" else labels.get(found if chosen is None else chosen, "")
        box.setToolTip(plain_tip(tip))
        wanted = box.fontMetrics().horizontalAdvance(box.currentText()) + _NEEDED
        box.setFixedWidth(max(_NARROWEST, min(_WIDEST, wanted)))
        view = box.view()
        widest = max(box.fontMetrics().horizontalAdvance(text) for text in (automatic, *labels.values()))
        view.setMinimumWidth(widest + _NEEDED)

    def _add(self, name: str, label: str, options: Options) -> None:
        whole = QWidget(self)
        box = Choices((), whole)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        box.setAccessibleName(label)
        above: QLabel = text_label(whole, label, "muted", smaller=1.0)
        above.setBuddy(box)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(above)
        column.addWidget(box)
        self._row.addWidget(whole, 0, Qt.AlignmentFlag.AlignTop)
        self._boxes[name], self._options[name] = (box, whole), options

        def picked(index: int) -> None:
            self.changed.emit(self._choice.with_(**{name: box.value_at(index)}))

        box.activated.connect(picked)
