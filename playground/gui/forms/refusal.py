"""Why a text was refused, said beside its field without moving anything: it lies over what is above the field."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Slot
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look

_GAP = 2  # pixels between the sentence and its field


class Refusal(QLabel):
    """One sentence at a time, for one of the fields of a form. The mouse goes through it to what lies below.

    It goes when the keyboard goes to what it covers; the field's tool tip keeps the sentence.
    """

    def __init__(self, form: QWidget) -> None:
        """`form` holds the fields, and lies in a window or a scroll area by the time that something is refused."""
        super().__init__(form)
        self._form = form
        self._field: QWidget | None = None
        self._tip = ""  # of the field, when nothing is wrong
        set_look(self, "refusal")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    def say(self, words: str, field: QWidget) -> None:
        """Say why the text of a field was refused; nothing, once it can be taken."""
        if words or field is self._field:
            self.take_back()
        if not words or not self._form.isVisible():  # a field that is hidden is left, and says so once more
            return
        editor = field.focusProxy() or field
        self._field, self._tip = field, editor.toolTip()
        editor.setToolTip(plain_tip(words))
        self.setText(words)
        self._place(field)
        self.show()
        self.raise_()

    def take_back(self) -> None:
        """Say no longer what was said; the form may go."""
        if self._field is not None:
            (self._field.focusProxy() or self._field).setToolTip(self._tip)
        self._field = None
        self.setParent(self._form)  # and so hide

    def _place(self, field: QWidget) -> None:
        page = self._page()
        if self.parentWidget() is not page:
            self.setParent(page)
        left = self._form.mapTo(page, QPoint()).x()
        top = field.mapTo(page, QPoint()).y()
        width = self._form.width()
        height = self.heightForWidth(width)
        above = top - _GAP - height
        self.setGeometry(QRect(left, above if above >= 0 else top + field.height() + _GAP, width, height))

    def _page(self) -> QWidget:
        """What scrolls with the form, or the window: there the sentence may lie over all of it."""
        page = self._form
        while (parent := page.parentWidget()) is not None and not page.isWindow():
            if isinstance(parent.parentWidget(), QScrollArea):
                return page
            page = parent
        return page

    @Slot(QWidget, QWidget)
    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        page = self.parentWidget()
        if new is None or page is None or self._field is None:
            return
        if self._field is new or self._field.isAncestorOf(new):
            self.show()
        elif self.isVisible() and page.isAncestorOf(new):
            self.setVisible(not self.geometry().intersects(QRect(new.mapTo(page, QPoint()), new.size())))
