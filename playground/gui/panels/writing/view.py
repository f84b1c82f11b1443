"""The widget of a network that generates text: a prompt, sampling options, and a text that grows, even in training."""

from __future__ import annotations

from math import log
from time import monotonic

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from playground.gui.forms.number_field import NumberField
from playground.gui.panels.inference_view import InferenceView, footed
from playground.gui.panels.writing.inference import Question, WrittenCharacter
from playground.gui.panels.writing.next_character_bars import Likeliest
from playground.gui.panels.writing.page import Page
from playground.gui.panels.writing.sliders import LabelledSlider
from playground.gui.session.inference_thread import InferenceError
from playground.gui.style.theme import set_look
from playground.spec.component import FieldInfo, fields_of
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.messages import Message
from playground.spec.number_text import setting_text

LENGTH = 600  # characters after which it pauses
PACE = 50  # minimum interval between characters in milliseconds: each takes computing time from other work
AGAIN = 3.0  # seconds that a text is shown before a network that has changed meanwhile generates another
LONGEST_PROMPT = 1000
_MARGIN, _INSET = 5, 7
_TEMPERATURES = tuple(step / 20 for step in range(41))
_TOPS = (1, 2, 3, 5, 10, 20, 40, 100, 200, 0)  # 0: all


class WritingView(InferenceView):
    """Asks one `Question` per character; a changed prompt or option starts a new text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._attempt = 0
        self._text = ""
        self._written: list[int] = []
        self._position = 0
        self._ended = 0.0
        self._ended_with = -1  # the version of the network that generated the last character
        self.prompt = QLineEdit(self)
        self.seed = NumberField(_field("seed"), steppers=False, parent=self)
        self._seed = 0
        self.temperature = LabelledSlider(self.tr("Temperature"), _TEMPERATURES, 0.8, setting_text, self)
        self.top_k = LabelledSlider(
            self.tr("Top k"), _TOPS, 0, lambda value: setting_text(int(value)) if value else self.tr("all"), self
        )
        self.page = Page(self.tr("The text that the network writes"), self)
        self.likeliest = Likeliest(self)
        self._legend = QLabel(self)
        self._area = footed(self._legend, note=self.note, parent=self)
        self._copy, self._again = self._button(self.tr("Copy")), self._button(self.tr("Again"))
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(PACE)
        self._set_up()
        self._arrange()
        self._next.timeout.connect(self._ask)
        self.prompt.textChanged.connect(self.begin)
        self.seed.committed.connect(self._set_seed)
        self.temperature.changed.connect(self.begin)
        self.top_k.changed.connect(self.begin)
        self._copy.clicked.connect(self.copy)
        self._again.clicked.connect(self.write_again)
        self._refresh()

    @property
    def made_for(self) -> Dataset | None:
        return None  # characters, which are encoded for the network that gets them

    def _button(self, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(words)
        set_look(button, "flat")
        return button

    def _set_up(self) -> None:
        self.prompt.setMaxLength(LONGEST_PROMPT)
        self.prompt.setPlaceholderText(self.tr("how the text begins"))
        self.prompt.setAccessibleName(self.tr("Prompt"))
        self.prompt.setClearButtonEnabled(True)
        self.seed.setAccessibleName(self.tr("Seed"))
        self.seed.setToolTip(self.tr("The same seed draws the same characters from the same network"))
        self.seed.setFixedWidth(62)
        self.seed.show_number(self._seed)
        self.temperature.setToolTip(
            self.tr("Below 1, likely characters become even likelier; at 0, the likeliest is always chosen")
        )
        self.top_k.setToolTip(self.tr("Draw among this many of the likeliest characters"))
        self._again.setToolTip(self.tr("Write another text, with the next seed"))
        self._copy.setToolTip(self.tr("Copy the text"))
        set_look(self._legend, "muted")
        font = self._legend.font()
        font.setPointSizeF(font.pointSizeF() - 1.5)
        self._legend.setFont(font)
        self._legend.setText(self.tr("shaded: its own choice was unlikely"))
        self._legend.setWordWrap(True)
        width = max(self.temperature.name_width, self.top_k.name_width)
        self.temperature.set_name_width(width)
        self.top_k.set_name_width(width)

    def _arrange(self) -> None:
        body = QVBoxLayout()
        body.setContentsMargins(_INSET, 0, _INSET, 0)
        body.setSpacing(6)
        for widget in (self.prompt, self.temperature, self.top_k):
            body.addWidget(widget)
        body.addWidget(self.page, 1)
        body.addWidget(self._area)
        body.addWidget(self.likeliest)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(8)
        column.addLayout(self._header())
        column.addLayout(body, 1)

    def _header(self) -> QHBoxLayout:
        header = QHBoxLayout()
        header.setContentsMargins(_INSET, 0, 0, 0)
        header.setSpacing(4)
        heading, seed = QLabel(self.tr("Write"), self), QLabel(self.tr("Seed"), self)
        set_look(heading, "heading")
        set_look(seed, "muted")
        seed.setBuddy(self.seed)
        header.addWidget(heading)
        header.addStretch(1)
        for widget in (seed, self.seed, self._copy, self._again):
            header.addWidget(widget)
        return header

    # Input from outside

    def set_prompt(self, prompt: str) -> None:
        """Set the prompt, which starts a new text."""
        self.prompt.setText(prompt)

    @Slot()
    def begin(self) -> None:
        """Start a new text after the prompt."""
        self._attempt += 1
        self._text, self._position = self.prompt.text(), 0
        self._written.clear()
        self._failure = ""
        self.page.show_parts([(self._text, 0.0)] if self._text else [])
        self.likeliest.show_shares((), sure=self._trained)
        self._refresh()
        self._ask()

    def rest(self) -> None:
        """Stop until `begin` is called."""
        self._attempt += 1
        self._next.stop()
        self.asked.emit(None)

    @Slot()
    def write_again(self) -> None:
        """Generate another text with the next seed."""
        self._set_seed(self._seed + 1)

    @Slot(object, bool)
    def _set_seed(self, seed: int, _stepped: bool = False) -> None:
        self._seed = seed
        self.seed.show_number(seed)
        self.begin()

    @Slot()
    def copy(self) -> None:
        """Copy the text to the clipboard."""
        QGuiApplication.clipboard().setText(self._text)

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show a `WrittenCharacter`; an `InferenceError` says why there is none."""
        if isinstance(answer, InferenceError):
            self.explain(answer.message)
        elif isinstance(answer, WrittenCharacter) and answer.question.attempt == self._attempt and not self._message:
            self._append(answer)

    def set_trained(self, trained: bool) -> None:
        """Set whether the network is trained; an untrained one generates text by chance."""
        if trained != self._trained:
            super().set_trained(trained)
            self.begin()

    def set_message(self, text: Message | str | None) -> None:
        """Set the reason why the network cannot generate text; None starts a new text if there was a reason."""
        before = self._message
        super().set_message(text)
        if before and not self._message:
            self.begin()

    # Implementation

    def _forget(self) -> None:
        self.rest()
        self._text = self.prompt.text()
        self.page.show_parts([(self._text, 0.0)] if self._text else [])
        self.likeliest.show_shares((), sure=self._trained)

    def _append(self, answer: WrittenCharacter) -> None:
        """Append the expected character; when the text is complete, a newer network answers the last question again."""
        if self._position >= LENGTH:
            self.likeliest.show_shares(answer.likeliest, sure=self._trained)
            if answer.version != self._ended_with and monotonic() - self._ended > AGAIN:
                self.begin()
            return
        if answer.question.position != self._position:
            return
        if self._failure:
            self._failure = ""
            self._refresh()
        self._text += answer.character
        self._written.append(answer.code)
        self._position += 1
        # The strongest tint is for the surprise of a uniform distribution.
        self.page.add(answer.character, -log(max(answer.probability, 1e-9)) / log(max(2, answer.alphabet)))
        self.likeliest.show_shares(answer.likeliest, sure=self._trained)
        if self._position == LENGTH:
            self._ended, self._ended_with = monotonic(), answer.version
        self._next.start()

    @Slot()
    def _ask(self) -> None:
        top = int(self.top_k.value)
        sampling = (self.temperature.value, top, self._seed)
        prompt, written = self.prompt.text(), tuple(self._written)
        self.asked.emit(Question(self._text, self._position, *sampling, self._attempt, prompt, written))

    def _refresh(self) -> None:
        self._area.setCurrentIndex(1 if self._show_note() else 0)

    def _hint(self) -> str:
        if not self._trained:
            return self.tr("Not trained yet: its text is random. Press <b>Train</b> (Ctrl+R) and watch it learn.")
        return ""


def _field(name: str) -> FieldInfo:
    """A field of the experiment, whose bounds and words are meant here too."""
    return next(field for field in fields_of(Experiment) if field.name == name)
