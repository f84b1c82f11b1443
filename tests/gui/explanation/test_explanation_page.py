"""The tab Why: right figures for the drawing, the class in question and the layer, and changes that keep their word."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.gui.explanation.change_view import ChangeView
from playground.gui.explanation.inference import ChangeQuestion, change
from playground.gui.explanation.layer_choice import LayerChoice, usual_layer
from playground.gui.explanation.outline import outline
from playground.gui.explanation.page import WhyPage
from playground.gui.panels.digits.inference import network_input
from playground.gui.panels.digits.panel import DigitsPanel
from playground.gui.panels.layer_probe import Example
from playground.gui.panels.picture.panel import PicturePanel
from playground.gui.panels.sign.view import SignView
from playground.gui.panels.why_menu import CHANGE, LATEST
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import TestSample as PickedSample
from playground.gui.start.program import Program
from playground.spec.attribution_methods import METHODS, method_named
from playground.spec.datasets.downloads import CIFAR10
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe
from tests.gui.explanation.conftest import WITHIN, Asked
from tests.gui.panels.conftest import FIVE

LINEAR = Experiment(name="L", data=MNIST(), stack=Stack(layers=(Flatten(), Linear(out_features=10))), recipe=Recipe())
_CONVOLUTIONS = (Conv2d(out_channels=3), ReLU(), Conv2d(out_channels=2), ReLU())
CONVOLUTIONS = LINEAR.model_copy(update={"stack": Stack(layers=(*_CONVOLUTIONS, *LINEAR.stack.layers))})


def drawn(program: Program) -> np.ndarray:
    """Draw a five with the mouse; what the network sees."""
    assert program.task is not None
    panel = program.task.panel
    assert isinstance(panel, DigitsPanel)
    pad = panel.drawing.pad
    side = pad.square().width()
    places = [QPoint(round(x * side), round(y * side)) for x, y in FIVE]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(pad, place)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=places[-1])
    picture = pad.picture()
    assert picture is not None
    return picture


def words(page: WhyPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def wait(qtbot: QtBot, page: WhyPage, method: str, target: int | None = None) -> np.ndarray:
    """The explanation with that method, once it is shown."""

    def shown() -> bool:
        answer = page.answer
        asked = None if answer is None else (answer.question.method.function, answer.question.target)
        return asked == (method, target) and answer.question.example is page.explainer.example

    qtbot.waitUntil(shown, timeout=WITHIN)
    assert page.answer is not None
    return page.answer.values


def test_of_a_linear_network_the_pixels_times_the_weights_are_shown_for_any_class(
    qtbot: QtBot, ready: Program, asked: Asked
) -> None:
    page = asked(LINEAR, "input_times_gradient")
    qtbot.waitUntil(lambda: "Draw, write or show something" in words(page))
    picture = drawn(ready)
    values = wait(qtbot, page, "input_times_gradient")
    layer = build(LINEAR)[-1]
    weights, biases = layer.weight.detach().numpy().reshape(10, 28, 28), layer.bias.detach().numpy()
    outputs = (weights * picture).sum((1, 2)) + biases
    best = int(outputs.argmax())
    assert values == pytest.approx(weights[best] * picture, abs=1e-6)
    assert page.why.title.text() == f"Why {best}?"
    assert f"Output of {best} before softmax: {outputs[best]:.4g}".replace("-", "−") in words(page)
    share = np.exp(outputs[best]) / np.exp(outputs).sum()
    assert f"read as {best}, {100 * share:.0f} %" in words(page)

    assert "not been trained yet" in words(page)

    other = (best + 1) % 10
    page.header.targets.setCurrentIndex(other + 1)
    page.header.targets.activated.emit(other + 1)
    assert wait(qtbot, page, "input_times_gradient", other) == pytest.approx(weights[other] * picture, abs=1e-6)
    assert page.why.title.text() == f"Why not {other}?"
    assert page.why.scale.numbers[2] == f"+{np.abs(weights[other] * picture).max():.4g}"

    page.header.methods.activated.emit(METHODS.index(method_named("integrated_gradients")))
    values = wait(qtbot, page, "integrated_gradients", other)
    assert values.sum() == pytest.approx(outputs[other] - biases[other], rel=1e-3)
    assert f"its output: {biases[other]:.4g}".replace("-", "−") in words(page)
    assert "Baseline: black, 0 in every pixel" in words(page)
    assert "100.0 % of the difference" in words(page)


def test_every_pixel_says_its_own_number(qtbot: QtBot, ready: Program, asked: Asked) -> None:
    page = asked(LINEAR, "gradient")
    drawn(ready)
    values = wait(qtbot, page, "gradient")
    square, area = page.why.map, page.why.map.area()
    told = square.words_at(area.left() + area.width() * 20.5 / 28, area.top() + area.height() * 3.5 / 28)
    assert told == f"Row 4, column 21: {values[3, 20]:.4g}".replace("-", "−")
    assert square.words_at(area.right() + 5, area.top()) == ""


def test_grad_cam_looks_at_the_chosen_layer(qtbot: QtBot, ready: Program, asked: Asked) -> None:
    assert [(choice.number, choice.size) for choice in LayerChoice.of(CONVOLUTIONS)] == [
        (1, (26, 26)),
        (2, (26, 26)),
        (3, (24, 24)),
        (4, (24, 24)),
    ]
    assert usual_layer(CONVOLUTIONS) == (3,)  # the activation of the last convolution
    assert usual_layer(LINEAR) is None
    page = asked(CONVOLUTIONS, "grad_cam")
    picture = drawn(ready)
    wait(qtbot, page, "grad_cam")
    assert page.header.layers.isVisible()
    assert page.header.layers.currentText().startswith("4 · ")
    page.header.layers.activated.emit(0)
    qtbot.waitUntil(lambda: page.answer is not None and page.answer.question.layer == (0,), timeout=WITHIN)
    assert page.answer is not None
    network = build(CONVOLUTIONS).eval()
    maps = network[0](torch.from_numpy(picture)[None, None]).detach().requires_grad_(True)
    outputs = network[1:](maps)
    (slopes,) = torch.autograd.grad(outputs[0].max(), maps)
    seen = (slopes.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True).relu()
    expected = torch.nn.functional.interpolate(seen, (28, 28), mode="bilinear")[0, 0]
    assert page.answer.values == pytest.approx(expected.detach().numpy(), abs=1e-5)
    assert page.why.scale.numbers[0] == "0"

    page.header.methods.activated.emit(0)
    assert not page.header.layers.isVisible()
    page = asked(LINEAR, "grad_cam")
    qtbot.waitUntil(lambda: "Grad-CAM needs a layer whose outputs are images." in words(page), timeout=WITHIN)


def test_every_method_is_in_the_menu_of_the_button(qtbot: QtBot, ready: Program, asked: Asked) -> None:
    page = asked(CONVOLUTIONS, LATEST)
    drawn(ready)
    assert ready.task is not None
    (button,) = [item for item in ready.task.findChildren(QToolButton) if item.isVisible() and "Why" in item.text()]
    menu = button.menu()
    assert menu is not None
    for method, action in zip(METHODS, menu.actions(), strict=False):
        action.trigger()
        assert wait(qtbot, page, method.function).shape == (28, 28)
        assert page.why.help.text() == method.help
        assert page.header.methods.currentText() == method.label


def test_the_reader_reads_the_changed_drawing_as_promised_and_undo_brings_the_drawing_back(
    qtbot: QtBot, ready: Program, asked: Asked
) -> None:
    page = asked(LINEAR, LATEST)
    ready.open_reader()
    qtbot.waitUntil(lambda: ready.run.pretrained, timeout=WITHIN)
    picture = drawn(ready)
    wait(qtbot, page, METHODS[0].function)
    assert page.answer is not None
    assert page.answer.answer == 5
    assert "not been trained yet" not in words(page)
    page.change.classes.setCurrentIndex(4)
    page.change.classes.activated.emit(4)
    qtbot.waitUntil(lambda: page.change.answer is not None, timeout=WITHIN)
    answer = page.change.answer
    assert answer is not None
    assert answer.found is not None
    assert np.array_equal(answer.picture, picture)
    added = float(np.clip(answer.found.picture - picture, 0, None).sum())
    erased = float(np.clip(picture - answer.found.picture, 0, None).sum())
    assert f"Add {added:.1f} and erase {erased:.1f} pixels" in page.change.words.text()
    assert f"{100 * (added + erased) / picture.sum():.0f} % of the ink" in page.change.words.text()

    page.change.button.click()
    assert ready.task is not None
    panel = ready.task.panel
    assert isinstance(panel, DigitsPanel)
    seen = panel.drawing.pad.picture()
    assert seen is not None
    assert np.array_equal(seen, answer.found.picture)
    digit = panel.drawing.findChild(type(panel.drawing._digit))
    qtbot.waitUntil(lambda: page.answer is not None and page.answer.answer == 3, timeout=WITHIN)
    qtbot.waitUntil(lambda: digit is not None and digit.whole == "3", timeout=WITHIN)
    assert not page.change.button.isEnabled() or not page.change.button.isVisible()  # it is of the drawing before
    qtbot.waitUntil(lambda: page.change.words.text() == "It is read as 3 already.", timeout=WITHIN)
    assert not page.change.button.isVisible()
    panel.drawing.pad.commands.undo.trigger()
    back = panel.drawing.pad.picture()
    assert back is not None
    assert np.array_equal(back, picture)


def test_the_explanation_follows_the_training_and_costs_nothing_while_hidden(
    qtbot: QtBot, ready: Program, asked: Asked
) -> None:
    short = LINEAR.model_copy(update={"data": MNIST(train_limit=640), "recipe": Recipe(epochs=1, device="cpu")})
    page = asked(short, "input_times_gradient")
    picture = drawn(ready)
    wait(qtbot, page, "input_times_gradient")
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.state is RunState.FINISHED, timeout=WITHIN)
    weights = ready.run.weights
    assert weights is not None
    assert weights.step == 20
    qtbot.waitUntil(lambda: page.answer is not None and page.answer.version == weights.step, timeout=WITHIN)
    assert page.answer is not None
    learned = weights.tensors["1.weight"].numpy().reshape(10, 28, 28)
    assert page.answer.values == pytest.approx(learned[page.answer.target] * picture, abs=1e-6)
    assert "not been trained yet" not in words(page)

    ready.results.pane.tabs.setCurrentIndex(0)
    assert not page.explainer.asks
    picture = drawn(ready)
    assert not page.explainer.asks
    ready.results.pane.show_page(page.parentWidget())
    wait(qtbot, page, "input_times_gradient")
    assert np.array_equal(page.answer.picture[0], picture)


def test_the_menu_searches_the_second_most_probable_class(qtbot: QtBot, ready: Program, asked: Asked) -> None:
    page = asked(LINEAR, LATEST)
    drawn(ready)
    wait(qtbot, page, METHODS[0].function)
    assert page.answer is not None
    second = int(np.argsort(page.answer.probabilities)[-2])
    assert page.change.words.text() == ""
    asked(LINEAR, CHANGE)
    assert page.change.classes.currentIndex() == second + 1
    qtbot.waitUntil(lambda: page.change.answer is not None, timeout=WITHIN)


def test_where_no_change_is_found_it_says_so(qtbot: QtBot) -> None:
    blind = build(LINEAR)
    for parameter in blind.parameters():
        parameter.data.zero_()
    picture = np.zeros((28, 28), np.float32)
    example = Example(picture, LINEAR.data, network_input, lambda _source, _content: None)
    source = NetworkSource(LINEAR, None, 0, trained=False)
    (answer,) = [found for found in change(blind, source, ChangeQuestion(example, 3)) if found is not None]
    assert answer.found is None
    window = QWidget()
    qtbot.addWidget(window)
    view = ChangeView(window)
    names = tuple("0123456789")
    view.show_classes(names, 3)
    view.show_answer(answer, names, takes=True)
    assert view.words.text() == "No change was found that makes it 3."
    assert view.button.isHidden()


def test_the_values_of_colours_are_added(qtbot: QtBot, ready: Program, asked: Asked) -> None:
    photographs = LINEAR.model_copy(update={"data": CIFAR10()})
    page = asked(photographs, "input_times_gradient")
    assert ready.task is not None
    assert isinstance(ready.task.panel, PicturePanel)
    inputs = np.linspace(0, 1, 3072, dtype=np.float32).reshape(3, 32, 32)
    ready.run.show_sample(PickedSample(photographs.data, inputs, np.int64(3), "test", 0))
    values = wait(qtbot, page, "input_times_gradient")
    weights = build(photographs)[-1].weight.detach().numpy().reshape(10, 3, 32, 32)
    pixels = np.rint(inputs * 255) / 255
    assert page.answer is not None
    assert values == pytest.approx((weights[page.answer.target] * pixels).sum(0), abs=1e-5)
    assert page.why.seen.isVisible()
    assert "The values of the colours are added up." in words(page)
    page.change.wanted.emit(4)
    qtbot.waitUntil(lambda: "grey pictures only" in words(page), timeout=WITHIN)


def test_the_outline_runs_between_ink_and_paper() -> None:
    picture = np.zeros((3, 4), np.float32)
    picture[1, 2] = 1
    assert sorted(outline(picture)) == [(2, 1, 2, 2), (2, 1, 3, 1), (2, 2, 3, 2), (3, 1, 3, 2)]
    picture[1, 3] = 0.6
    assert sorted(outline(picture)) == [
        (2, 1, 2, 2),
        (2, 1, 3, 1),
        (2, 2, 3, 2),
        (3, 1, 4, 1),
        (3, 2, 4, 2),
        (4, 1, 4, 2),
    ]


def test_a_sign_is_changed_exactly(qtbot: QtBot, ready: Program) -> None:
    view = SignView(ready.background)
    qtbot.addWidget(view)
    view.show_data(OwnPictures(side=16))
    changed = np.arange(256, dtype=np.float32).reshape(16, 16) / 255
    view.show_changed(changed)
    question = view._question()
    assert question is not None
    assert np.array_equal(question[0], np.arange(256, dtype=np.uint8).reshape(16, 16))
    assert view.pad.drawing.label is None
