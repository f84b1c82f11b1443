"""The widget that shows a network's output over the plane, and in which the user adds and removes points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from playground.gui.panels.inference_view import InferenceView
from playground.gui.panels.points.inference import Answer, Question
from playground.gui.panels.points.map import DecisionMapWidget
from playground.gui.panels.points.predicted_class import class_of, wrong
from playground.gui.panels.points.scatter import Scatter, scatter
from playground.gui.panels.points.tools import PointTools
from playground.gui.style.labels import plain_tip, set_text
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.points import MOST_BY_HAND, Classed, Plane, Raised
from playground.spec.messages import message
from playground.spec.number_text import PROBABILITY, fixed_text, loss_text, percent_text

if TYPE_CHECKING:
    from playground.engine.data.sources.patterns import Point
    from playground.engine.evaluation.evaluate import Evaluation

_MARGIN = 12
_LINES = 2  # lines of the message; the tooltip contains all of it


class PointsView(InferenceView):
    """Map, choice of points to add, and performance on the held-out points.

    Its question is a `Question`, or None while it is not visible.
    """

    edited = Signal(object, object)  # Plane: the edited data, and a Message that describes the edit
    answered = Signal(object)  # the shown Answer, or None if there is none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scatter: Scatter | None = None
        self._answer: Answer | None = None
        self._found: Evaluation | None = None  # from the latest evaluation
        self._predicted: dict[Point, tuple[int, float]] = {}  # of held-out points, latest
        self._training = False
        self._pointed: tuple[float, float] | None = None
        self._window: QWidget | None = None
        self.map = DecisionMapWidget(self)
        self.values = PointTools(self)
        self.held_out = self._option(
            self.tr("Validation"),
            self.tr("Show the points that are never trained on: rings, with a cross where the network is wrong"),
        )
        self.discrete = self._option(
            self.tr("Discrete"), self.tr("Show only the most probable class, without its probability")
        )
        self.contours = self._option(
            self.tr("Contours"),
            self.tr("Show where the network is 50, 75, 90 and 95 % sure of its answer, or lines of equal height"),
        )
        self.held_out.setChecked(True)
        self._title = QLabel(self.tr("Decision map"), self)
        self._below = QLabel(self)
        self._restore = self._option(self.tr("Put back"), self.tr("Remove the added points and restore the others"))
        self._restore.setCheckable(False)
        self._arrange()
        self._connect()
        self._refresh()

    def _option(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        set_look(button, "flat")
        return button

    def _arrange(self) -> None:
        # The message has a fixed height: the map must not move while the user works on it.
        self.note.setFixedHeight(_LINES * self.note.fontMetrics().lineSpacing())
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._restore.setStyleSheet("QToolButton { padding: 0 6px }")  # next to a line of text
        self._below.setMinimumHeight(self._restore.sizeHint().height())
        self._below.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_look(self._title, "heading")
        self._title.setWordWrap(True)
        set_look(self._below, "muted")
        header, below = QHBoxLayout(), QHBoxLayout()  # the first and the last row
        header.addWidget(self._title, 1)
        header.addWidget(self.held_out)
        header.addWidget(self.discrete)
        below.addWidget(self._below, 1)
        below.addWidget(self._restore)
        for row in (header, below):
            row.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(6)
        column.addLayout(header)
        column.addWidget(self.map, 1)
        column.addWidget(self.values)
        figures = QHBoxLayout()
        figures.addWidget(self.note, 1)
        figures.addWidget(self.contours, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(figures)
        column.addLayout(below)
        column.addStretch()

    def _connect(self) -> None:
        self.map.wanted.connect(self._add)
        self.map.unwanted.connect(self._take_out)
        self.map.pointed.connect(self._point)
        self.map.class_wanted.connect(self.values.choose)
        self.held_out.toggled.connect(self.map.set_held_out_shown)
        self.discrete.toggled.connect(self.map.set_discrete)
        self.contours.toggled.connect(self._ask)
        self._restore.clicked.connect(self._put_back)

    @property
    def made_for(self) -> Dataset | None:
        return None if self._scatter is None else self._scatter.data

    # Input from outside

    def show_data(self, data: Plane) -> None:
        """Show the points of a data set."""
        if self._scatter is not None and self._scatter.data == data:
            return
        before, self._scatter = self._scatter, scatter(data)
        if before is None or before.data.task != data.task or before.data.features != data.features:
            self._show(None)
        heights = data.task.classes is None
        self._title.setText(self.tr("Map of heights") if heights else self.tr("Decision map"))
        self.values.offer(data.task.classes)
        self.map.show_scatter(self._scatter)
        self.held_out.setEnabled(bool(self._scatter.held_out))
        self._refresh()
        self._ask()

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show an `Answer`; an `InferenceError` says why there is none."""
        if self._message or self._scatter is None:
            return
        self._note_failure(answer)
        fits = isinstance(answer, Answer) and answer.classes == self._scatter.data.task.classes
        self._show(answer if fits and isinstance(answer, Answer) else None)
        self._refresh()

    def set_training(self, training: bool) -> None:
        """Set whether training is changing the network."""
        if training != self._training:
            self._training = training
            self._ask()

    # Questions are asked only while the widget is visible

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        if self.window() is not self._window:
            if self._window is not None:
                self._window.removeEventFilter(self)
            self._window = self.window()
            self._window.installEventFilter(self)
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.map.setMaximumHeight(event.size().width() - 2 * _MARGIN)  # square; the remaining height goes below
        super().resizeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._ask()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.WindowStateChange:
            self._ask()
        return super().eventFilter(watched, event)

    @property
    def seen(self) -> bool:
        """Whether the widget is visible on the screen."""
        return self.isVisible() and not self.window().isMinimized()

    @Slot()
    def _ask(self) -> None:
        if self._scatter is None or not self.seen:
            self.asked.emit(None)
        else:
            self.asked.emit(Question(self._scatter, self._training, self.contours.isChecked()))

    # User input

    @Slot(float, float)
    def _add(self, x: float, y: float) -> None:
        if self._scatter is None:
            return
        data, value = self._scatter.data, self.values.value
        if len(data.added) >= MOST_BY_HAND:
            self._failure = self.tr("No more than {0:,} points can be added.").format(MOST_BY_HAND)
            self._refresh()
            return
        x, y = round(x, 2), round(y, 2)
        added = Raised(x=x, y=y, value=value) if data.task.classes is None else Classed(x=x, y=y, value=int(value))
        self.edited.emit(data.with_(added=(*data.added, added)), message("Add a point"))

    @Slot(float, float, float)
    def _take_out(self, x: float, y: float, within: float) -> None:
        if self._scatter is None:
            return
        number = self._scatter.nearest(x, y, within)
        if number is None:
            return
        data = self._scatter.data
        if len(data.removed) >= MOST_BY_HAND or data.train_count <= 2:
            self._failure = self.tr("No more points can be taken out.")
            self._refresh()
            return
        self.edited.emit(self._scatter.without(number), message("Take a point out"))

    @Slot()
    def _put_back(self) -> None:
        if self._scatter is not None:
            data = self._scatter.data
            self.edited.emit(data.with_(added=(), removed=()), message("Put points back"))

    @Slot(object)
    def _point(self, point: tuple[float, float] | None) -> None:
        self._pointed = point
        self._show_reading()

    # Display

    def _show(self, answer: Answer | None) -> None:
        self._answer = answer
        if answer is None or answer.found is not None:
            self._found = answer.found if answer is not None else None
            self._predicted = (answer.predicted if answer is not None else None) or {}
        if answer is None:
            self.map.show_levels(QImage(), None)
        else:
            self.map.show_levels(answer.levels, answer.classes, answer.contours)
        self.answered.emit(answer)

    def _forget(self) -> None:
        self._show(None)

    def _refresh(self) -> None:
        self._mark_wrong()
        self._show_note()
        self.note.setToolTip(plain_tip(self.note.text()))
        self._show_reading()
        data = self._scatter.data if self._scatter is not None else None
        self._restore.setVisible(data is not None and bool(data.placed or data.taken_out))

    def _hint(self) -> str:
        if self._found is None or self._scatter is None:
            return ""
        if not self._trained:
            return self.tr("Not trained yet: this map is random.")
        found, task = self._found, self._scatter.data.task
        template = self.tr("Validation: {0}, {1} {2}") if self._scatter.held_out else self.tr("Train: {0}, {1} {2}")
        plain = found.plain_loss
        words = self.tr("loss {0}") if plain is None else self.tr("loss without label smoothing {0}")
        loss = words.format(loss_text(found.loss if plain is None else plain))
        return template.format(loss, translated(task.score.word), task.score.written(found.score))

    def _show_reading(self) -> None:
        """Show below the map the output at the pointer, or else the user's changes."""
        text, missed = "", False
        if self._pointed is not None and self._answer is not None:
            point = self._held_out_at(*self._pointed)
            if point is None:
                text = f"{_point_text(*self._pointed)}:  {self._read(self._answer, *self._pointed)}"
            else:  # the prediction is for the point itself, not for the position next to it
                missed = point in self.map.wrong
                text = f"{self._class(*self._predicted[point])}{self._truth(point, missed)}"
        set_text(self._below, text or self._by_hand())
        self._below.setToolTip(plain_tip(self._below.text()))
        set_look(self._below, "error" if missed else "muted")
        self.map.setAccessibleDescription(text)

    def _held_out_at(self, x: float, y: float) -> Point | None:
        """The validation point at the pointer, if the network has classified it."""
        shown = self._scatter is not None and self.map.held_out_shown
        point = self._scatter.held_out_near(x, y, self.map.reach()) if shown and self._scatter is not None else None
        return point if point in self._predicted else None

    def _truth(self, point: Point, missed: bool) -> str:
        """The true class of a validation point."""
        words = self.tr("  ✗ Wrong. It is class {0}") if missed else self.tr("  It is class {0}")
        return words.format(int(point[2]) + 1)

    def _mark_wrong(self) -> None:
        """Mark the validation points that a trained network misclassifies."""
        sure = self._scatter is not None and self._answer is not None and self._trained
        held_out = self._scatter.held_out if sure and self._scatter is not None else ()
        self.map.show_wrong(wrong(held_out, self._predicted))

    def _by_hand(self) -> str:
        data = self._scatter.data if self._scatter is not None else None
        added, out = (len(data.placed), len(data.taken_out)) if data is not None else (0, 0)
        words = [self.tr("{0:,} added").format(added)] if added else []
        words += [self.tr("{0:,} taken out").format(out)] if out else []
        return ", ".join(words) or self.tr("Click: add a point. Right click: remove")

    def _read(self, answer: Answer, x: float, y: float) -> str:
        """The network's output in the middle of the map pixel that contains the point."""
        column, row = self.map.pixel_at(x, y)
        value = float(answer.values[row, column])
        if answer.classes is None:
            return self.tr("height {0}").format(fixed_text(value, 2))
        return self._class(class_of(answer.levels.pixelIndex(column, row), answer.classes), value)

    def _class(self, label: int, share: float) -> str:
        text = self.tr("class {0}, {1}").format(label + 1, percent_text(share, PROBABILITY))
        return self.tr("not sure: {0}").format(text) if self._refuses((share,)) else text


def _point_text(x: float, y: float) -> str:
    return f"({fixed_text(x, 1)}, {fixed_text(y, 1)})"
