"""The panel that writes: a text grows character by character, begins anew when asked to, and stays with its prompt."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.panels.writing import view as module
from playground.gui.panels.writing.inference import Question, WrittenCharacter
from playground.gui.panels.writing.next_character_bars import Likeliest
from playground.gui.panels.writing.page import Page
from playground.gui.panels.writing.panel import WritingPanel
from playground.gui.panels.writing.view import WritingView
from playground.gui.session.inference_thread import InferenceError
from playground.gui.start.program import Program
from playground.gui.style.theme import DARK, LIGHT, palette_of
from playground.spec.datasets.text import Shakespeare, TangPoems
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.messages import message


class Author:
    """Answers every question with the next letter of its text, at once."""

    def __init__(self, panel: WritingView, text: str = "abcdefghijklmnopqrstuvwxyz" * 40) -> None:
        self.panel, self.text, self.version = panel, text, 0
        self.asked: list[Question] = []
        panel.asked.connect(self.answer)

    def answer(self, question: Question) -> None:
        self.asked.append(question)
        letter = self.text[question.position % len(self.text)]
        self.panel.show_answer(WrittenCharacter(question, letter, 0.5, ((letter, 0.5), (" ", 0.25)), 65, self.version))


@pytest.fixture
def panel(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> WritingView:
    monkeypatch.setattr(module, "LENGTH", 20)
    made = WritingView()
    made._next.setInterval(0)
    qtbot.addWidget(made)
    made.set_trained(True)
    return made


def finished(qtbot: QtBot, panel: WritingView, text: str) -> None:
    qtbot.waitUntil(lambda: panel.page.toPlainText() == text)


def test_a_text_grows_behind_its_prompt_until_it_is_long_enough(panel: WritingView, qtbot: QtBot) -> None:
    author = Author(panel)
    panel.set_prompt("ROMEO:")
    finished(qtbot, panel, "ROMEO:abcdefghijklmnopqrst")
    assert [question.position for question in author.asked[-21:]] == list(range(21))
    assert author.asked[-1].text == "ROMEO:abcdefghijklmnopqrst"
    panel.copy()
    assert QGuiApplication.clipboard().text() == "ROMEO:abcdefghijklmnopqrst"


def test_a_changed_prompt_or_manner_begins_anew(panel: WritingView, qtbot: QtBot) -> None:
    author = Author(panel)
    panel.set_prompt("x")
    panel.temperature.slider.setValue(0)
    panel.top_k.slider.setValue(0)
    panel.write_again()
    finished(qtbot, panel, "xabcdefghijklmnopqrst")
    last = author.asked[-1]
    assert (last.temperature, last.top_k, last.seed) == (0.0, 1, 1)
    assert panel.seed.text() == "1"


def test_answers_that_come_twice_or_too_late_are_passed_over(panel: WritingView) -> None:
    heard: list[Question] = []
    panel.asked.connect(heard.append)
    panel.set_prompt("x")
    first = heard[-1]
    panel.show_answer(WrittenCharacter(first, "a", 0.5, (), 65, 1))
    panel.show_answer(WrittenCharacter(first, "b", 0.5, (), 65, 2))
    assert panel.page.toPlainText() == "xa"
    panel.set_prompt("y")
    panel.show_answer(WrittenCharacter(first, "c", 0.5, (), 65, 3))
    assert panel.page.toPlainText() == "y"


def test_a_network_that_has_learned_meanwhile_writes_again_after_a_while(
    panel: WritingView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = Author(panel)
    panel.set_prompt("x")
    finished(qtbot, panel, "xabcdefghijklmnopqrst")
    attempt, author.version = author.asked[-1].attempt, 5
    author.answer(author.asked[-1])
    assert author.asked[-1].attempt == attempt  # it has not stood long enough to be read
    monkeypatch.setattr(module, "AGAIN", 0.0)
    author.answer(author.asked[-1])
    assert author.asked[-1].attempt > attempt


def test_what_is_wrong_is_said_in_place_and_the_text_stays(panel: WritingView) -> None:
    panel.set_prompt("x")
    panel.show_answer(InferenceError(message("It cannot.")))
    assert panel.note.text() == "It cannot."
    panel.set_message("Mend it.")
    panel.set_loading(True)
    assert panel._area.currentIndex() == 1
    panel.begin()
    panel.set_message(None)
    assert "loading" in panel.note.text()
    panel.set_loading(False)
    assert panel._area.currentIndex() == 0
    panel.set_trained(False)
    assert "random" in panel.note.text()


def test_chinese_and_pasted_text_can_be_prompts(panel: WritingView) -> None:
    heard: list[Question] = []
    panel.asked.connect(heard.append)
    QGuiApplication.clipboard().setText("床前明月光，")
    panel.prompt.selectAll()
    panel.prompt.paste()
    assert heard[-1].text == "床前明月光，"
    panel.prompt.setText("x" * 5000)
    assert len(heard[-1].text) == module.LONGEST_PROMPT


def test_the_page_follows_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    page = Page("page")
    qtbot.addWidget(page)
    page.show_parts([("a", 0.0), ("b", 1.0)])
    colors = []
    for theme in (DARK, LIGHT):
        page.setPalette(palette_of(theme))
        cursor = page.textCursor()
        cursor.setPosition(2)
        colors.append(cursor.charFormat().background().color().name())
        cursor.setPosition(1)
        assert cursor.charFormat().background().style().name == "NoBrush"
    assert colors == [DARK.error, LIGHT.error]
    assert page.toPlainText() == "ab"


def test_bars_say_what_cannot_be_seen(qtbot: QtBot) -> None:
    bars = Likeliest()
    qtbot.addWidget(bars)
    bars.show_shares((("\n", 0.5), (" ", 0.25)), sure=True)
    assert bars.accessibleName() == "Likeliest next: ↵ 50.0 %, ␣ 25.0 %"
    bars.grab()


def test_a_network_writes_in_the_window(program: Program, qtbot: QtBot) -> None:
    data = Shakespeare(context=16)
    layers = (Embedding(embedding_dim=4), Linear(out_features=65))
    program.document.load(Experiment(data=data, stack=Stack(layers=layers)), None)
    assert program.task is not None
    task = program.task.panel
    assert isinstance(task, WritingPanel)
    program.run.load_torch()
    qtbot.waitUntil(lambda: len(task.writing.page.toPlainText()) > len("ROMEO:") + 3, timeout=30_000)
    assert task.writing.page.toPlainText().startswith("ROMEO:")
    assert "random" in task.writing.note.text()
    program.document.load(Experiment(data=TangPoems(context=16)), None)
    assert task.writing.prompt.text() == "床前明月光，"
    assert "problem" in task.writing.note.text()


def test_an_input_method_is_read_once_it_gives_its_text_over(panel: WritingView) -> None:
    panel.set_prompt("床")
    heard: list[Question] = []
    panel.asked.connect(heard.append)
    for composed in ("q", "qi", "qian"):
        QApplication.sendEvent(panel.prompt, QInputMethodEvent(composed, []))
    assert heard == []
    given = QInputMethodEvent()
    given.setCommitString("前")
    QApplication.sendEvent(panel.prompt, given)
    assert [question.text for question in heard] == ["床前"]


def test_nothing_that_was_written_stands_beside_a_problem(panel: WritingView) -> None:
    panel.set_prompt("a")
    heard: list[Question | None] = []
    panel.asked.connect(heard.append)
    panel.page.add("bcd", 0.5)
    panel.set_message("It cannot.")
    assert panel.page.toPlainText() == "a"
    assert heard == [None]
    panel.set_message(None)
    assert heard[-1] is not None
    assert heard[-1].text == "a"
