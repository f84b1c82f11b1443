"""The popup in which a range is edited in place, below its field, or below its block."""

from __future__ import annotations

from itertools import count

from pydantic import ValidationError
from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from playground.gui.forms.layer_options import LayerOptions
from playground.gui.forms.range_editors import editor_of
from playground.gui.session.document import Document
from playground.gui.style.labels import text_label
from playground.gui.style.popup import Popup
from playground.gui.style.translation import translated
from playground.spec.messages import tr_noop
from playground.spec.search.names import range_name
from playground.spec.search.proposal import range_edit, range_refusal
from playground.spec.search.ranges import FieldRange, LayerChoice, NumberRange, Range, SpaceError
from playground.spec.search.structure import Structure, structure_of

_WIDTH = 360  # pixels
_PAD = 14
_HIGHEST = 0.8  # share of the available height of the screen
_NUMBERS = count()  # of the popups, none of which continues the undo step of another

_HELP = {
    Structure.OPTIONAL: tr_noop("Some networks of the search have this layer, others do not."),
    Structure.REPEATED: tr_noop("The layer follows itself so many times, each with its own weights; 0 leaves it out."),
    Structure.ONE_OF: tr_noop("The search puts one of these layers here. Blocks that were copied can be pasted."),
    Structure.WIDTH: tr_noop("One factor for the units and filters of all layers before the output layer."),
    Structure.ACTIVATION: tr_noop("All layers before the output layer get the same one of these."),
    Structure.NORM: tr_noop("All norms before the output layer become the same one of these."),
}


class RangePopup(Popup):
    """Puts a range into the document as soon as it opens, and each change of it; all changes are one undo step.

    A choice of layers is put in with its second layer.
    """

    def __init__(self, document: Document, item: Range, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._item, kind = document, item, structure_of(item)
        self._merge = f"{item.key}/{next(_NUMBERS)}"
        experiment = document.experiment
        self.setAccessibleName(translated(range_name(item, experiment)))
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(_PAD, _PAD, _PAD, _PAD)
        column.setSpacing(8)
        column.addWidget(text_label(inner, self.accessibleName(), "heading"))
        self._help = text_label(inner, translated(_HELP[kind]) if kind else self._field_help(), "muted")
        self.editor = (
            LayerOptions(document, item, inner) if isinstance(item, LayerChoice) else editor_of(item, experiment)
        )
        self.reason = text_label(inner, "", "error")
        self.size_words = text_label(inner, "", "muted")
        for label in (self._help, self.reason, self.size_words):
            label.setWordWrap(True)
            label.setFixedWidth(_WIDTH - 2 * _PAD)
        column.addWidget(self._help)
        if self.editor is not None:
            column.addWidget(self.editor)
            self.editor.changed.connect(self._put)
            self.editor.refused.connect(self._refuse)
        column.addWidget(self.reason)
        column.addWidget(self.size_words)
        self.remove = QPushButton(self.tr("No &search"), inner)
        self.remove.clicked.connect(self._remove)
        self.remove.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.remove)
        row.addStretch(1)
        column.addLayout(row)
        self._scroll(inner)
        document.changed.connect(self._follow)
        self._refuse("")
        if not isinstance(item, LayerChoice):
            self._put(item)
        self._follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Close it with Enter as well, unless what was entered last is wrong, and so not in the document."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.editor is None or self.editor.right:
                self.close()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Take what is being typed when it is closed."""
        if self.editor is not None:
            self.editor.commit()
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def pop_up_below(self, anchor: QRect, screen: QRect) -> None:
        self._fit()
        super().pop_up_below(anchor, screen)

    def _field_help(self) -> str:
        if isinstance(self._item, NumberRange):
            return self.tr("The search draws a value between these for each network.")
        return self.tr("The search chooses one of these for each network.")

    def _scroll(self, inner: QWidget) -> None:
        """Put the contents into an area that scrolls where the screen is too low for them."""
        self._inner = inner
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab moves from editor to editor
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        for transparent in (scroll.viewport(), inner):
            transparent.setAutoFillBackground(False)
        row = QVBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.addWidget(scroll)
        inner.installEventFilter(self)

    def _fit(self) -> None:
        layout = self._inner.layout()
        assert layout is not None
        limit = round(self.screen().availableGeometry().height() * _HIGHEST)
        wanted = max(layout.heightForWidth(_WIDTH - 2), 0) or layout.sizeHint().height()
        self.setFixedSize(QSize(_WIDTH, min(wanted, limit) + 2))
        if self.isVisible():
            self.keep_inside()

    @Slot(object)
    def _put(self, item: Range | None) -> None:
        """Put the range into the document; a removed one is a step of its own."""
        experiment = self._document.experiment
        try:
            if isinstance(item, FieldRange):
                item.domain(experiment)
            self._document.do(range_edit(experiment, self._item, item), self._merge)
        except ValidationError as error:  # there are too many, or values that no range has
            self._refuse(translated(range_refusal(error)))
        except SpaceError as error:
            self._refuse(translated(error.message))
        else:
            self._refuse("")

    @Slot()
    def _remove(self) -> None:
        if self.editor is not None:  # what is being typed would put the range in again when the popup is closed
            self.editor.changed.disconnect(self._put)
        self._document.do(range_edit(self._document.experiment, self._item, None))
        self.close()

    @Slot(str)
    def _refuse(self, reason: str) -> None:
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))

    @Slot()
    def _follow(self) -> None:
        """Say how much the space holds."""
        experiment = self._document.experiment
        ranges = experiment.search.ranges if experiment.search else ()
        self.remove.setEnabled(any(item.key == self._item.key for item in ranges))
        try:
            words = translated(experiment.search.size(experiment).text) if experiment.search else ""
        except SpaceError as error:
            words = translated(error.message)
        self.size_words.setText(words)
        self.size_words.setVisible(bool(words))
