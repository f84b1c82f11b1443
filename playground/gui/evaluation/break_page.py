"""The tab Break it: silences units, skips layers and disturbs weights, and shows what that costs."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from playground.engine.probes.interventions import Intervention, can_skip, units_of
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.evaluation.page import EvaluationPage
from playground.gui.session.background import Background
from playground.gui.style.action import dress
from playground.gui.style.check_box import CheckBox
from playground.gui.style.dialogs import Ask
from playground.gui.style.labels import flat_button, set_text, text_label
from playground.gui.style.slider import Slider
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.check.shapes import LayerShape
from playground.spec.edits import LayerPath
from playground.spec.files.csv_text import csv_text
from playground.spec.messages import message
from playground.spec.number_text import percent_text

MOST_UNITS = 4096  # of a layer, that can be silenced one by one
_MOST_NOISE, _STEP = 200, 5  # per cent
_UNIT = QSize(34, 20)  # pixels of a unit's number


class BreakPage(EvaluationPage):
    """The layers on the left, what is broken in the chosen one in the middle, and the score, as trained and broken.

    All views show the broken copy; the network itself stays as it was trained.
    """

    def __init__(self, evaluator: Evaluator, saving: Background, ask: Ask, parent: QWidget) -> None:
        super().__init__(self.tr("Break it"), evaluator, saving, ask, parent)
        self._document, self._run = evaluator.document, evaluator.run
        self._rows: tuple[LayerShape, ...] = ()
        self._numbers: dict[LayerPath, int] = {}  # of active layers, as the tab Weights counts them
        self._filling = False
        self._whole: Result | None = None  # of the network as it was trained
        self.restore = QAction(self.tr("Restore everything"), self)
        dress(self.restore, "Ctrl+Alt+Shift+B", self.tr("Show the network as it was trained"))
        self.layers = QListWidget(self)
        self.layers.setAccessibleName(self.tr("Layers"))
        self.noise = Slider(self)
        self.noise.setRange(0, _MOST_NOISE // _STEP)
        self.noise.setAccessibleName(self.tr("Noise on the weights"))
        self.skip = CheckBox(self.tr("Skip this layer"), self)
        self.units = QListWidget(self)
        self.units.setAccessibleName(self.tr("Units of the layer: the selected ones are silent"))
        self._noise_text = text_label(self, "", "muted")
        self._units_text = text_label(self, "", "muted")
        self.verdict = text_label(self, "", "muted")
        self._arrange()
        self._connect()
        self._show_layers()

    @property
    def intervention(self) -> Intervention:
        """The interventions in the network now."""
        return self._run.intervention or Intervention()

    # figures

    def show_result(self, result: Result) -> None:
        """Show the score beside that of the network as it was trained, of the same samples."""
        self.pages.setCurrentWidget(self._content)
        if not result.evaluated.broken:
            self._whole = result
        self._compare(result)
        self._show_fields()  # the classes have names now

    @Slot()
    def _forget_whole(self) -> None:
        """Another run: a step of the same number is another network."""
        self._whole = None

    def _compare(self, result: Result) -> None:
        whole = self._whole
        comparable = whole is not None and (whole.evaluated.step, whole.part.words) == (
            result.evaluated.step,
            result.part.words,
        )
        score = percent_text(result.evaluated.answers.evaluation.score)
        if not result.evaluated.broken:
            words = self.tr("As trained: {0}").format(score)
        elif comparable and whole is not None:
            before = percent_text(whole.evaluated.answers.evaluation.score)
            words = self.tr("As trained: {0} · broken: {1}").format(before, score)
        else:
            words = self.tr("Broken: {0}").format(score)
        set_text(self.verdict, words)

    def table(self) -> str:
        rows = []
        for row in self._rows:
            silent = sorted(self.intervention.silenced.get(row.path, ()))
            names = self._unit_names(row)
            name, noise = translated(row.layer.label), self.intervention.noise.get(row.path, 0.0)
            skipped = row.path in self.intervention.skipped
            rows.append((".".join(map(str, row.path)), name, noise, skipped, " ".join(names[unit] for unit in silent)))
        return csv_text(("layer", "kind", "noise", "skipped", "silent units"), rows)

    # the layers

    @Slot()
    def _show_layers(self) -> None:
        """Offer the layers of the shown stack in which something can be broken."""
        rows = tuple(row for row in self._document.rows if can_skip(row) or units_of(row))
        if [(row.path, row.layer) for row in rows] != [(row.path, row.layer) for row in self._rows]:
            chosen = self.layers.currentRow()
            self._filling = True
            self.layers.clear()
            for row in rows:
                item = QListWidgetItem(self.layers)
                item.setToolTip(" · ".join(translated(words) for words in row.layer.summary()))
            self._rows = rows
            self._filling = False
            self.layers.setCurrentRow(min(max(chosen, 0), len(rows) - 1))
        active = (row for row in self._document.rows if row.active)
        self._numbers = {row.path: number for number, row in enumerate(active, 1)}
        self._show_broken()

    @Slot()
    def _show_broken(self) -> None:
        """Show what is broken: in the list, and in the fields of the chosen layer."""
        broken = self.intervention
        for number, row in enumerate(self._rows):
            self.layers.item(number).setText(self._line(row, broken))
        self.restore.setEnabled(bool(broken))
        self._show_fields()

    def _line(self, row: LayerShape, broken: Intervention) -> str:
        marks = []
        if row.path in broken.skipped:
            marks.append(self.tr("skipped"))
        if noise := broken.noise.get(row.path):
            marks.append(self.tr("noise {0}").format(percent_text(noise, 0)))
        if silent := broken.silenced.get(row.path):
            marks.append(translated(message("{n:,} silent", n=len(silent))))
        indent = "    " * (len(row.path) // 2)
        name = f"{self._numbers[row.path]} {translated(row.layer.label)}"  # two layers of a kind differ by it
        return indent + " · ".join((name, *marks))

    @property
    def _row(self) -> LayerShape | None:
        number = self.layers.currentRow()
        return self._rows[number] if 0 <= number < len(self._rows) else None

    @Slot()
    def _show_fields(self) -> None:
        row, broken = self._row, self.intervention
        if row is None or self._filling:
            return
        self._filling = True
        noise, units = broken.noise.get(row.path, 0.0), units_of(row)
        self.noise.setEnabled(bool(row.parameters))
        self.noise.setValue(round(100 * noise / _STEP))
        set_text(self._noise_text, percent_text(noise, 0) if row.parameters else self.tr("no weights"))
        self.skip.setEnabled(can_skip(row))
        self.skip.setChecked(row.path in broken.skipped)
        tip = self.tr("It changes the shape: the next layer could not take its input.")
        self.skip.setToolTip("" if can_skip(row) else tip)
        self._offer_units(self._unit_names(row) if units <= MOST_UNITS else ())
        silent = broken.silenced.get(row.path, frozenset())
        flags = QItemSelectionModel.SelectionFlag
        for number in range(self.units.count()):
            index = self.units.model().index(number, 0)
            self.units.selectionModel().select(index, flags.Select if number in silent else flags.Deselect)
        set_text(self._units_text, self.tr("{0} of {1} silent").format(f"{len(silent):,}", f"{units:,}"))
        self._filling = False

    def _unit_names(self, row: LayerShape) -> tuple[str, ...]:
        """Names of units: the classes of the last layer, where these are digits; else numbers from 1 on."""
        units, names = units_of(row), self.result.names if self.result is not None else ()
        if row is self._rows[-1] and len(names) == units and all(name.isdecimal() for name in names):
            return names
        return tuple(str(number + 1) for number in range(units))  # as on the blocks

    def _offer_units(self, names: tuple[str, ...]) -> None:
        if names != tuple(self.units.item(number).text() for number in range(self.units.count())):
            self.units.clear()
            for name in names:
                item = QListWidgetItem(name, self.units)
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                item.setSizeHint(_UNIT)

    # changes

    @Slot(int)
    def _disturb(self, steps: int) -> None:
        row = self._row
        if row is not None and not self._filling:
            self._run.show_broken(self.intervention.with_noise(row.path, steps * _STEP / 100))

    @Slot(bool)
    def _skip(self, skipped: bool) -> None:
        row = self._row
        if row is not None and not self._filling:
            self._run.show_broken(self.intervention.with_skipped(row.path, skipped))

    @Slot()
    def _silence(self) -> None:
        row = self._row
        if row is not None and not self._filling:
            units = frozenset(index.row() for index in self.units.selectionModel().selectedIndexes())
            self._run.show_broken(self.intervention.with_silenced(row.path, units))

    @Slot()
    def _restore(self) -> None:
        self._run.show_broken(None)

    # setup

    def _arrange(self) -> None:
        self.units.setViewMode(QListView.ViewMode.IconMode)
        self.units.setMovement(QListView.Movement.Static)
        self.units.setResizeMode(QListView.ResizeMode.Adjust)
        self.units.setUniformItemSizes(True)
        self.units.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        set_look(self.layers, "rows")
        fields = QFormLayout()
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setVerticalSpacing(4)
        noise = QHBoxLayout()
        noise.setSpacing(8)
        noise.addWidget(self.noise, 1)
        self._noise_text.setFixedWidth(self.fontMetrics().horizontalAdvance(self.tr("no weights") + "00"))
        noise.addWidget(self._noise_text)
        fields.addRow(self.tr("Noise"), noise)
        fields.addRow("", self.skip)
        fields.addRow(self.tr("Units"), self._units_text)
        fields.addRow("", self.verdict)
        fields.addRow("", flat_button(self.restore, self))
        self._content = QWidget(self)
        row = QHBoxLayout(self._content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.layers, 2)
        row.addLayout(fields, 2)
        row.addWidget(self.units, 3)
        self.pages.addWidget(self._content)
        self.addAction(self.restore)
        self.setFocusProxy(self.layers)

    def _connect(self) -> None:
        self.layers.currentRowChanged.connect(self._show_fields)
        self.noise.valueChanged.connect(self._disturb)
        self.skip.toggled.connect(self._skip)
        self.units.itemSelectionChanged.connect(self._silence)
        self.restore.triggered.connect(self._restore)
        self._document.changed.connect(self._show_layers)
        self._run.intervention_changed.connect(self._show_broken)
        for replaced in (self._run.began, self._run.cleared, self._run.opened):
            replaced.connect(self._forget_whole)
