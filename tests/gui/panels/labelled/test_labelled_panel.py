"""The panel for labelled texts: a text is asked about as it is typed, and its words are shaded by their effect."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from playground.engine.data.sources.labelled import inspect
from playground.gui.panels.labelled.inference import Classified
from playground.gui.panels.labelled.panel import LabelledPanel
from playground.gui.panels.labelled.view import LabelledView
from playground.gui.session.inference_thread import InferenceError
from playground.gui.start.program import Program
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.first_experiment import first_experiment
from playground.spec.messages import message

ANSWER = Classified("a lovely day", (0.2, 0.8), (("a", -1.0), (" ", 0.0), ("lovely", 4.0), (" ", 0.0), ("day", 0.0)))


@pytest.fixture
def reviews(tmp_path: Path) -> LabelledTexts:
    path = tmp_path / "reviews.csv"
    rows = [f"a {('lovely', 'awful')[n % 2]} day {n},{('good', 'bad')[n % 2]}" for n in range(40)]
    path.write_text("\n".join(["review,label", *rows]))
    return LabelledTexts.of_source(inspect(str(path)).source, LabelledTexts())


@pytest.fixture
def view(qtbot: QtBot, reviews: LabelledTexts) -> LabelledView:
    made = LabelledView()
    qtbot.addWidget(made)
    made.show_data(reviews)
    made.set_trained(True)
    return made


def test_a_text_is_asked_about_and_its_words_are_shaded(view: LabelledView) -> None:
    heard: list[object] = []
    view.asked.connect(heard.append)
    view.text.setPlainText(" a lovely day\n")
    assert heard == ["a lovely day"]
    view.show_answer(Classified("a lovely", (0.9, 0.1), (("a", 1.0),)))
    assert view.answer.text() == ""  # an answer to an earlier text
    view.show_answer(ANSWER)
    assert view.answer.text() == "good"
    assert view.page.toPlainText() == "a lovely day"
    assert [strength for _, strength in view.page.parts] == [-0.25, 0.0, 1.0, 0.0, 0.0]
    assert view.page.accessibleDescription() == "The answer depends most on “lovely”."
    view.text.setPlainText("")
    assert heard[-1] is None
    assert (view.answer.text(), view.page.toPlainText()) == ("", "")


def test_an_untrained_network_shades_nothing(view: LabelledView) -> None:
    view.set_trained(False)
    view.text.setPlainText("a lovely day")
    view.show_answer(ANSWER)
    assert view.page.toPlainText() == "a lovely day"
    assert {strength for _, strength in view.page.parts} == {0.0}
    assert view.page.accessibleDescription() == ""


def test_a_text_of_the_test_set_has_its_label_until_it_is_changed(view: LabelledView) -> None:
    view.show_sample("a lovely day", "bad")
    view.show_answer(ANSWER)
    assert view.truth.text() == "✗ Wrong. It is: bad"
    view.text.insertPlainText("x")
    assert view.truth.text() == ""


def test_what_is_not_read_and_what_is_wrong_is_said(view: LabelledView, reviews: LabelledTexts) -> None:
    assert "read are" not in view.legend.text()
    view.text.setPlainText("x" * (reviews.length + 1))
    assert f"read are the first {reviews.length}" in view.legend.text()
    view.show_answer(InferenceError(message("It cannot.")))
    assert view.note.text() == "It cannot."


def test_the_window_answers_a_typed_text_and_shows_one_of_the_test_set(
    ready: Program, qtbot: QtBot, reviews: LabelledTexts
) -> None:
    ready.document.load(first_experiment(reviews), None)
    assert ready.task is not None
    panel = ready.task.panel
    assert isinstance(panel, LabelledPanel)
    panel.shown.text.setPlainText("a lovely day")
    qtbot.waitUntil(lambda: panel.shown.answer.text() in ("good", "bad"), timeout=60_000)
    assert panel.shown.page.toPlainText() == "a lovely day"
    panel.shown.sample.click()
    qtbot.waitUntil(lambda: panel.shown.truth.text().endswith(("It is: good", "It is: bad")), timeout=60_000)
    assert panel.shown.text.toPlainText().startswith("a ")
