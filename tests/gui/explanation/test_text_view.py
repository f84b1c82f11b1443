"""The tab Why shows what the characters of a text counted, for the next character and for any position."""

from __future__ import annotations

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.inference.text_generation import last_window
from playground.engine.probes.text_attributions import blank_code
from playground.gui.explanation.heat_strip import HeatStrip
from playground.gui.panels.writing.panel import WritingPanel
from playground.gui.start.program import Program
from playground.spec.attribution_methods import ExampleKind, method_named
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.recipe.recipe import Recipe
from tests.gui.explanation.conftest import WITHIN, Asked

WRITES = Experiment(
    name="W",
    data=Shakespeare(context=12),
    stack=Stack(layers=(Embedding(embedding_dim=4), Linear(out_features=65))),
    recipe=Recipe(device="cpu"),
)
OCCLUSION = method_named("occlusion", ExampleKind.TEXT)


def test_the_characters_before_the_next_one_and_before_any_other_are_explained(
    qtbot: QtBot, ready: Program, asked: Asked
) -> None:
    page = asked(WRITES, "")
    assert ready.task is not None
    assert isinstance(ready.task.panel, WritingPanel)
    page.choose(OCCLUSION)
    qtbot.waitUntil(
        lambda: page.texts.answer is not None and page.texts.answer.question.method is OCCLUSION, timeout=WITHIN
    )
    answer = page.texts.answer
    assert answer is not None
    content = answer.question.example.content
    network, codes = build(WRITES), last_window(WRITES, content.text)
    last = len(answer.words) - 1
    with torch.no_grad():
        outputs = network(codes)[0, last]
    changed = codes.clone()
    changed[0, last] = blank_code(WRITES.data)
    with torch.no_grad():
        without = network(changed)[0, last]
    assert answer.values[last] == pytest.approx((outputs - without)[outputs.argmax()].item(), abs=1e-5)
    assert answer.found.output == pytest.approx(outputs.max().item(), rel=1e-5)
    assert answer.values[:-1] == (0.0,) * last  # this network sees the last character alone
    assert f"position {last + 1}?" in page.texts.title.text()

    page.texts.strip.chosen.emit(1)
    qtbot.waitUntil(lambda: "position 2?" in page.texts.title.text(), timeout=WITHIN)
    assert page.texts.answer is not None
    assert page.texts.answer.values[0] == 0.0
    assert "This window is kept." in page.texts.figures.text()
    page.texts.strip.chosen.emit(1)
    qtbot.waitUntil(lambda: page.texts.answer is not None and page.texts.answer.usual, timeout=WITHIN)


def test_every_character_says_its_number_to_the_mouse_and_to_the_keys(qtbot: QtBot) -> None:
    strip = HeatStrip(None)  # type: ignore[arg-type]
    qtbot.addWidget(strip)
    strip.resize(40, 100)
    strip.show_words(tuple("abcdefgh"), (0.5, -0.25, 0, 0, 0, 0, 0, 1.0), 7)
    assert strip.place_of(7).top() > strip.place_of(0).top()
    assert strip.word_at(strip.place_of(1).center()) == 1
    assert strip.told(1) == "“b”, position 2: −0.25"
    with qtbot.waitSignal(strip.pointed) as pointed:
        QTest.keyClick(strip, Qt.Key.Key_Left)
    assert pointed.args == ["“h”, position 8: 1"]
