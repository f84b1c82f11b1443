"""The pane next to the settings of external data: whether the data is available, how to get it, and skipped items."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QProgressBar, QPushButton, QVBoxLayout, QWidget

from playground.gui.data_source.data_source import DataSource
from playground.gui.data_source.picture_preview import PicturePreview
from playground.gui.data_source.state import State
from playground.gui.data_source.text_preview import TextPreview
from playground.gui.forms.field_editor import fixed_words
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.data.class_balance import balance, imbalance
from playground.spec.data.dataset import Dataset
from playground.spec.data.skipped import counted, total
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import OwnText
from playground.spec.messages import Message
from playground.spec.number_text import bytes_text

_WIDTH = 300
_HIGHEST = 180  # maximum height of the list in pixels
_PER_LINE = 36  # height per skipped item in pixels: most need at most two lines


def has_pane(data: Dataset) -> bool:
    """Whether the data set has a source to show."""
    return bool(data.remotes) or data.source_choice is not None


class DataSourcePane(QWidget):
    """Shows the state of a `DataSource`; its buttons call the source."""

    def __init__(self, source: DataSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self.setMinimumWidth(_WIDTH)
        self.status, self.failure, self.left_out, self.remarks, self.balance = (QLabel(self) for _ in range(5))
        for label in (self.status, self.failure, self.remarks, self.balance):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)  # file names may contain anything
        set_look(self.failure, "error")
        set_look(self.left_out, "muted")
        set_look(self.balance, "muted")
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the download"))
        self.list = QListWidget(self)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)  # otherwise lines are as wide as they were at first
        self.list.setAccessibleName(self.tr("The items left out, with reasons"))
        self.fetch = self._button(self.tr("Download"), source.download)
        self.disk = self._button(self.tr("From disk…"), source.take_from_disk, leaving=True)
        self.choose = self._button("", source.choose, leaving=True)
        self.folder = self._button(self.tr("Choose a folder…"), source.choose_folder, leaving=True)
        self.look = self._button(self.tr("Look at the table…"), source.look_requested.emit, leaving=True)
        self.bundled = self._button("", source.take_bundled)
        self.cancel = self._button(self.tr("Cancel"), source.cancel)
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self.fetch, self.disk, self.choose, self.folder, self.look, self.bundled):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.cancel)  # not in the position of the others: a second click must not cancel the first one
        for kept in (self.bar, self.cancel):
            policy = kept.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            kept.setSizePolicy(policy)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        self.text = TextPreview(source.reread, self)
        self.pictures = PicturePreview(source.background, self)
        below = (self.failure, self.text, self.pictures, self.remarks, self.left_out, self.list)
        for item in (self.status, self.balance, self.bar, row, *below):
            if isinstance(item, QHBoxLayout):
                column.addLayout(item)
            else:
                column.addWidget(item)
        column.addStretch(1)
        source.changed.connect(self._show)
        self._show(source.state)

    def _button(self, words: str, action: Callable[[], object], *, leaving: bool = False) -> QPushButton:
        """Add a button; with `leaving`, the window is closed first, because the action opens a dialog."""
        button = QPushButton(words, self)

        def pressed() -> None:
            if leaving:
                self.window().close()
                QTimer.singleShot(0, self._source, action)
            else:
                action()

        button.clicked.connect(pressed)
        return button

    @Slot(object)
    def _show(self, state: State) -> None:
        choice, path = state.data.source_choice, state.data.own_path
        self.status.setText(self._sentence(state))
        self.bar.setVisible(state.busy)
        self.bar.setValue(round(1000 * state.done / state.total) if state.total else 0)
        self.fetch.setVisible(state.lacking > 0 and not state.busy)
        self.fetch.setText(self.tr("Download {0}").format(bytes_text(state.lacking)))
        self.disk.setVisible(state.lacking > 0 and not state.busy)
        self.choose.setVisible(choice is not None and state.looking is None)
        folder = choice is not None and choice.folder
        several = choice is not None and choice.several
        self.choose.setText(
            self.tr("Choose a folder…")
            if folder
            else self.tr("Choose files…")
            if several
            else self.tr("Choose a file…")
        )
        folders = choice is not None and (choice.several or bool(choice.in_class_folders))
        self.folder.setVisible(folders and state.looking is None)
        self.look.setVisible(isinstance(state.data, Table) and state.data.known and state.looking is None)
        self.status.setToolTip(plain_tip(path))
        back = choice.bundled if choice is not None else None
        self.bundled.setText(translated(back[0]) if back else "")
        self.bundled.setVisible(back is not None and bool(path) and state.looking is None)
        for button in (self.choose, self.folder, self.bundled):  # each would change the data
            button.setEnabled(not state.training)
            button.setToolTip(fixed_words() if state.training else "")
        self.cancel.setVisible(state.busy or state.looking is not None)
        self.failure.setText(translated(state.failure) if state.failure else "")
        self.failure.setVisible(state.failure is not None)
        text = state.data if isinstance(state.data, OwnText) and state.data.source.beginning else None
        if text is not None:
            self.text.show_text(text.source, training=state.training, busy=state.looking is not None)
        self.text.setVisible(text is not None)
        pictures = state.data if isinstance(state.data, OwnPictures) and state.data.known else None
        if pictures is not None and state.looking is None:
            self.pictures.show_data(pictures)
        self.pictures.setVisible(pictures is not None and state.looking is None)
        remarks = self._show_balance(state)
        self.remarks.setText("\n".join(map(translated, remarks)))
        self.remarks.setVisible(bool(remarks))
        self.left_out.setText(self.tr("Left out: {0}").format(translated(counted(state.skips))))
        for widget in (self.left_out, self.list):
            widget.setVisible(bool(state.skips))
        lines = [f"{item.where}: {translated(item.why)}" for item in state.skipped]
        if total(state.skips) > len(lines):
            lines.append(self.tr("and {0:,} more").format(total(state.skips) - len(lines)))
        if [self.list.item(i).text() for i in range(self.list.count())] != lines:
            self.list.clear()
            self.list.addItems(lines)
            for number, line in enumerate(lines):
                self.list.item(number).setToolTip(plain_tip(line))  # a long name is cut off in the list
            self.list.setFixedHeight(min(_HIGHEST, _PER_LINE * len(lines) + 8))

    def _show_balance(self, state: State) -> tuple[Message, ...]:
        """Show the number of samples of each class; return the remarks, with those on classes of very unequal size and
        on how the data are read.
        """
        names, counts = state.data.class_names, state.data.class_counts
        self.balance.setVisible(bool(counts) and state.looking is None)
        remarks = (*state.remarks, state.data.notice) if state.data.notice else state.remarks
        if not counts:
            return remarks
        self.balance.setText(translated(balance(names, counts)))
        unequal = imbalance(names, counts)
        return (*remarks, unequal) if unequal else remarks

    def _sentence(self, state: State) -> str:
        data = state.data
        if state.busy:
            return self.tr("{0} of {1}").format(bytes_text(state.done), bytes_text(state.total))
        if state.looking is not None:
            return self.tr("Inspecting: {0:,} so far").format(state.looking)
        if data.summary is not None:
            return translated(data.summary)
        if state.lacking:
            return self.tr("{0} is not on this machine.").format(translated(data.label))
        return self.tr("{0} is on this machine.").format(translated(data.label))
