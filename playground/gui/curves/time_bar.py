"""The time machine: a slider through the moments of the present run, a film of them, and a way to go on from one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from playground.gui.session.time_machine import Moment, TimeMachine
from playground.gui.style.action import add, allow, plain
from playground.gui.style.icons import icon
from playground.gui.style.labels import flat_button, set_text, text_label
from playground.gui.style.slider import Slider
from playground.gui.style.theme import set_look, theme_of

FRAME = 400  # milliseconds that a moment is shown while the film plays


class TimeBar(QWidget):
    """One row; it is disabled while the present run has no stored moments."""

    continue_requested = Signal(str, int)  # id of the run, and the step from which a new run is to branch off
    film_requested = Signal(bool)  # to save the film: as a series of pictures instead of an animation

    def __init__(self, machine: TimeMachine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._moments: tuple[Moment, ...] = ()
        self.menu = QMenu(self.tr("T&ime machine"), self)
        self.earlier = add(
            self.menu, self.tr("&Earlier"), "Ctrl+Alt+Left", self.tr("Show the network as it was before")
        )
        self.later = add(
            self.menu, self.tr("&Later"), "Ctrl+Alt+Right", self.tr("Show the network as it was after that")
        )
        self.play = add(
            self.menu, self.tr("&Play the film"), "Ctrl+Alt+Shift+P", self.tr("Show all moments, one after another")
        )
        self.branch = add(
            self.menu,
            self.tr("&Continue from here"),
            "Ctrl+Alt+Return",
            self.tr("Open the run as it was at this moment; Continue then begins a new run that branches off here"),
        )
        self.film = self.menu.addMenu(self.tr("Save the &film"))
        self.slider = Slider(self)
        self._text = text_label(self, "", "muted")
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME)
        self._arrange()
        self._connect()
        self._show_moments(machine.moments)

    def _connect(self) -> None:
        animation = add(self.film, self.tr("As &animation (GIF)…"), "Ctrl+Alt+G")
        pictures = add(self.film, self.tr("As &pictures (PNG)…"), "Ctrl+Alt+Shift+G")
        animation.triggered.connect(lambda: self.film_requested.emit(False))
        pictures.triggered.connect(lambda: self.film_requested.emit(True))
        self.earlier.triggered.connect(lambda: self.slider.setValue(self.slider.value() - 1))
        self.later.triggered.connect(lambda: self.slider.setValue(self.slider.value() + 1))
        self.play.toggled.connect(self._start_or_stop)
        self.branch.triggered.connect(self._branch)
        self._timer.timeout.connect(self._advance)
        self.slider.valueChanged.connect(self._go)
        self._machine.moments_changed.connect(self._show_moments)
        self._machine.shown_changed.connect(self._show_moment)

    @property
    def words(self) -> str:
        """The shown moment, in words."""
        return self._text.text()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()
        super().changeEvent(event)

    # Reactions

    @Slot(object)
    def _show_moments(self, moments: tuple[Moment, ...]) -> None:
        """Offer these moments and, last, the latest network; the shown one stays."""
        self._moments = moments
        self.setEnabled(bool(moments))
        self.menu.setEnabled(bool(moments))
        if not moments:
            self.play.setChecked(False)
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(moments))
        self.slider.blockSignals(False)
        self._show_moment(self._machine.shown)

    @Slot(object)
    def _show_moment(self, moment: Moment | None) -> None:
        number = len(self._moments) if moment is None else self._number(moment)
        if not self.slider.isSliderDown():
            self.slider.blockSignals(True)
            self.slider.setValue(number)
            self.slider.blockSignals(False)
        latest = self.tr("The latest network is shown.")
        allow(self.branch, moment is not None and moment.step > 0, self.tr("Go back to a moment of the run first."))
        allow(self.earlier, number > 0, self.tr("There is no earlier moment.") if self._moments else latest)
        allow(self.later, number < len(self._moments), latest)
        set_text(self._text, self._describe(moment))
        self.slider.setAccessibleDescription(self._text.text())

    def _number(self, moment: Moment) -> int:
        return next((number for number, item in enumerate(self._moments) if item.step >= moment.step), 0)

    def _describe(self, moment: Moment | None) -> str:
        if not self._moments:
            return self.tr("no stored moments yet")
        if moment is None:
            return self.tr("latest")
        if moment.step == 0:
            return self.tr("before the first step")
        if moment.epoch == 0:
            return self.tr("step {0}").format(f"{moment.step:,}")
        return self.tr("step {0}, epoch {1}").format(f"{moment.step:,}", f"{moment.epoch:,}")

    @Slot(int)
    def _go(self, number: int) -> None:
        self._machine.show(self._moments[number] if number < len(self._moments) else None)

    @Slot(bool)
    def _start_or_stop(self, playing: bool) -> None:
        self._draw_icon()
        if not playing:
            self._timer.stop()
            return
        if self.slider.value() >= len(self._moments):
            self.slider.setValue(0)
        self._timer.start()

    @Slot()
    def _advance(self) -> None:
        self.slider.setValue(self.slider.value() + 1)
        if self.slider.value() >= len(self._moments):
            self.play.setChecked(False)

    @Slot()
    def _branch(self) -> None:
        run_id, shown = self._machine.run_id, self._machine.shown
        if run_id is not None and shown is not None:
            self.continue_requested.emit(run_id, shown.step)

    # Layout

    def _draw_icon(self) -> None:
        theme = theme_of(self)
        self.play.setIcon(icon("pause" if self.play.isChecked() else "train", theme.text, theme.faint))

    def _arrange(self) -> None:
        self.play.setCheckable(True)
        self.play.setIconVisibleInMenu(False)
        self._draw_icon()
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.slider.setTickInterval(1)
        self.slider.setPageStep(1)
        self.slider.setAccessibleName(self.tr("Time machine"))
        title = text_label(self, self.tr("Time machine"), "muted")
        title.setBuddy(self.slider)
        play, branch, film = flat_button(self.play, self), flat_button(self.branch, self), QToolButton(self)
        play.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        play.setAccessibleName(plain(self.play.text()))
        film.setText(self.tr("Film"))
        film.setToolTip(plain(self.film.title()))
        film.setMenu(self.film)
        film.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_look(film, "flat")
        widest = self.tr("step {0}, epoch {1}").format("0,000,000", "0,000")
        self._text.setFixedWidth(self._text.fontMetrics().horizontalAdvance(widest))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 3)
        row.setSpacing(8)
        row.addWidget(play)
        row.addWidget(title)
        row.addWidget(self.slider, 1)
        for widget in (self._text, branch, film):
            row.addWidget(widget)
