"""An error message next to an invalid field; it is an overlay above the field, so that nothing moves."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Slot
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look

_GAP = 2  # pixels between the message and its field


class Refusal(QLabel):
    """Shows one message at a time for one field of a form; mouse events pass through it.

    It hides when the focus moves to a widget that it covers; the field's tooltip keeps the message.
    """

    def __init__(self, form: QWidget) -> None:
        """`form` holds the fields; it must be in a window or a scroll area when a message is shown."""
        super().__init__(form)
        self._form = form
        self._field: QWidget | None = None
        self._tip = ""  # the original tooltip of the field
        set_look(self, "refusal")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    def say(self, words: str, field: QWidget) -> None:
        """Show why the text of a field is invalid; an empty text hides the message."""
        if words or field is self._field:
            self.take_back()
        if not words or not self._form.isVisible():  # a hidden field loses the focus and reports again
            return
        editor = field.focusProxy() or field
        self._field, self._tip = field, editor.toolTip()
        editor.setToolTip(plain_tip(words))
        self.setText(words)
        self._move_to(field)
        self.show()
        self.raise_()

    def take_back(self) -> None:
        """Hide the message, so that the form may be deleted."""
        if self._field is not None:
            (self._field.focusProxy() or self._field).setToolTip(self._tip)
        self._field = None
        self.setParent(self._form)  # and thereby hide

    def _move_to(self, field: QWidget) -> None:
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
        """The widget that scrolls with the form, or the window: the area that the message may cover."""
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
