"""Messages in the window: they stand until they are dismissed, answered or replaced."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.window.message_bar import LINES, MOST, MessageArea, MessageBar, Sentence


def area(qtbot: QtBot) -> MessageArea:
    made = MessageArea()
    qtbot.addWidget(made)
    return made


def test_a_message_stands_until_it_is_dismissed(qtbot: QtBot) -> None:
    messages = area(qtbot)
    messages.show_message("key", "error", "It broke.")
    assert messages.texts() == ("It broke.",)
    assert messages.isVisible()
    messages.findChild(MessageBar).closer.click()
    assert messages.texts() == ()
    assert messages.isHidden()


def test_a_message_of_the_same_key_replaces_the_earlier_one(qtbot: QtBot) -> None:
    messages = area(qtbot)
    messages.show_message("key", "error", "First.")
    messages.show_message("other", "hint", "Hint.")
    messages.show_message("key", "error", "Second.")
    assert messages.texts() == ("Hint.", "Second.")


def test_only_so_many_stand_at_a_time(qtbot: QtBot) -> None:
    messages = area(qtbot)
    for number in range(MOST + 2):
        messages.show_message(str(number), "error", str(number))
    assert messages.texts() == ("2", "3", "4")


def test_a_choice_is_made_once_and_the_message_goes(qtbot: QtBot) -> None:
    messages = area(qtbot)
    done: list[str] = []
    messages.show_message("key", "hint", "Do it?", [("Do it", lambda: done.append("done"))])
    qtbot.mouseClick(messages.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert done == ["done"]
    assert messages.texts() == ()


def test_a_message_that_stays_is_not_covered_by_a_later_hint(qtbot: QtBot) -> None:
    messages = area(qtbot)
    messages.show_message("kept", "hint", "Not used.", [("Go on", lambda: None)], stays=True)
    for key, kind, front in (("verdict", "hint", "Not used."), ("broken", "error", "Broken.")):
        messages.show_message(key, kind, {"verdict": "Nearly all right.", "broken": "Broken."}[key])
        shown = [bar.label.words for bar in messages.findChildren(MessageBar) if not bar.isHidden()]
        assert shown == [front]
    messages.dismiss("broken")
    messages.dismiss("kept")
    assert messages.texts() == ("Nearly all right.",)


def test_escape_dismisses(qtbot: QtBot) -> None:
    messages = area(qtbot)
    messages.show_message("key", "hint", "A hint.")
    qtbot.keyClick(messages.findChild(MessageBar).closer, Qt.Key.Key_Escape)
    assert messages.texts() == ()


def test_a_sentence_that_is_cut_ends_in_an_ellipsis_that_is_seen(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    sentence = Sentence("", around)
    around.show()
    for width in range(150, 400, 10):
        sentence.resize(width, 100)
        sentence.say("The recipe was changed since: the verdict speaks of the run before. Train again. " * 9)
        assert sentence.text().endswith("…")
        lines = QLabel.heightForWidth(sentence, width)  # as it is drawn
        assert lines <= LINES * sentence.fontMetrics().lineSpacing() + 2


def test_no_line_ends_between_a_number_and_its_per_cent(qtbot: QtBot) -> None:
    messages = area(qtbot)
    messages.show_message("key", "hint", "97.50 % are right.")
    assert messages.findChild(Sentence).text() == "97.50\N{NO-BREAK SPACE}% are right."
    assert messages.texts() == ("97.50 % are right.",)
