"""The pane below the stack: pages with a common row of tabs, beside which stands the shown page's own header."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget


class _Headers(QStackedWidget):
    """Takes the room of the shown header alone, so that a wide one hides tabs only while it is shown."""

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        shown = self.currentWidget()
        return shown.sizeHint() if shown is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The width at which its choices can be read, up to half of the row: tabs can be scrolled, a cut word not."""
        shown = self.currentWidget()
        if shown is None:
            return super().minimumSizeHint()
        least, row = shown.minimumSizeHint(), self.parentWidget()
        readable = min(shown.sizeHint().width(), row.width() // 2 if row is not None else 0)
        return QSize(max(least.width(), readable), least.height())


class ResultsPane(QWidget):
    """Shows one page at a time."""

    size_toggled = Signal()  # a double click on a tab: the pane is to be large, or as before

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Results"))
        self.tabs.setToolTip(self.tr("A double click, or F9, makes this pane large"))
        self._headers, self._bodies = _Headers(self), QStackedWidget(self)
        self._headers.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        top = QHBoxLayout()
        top.setContentsMargins(4, 0, 0, 0)
        top.setSpacing(0)
        top.addWidget(self.tabs)
        top.addWidget(self._headers, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._bodies, 1)
        self._column = column
        self.tabs.currentChanged.connect(self._show)
        self.tabs.tabBarClicked.connect(self._enter)
        self.tabs.tabBarDoubleClicked.connect(self.size_toggled)

    def add(self, title: str, header: QWidget, body: QWidget) -> None:
        """Add a page; `header` may be a part of `body`, which it leaves."""
        layout = body.layout()
        if layout is not None:
            layout.removeWidget(header)
        row = QWidget()
        inner = QVBoxLayout(row)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(header)
        self._headers.addWidget(row)
        self._bodies.addWidget(body)
        self.tabs.addTab(title)

    def set_footer(self, footer: QWidget) -> None:
        """Add a row below all pages."""
        self._column.addWidget(footer)

    @property
    def page(self) -> QWidget | None:
        """The shown page's body."""
        return self._bodies.currentWidget()

    def show_page(self, body: QWidget) -> None:
        """Show the page with this body, and give it the keyboard."""
        self.tabs.setCurrentIndex(self._bodies.indexOf(body))
        self._enter()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """No wider than the shown page, of which parts are hidden where there is little room."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._headers.updateGeometry()  # it may take half of the row, which has another width now

    @Slot()
    def _enter(self) -> None:
        """Give the keyboard to the shown page, if it has a place for it."""
        page = self.page
        proxy = page.focusProxy() if page is not None else None
        if proxy is not None:
            proxy.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _show(self, index: int) -> None:
        self._headers.setCurrentIndex(index)
        self._bodies.setCurrentIndex(index)
        self._headers.updateGeometry()
        self.tabs.updateGeometry()  # the current title is bold, and may need more room
