"""The row above both plots that names the overlaid runs, each beside a piece of its line, and hides them."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from playground.gui.curves.legend_entries import overlay_words
from playground.gui.curves.stored_curve import Overlay
from playground.gui.curves.style import OVERLAY_WIDTH
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look, theme_of

_SWATCH, _GAP, _PAD, _CROSS = 14, 5, 4, 9  # pixels: line, space before the name, at both ends, and size of the cross
_APART, _MARGIN = 6, 4  # pixels between two chips, and at both ends of the row


class Detail(IntEnum):
    """The text of a chip."""

    NAME = 0  # without the cross, and shortened if there is not enough space
    NAME_AND_CROSS = 1
    ALL = 2  # with the kind of its line


class OverlayChip(QAbstractButton):
    """The name of one run. A click hides its curves."""

    def __init__(self, overlay: Overlay, parent: QWidget) -> None:
        super().__init__(parent)
        self.overlay = overlay
        self.posed = False  # for a picture: without the cross
        self._detail = Detail.ALL
        words = overlay_words(overlay)
        self.setText(words)
        self.setAccessibleName(self.tr("Hide the curves of {0}").format(words))
        self.setToolTip(plain_tip(self.accessibleName()))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_detail(self, detail: Detail, widest: int) -> None:
        """Set the text, and the width up to which it is shown."""
        self._detail = detail
        self.setText(overlay_words(self.overlay) if detail is Detail.ALL else self.overlay.run.name)
        self.setFixedWidth(min(self.width_of(detail), widest))

    def width_of(self, detail: Detail) -> int:
        """The width with a text in full."""
        words = overlay_words(self.overlay) if detail is Detail.ALL else self.overlay.run.name
        cross = _GAP + _CROSS if detail else 0
        return 2 * _PAD + _SWATCH + _GAP + self.fontMetrics().horizontalAdvance(words) + 1 + cross

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(self.width_of(self._detail), self.fontMetrics().height() + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        painter, theme, rect = QPainter(self), theme_of(self), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or (self.underMouse() and not self.posed):
            painter.setPen(theme.color("accent") if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        middle = round(rect.center().y()) + 0.5
        painter.setPen(QPen(self.overlay.run.color.in_theme(theme), OVERLAY_WIDTH + 0.4))
        painter.drawLine(QPointF(_PAD, middle), QPointF(_PAD + _SWATCH, middle))
        left, right = _PAD + _SWATCH + _GAP, rect.right() - _PAD - (_GAP + _CROSS if self._detail else 0)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(right - left) + 1)
        if len(shown) > 1 or shown == self.text():  # not the ellipsis alone
            painter.setPen(theme.color("text"))
            painter.drawText(QRectF(left, 0, right - left + 1, rect.height()), Qt.AlignmentFlag.AlignVCenter, shown)
        if self._detail and not self.posed:
            cross = QRectF(rect.right() - _PAD - _CROSS, middle - _CROSS / 2, _CROSS, _CROSS).adjusted(1, 1, -1, -1)
            painter.setPen(QPen(theme.color("text" if self.underMouse() else "muted"), 1.2))
            painter.drawLine(cross.topLeft(), cross.bottomRight())
            painter.drawLine(cross.topRight(), cross.bottomLeft())
        painter.end()


class OverlayBar(QWidget):
    """A chip for each overlaid run; hidden if there is none.

    If there is not enough space, the chips show names only, then their beginnings, then only lines.
    The tooltip of each says all.
    """

    hide_requested = Signal(object)  # tuple of ids

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: list[OverlayChip] = []
        self.clear = QToolButton(self)
        set_look(self.clear, "flat")
        self.clear.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clear.setToolTip(self.tr("Hide the curves of all overlaid runs"))
        self.clear.setAccessibleName(self.clear.toolTip())
        self.clear.clicked.connect(self._hide_all)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        self._row.setSpacing(_APART)
        self._row.addWidget(self.clear)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Overlaid runs"))
        self.hide()

    def show_overlays(self, overlays: tuple[Overlay, ...]) -> None:
        """Show a chip for each of these runs; those that stay keep their chip, and with it the focus."""
        if [chip.overlay.run for chip in self.chips] == [overlay.run for overlay in overlays]:
            return
        before, kept = self.chips, {chip.overlay.run: chip for chip in self.chips}
        self.chips = [kept.get(overlay.run) or self._made(overlay) for overlay in overlays]
        for chip in before:
            if chip not in self.chips:
                self._row.removeWidget(chip)
                chip.hide()
                chip.deleteLater()
        for number, chip in enumerate(self.chips):
            self._row.insertWidget(number, chip)
        self.clear.setText(self.tr("Hide all {0}").format(len(overlays)))
        self.clear.setHidden(len(overlays) < 2)
        self.setHidden(not overlays)
        self._choose_detail()

    def pose(self, posed: bool) -> None:
        """For a picture: show nothing that can be clicked."""
        for chip in self.chips:
            chip.posed = posed
        self.clear.setHidden(posed or len(self.chips) < 2)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        self._choose_detail()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(0, super().minimumSizeHint().height())

    def _choose_detail(self) -> None:
        """Show all texts in full if possible; otherwise the longest are shortened to the same width."""
        if not self.chips:
            return
        button = self.clear.sizeHint().width() + _APART if len(self.chips) > 1 else 0
        available = self.width() - 2 * _MARGIN - button - _APART * (len(self.chips) - 1)
        for detail in reversed(Detail):
            widths = sorted(chip.width_of(detail) for chip in self.chips)
            if sum(widths) <= available:
                break
        widest = widths[-1]
        for number, width in enumerate(widths):  # those before are shown in full
            share = (available - sum(widths[:number])) // (len(widths) - number)
            if width > share:
                widest = max(share, 2 * _PAD + _SWATCH)
                break
        for chip in self.chips:
            chip.set_detail(detail, widest)

    def _made(self, overlay: Overlay) -> OverlayChip:
        chip = OverlayChip(overlay, self)
        chip.clicked.connect(self._hide_one)
        return chip

    @Slot()
    def _hide_one(self) -> None:
        chip = self.sender()
        assert isinstance(chip, OverlayChip)
        self.hide_requested.emit((chip.overlay.run.run_id,))

    @Slot()
    def _hide_all(self) -> None:
        self.hide_requested.emit(tuple(chip.overlay.run.run_id for chip in self.chips))
