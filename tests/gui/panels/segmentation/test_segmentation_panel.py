"""On a cluttered field: what is drawn is added to it, and each mask is compared with what is ink."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.gui.panels.pad.raster import field, inked
from playground.gui.panels.pad.strokes import Drawing, Image, Point, Stroke
from playground.gui.panels.segmentation.inference import MaskComparison, MaskPrediction, compared, mark_ink
from playground.gui.panels.segmentation.mask_view import FOUND, MISSED, MISTAKEN, coloured
from playground.gui.panels.segmentation.view import SegmentationView
from playground.gui.session.background import Background
from playground.gui.session.inference_thread import InferenceError
from playground.gui.session.network_source import NetworkSource
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.convolution import Conv2d
from playground.spec.messages import message
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe

CLUTTER = np.random.default_rng(3).random((56, 56), np.float32) * 0.3
LINE = Stroke((Point(0.25, 0.5), Point(0.75, 0.5)), width=1 / 28)
NOTHING = np.zeros((56, 56), bool)


@pytest.fixture
def view(qtbot: QtBot, background: Background) -> SegmentationView:
    made = SegmentationView(background)
    qtbot.addWidget(made)
    made.resize(318, 466)
    made.show()
    return made


def shown(view: SegmentationView) -> str:
    """All that the view says now."""
    return " | ".join(label.text() for label in view.findChildren(QLabel) if label.isVisible())


def test_a_field_stays_as_it_is_but_for_the_ink() -> None:
    ink = inked((LINE,))
    assert ink[28, 28] == 1.0
    assert ink[:26].max() == 0.0
    drawn = field(Drawing(Image(CLUTTER), (LINE,)))
    assert drawn is not None
    assert np.array_equal(drawn, np.maximum(CLUTTER, ink))
    assert np.array_equal(field(Drawing(Image(CLUTTER))), CLUTTER)
    assert field(Drawing()) is None


def test_rubbing_out_takes_clutter_and_ink_away() -> None:
    rubbed = field(Drawing(Image(CLUTTER), (LINE, Stroke(LINE.points, 0.2, erase=True))))
    assert rubbed is not None
    assert rubbed[26:30, 20:36].max() == 0.0
    assert np.array_equal(rubbed[:20], CLUTTER[:20])


def test_pixels_are_counted_and_coloured() -> None:
    truth, mask = NOTHING.copy(), NOTHING.copy()
    truth[0, :3], mask[0, 1:7] = True, True
    found = compared(mask, truth)
    assert found == MaskComparison(found=2, missed=1, mistaken=4)
    assert found.iou == pytest.approx(2 / 7)
    assert compared(NOTHING, NOTHING).iou is None
    image = coloured(mask, truth)
    assert [image.pixelColor(x, 0).name() for x in (0, 1, 3)] == [c.name() for c in (MISSED, FOUND, MISTAKEN)]
    assert image.pixelColor(30, 30).lightness() == 0


def test_a_network_marks_where_ink_is_greater() -> None:
    experiment = Experiment(
        data=ClutteredMNIST(), stack=Stack(layers=(Conv2d(out_channels=2, kernel_size=1),)), recipe=Recipe(loss=MSE())
    )
    network = build(experiment)
    with torch.no_grad():  # ink: x - 0.5, background: 0.5 - x
        network[0].weight.copy_(torch.tensor([-1.0, 1.0]).view(2, 1, 1, 1))
        network[0].bias.copy_(torch.tensor([0.5, -0.5]))
    picture = np.random.default_rng(1).random((56, 56), np.float32)
    marking = mark_ink(network, NetworkSource(experiment, None, 7, trained=True), picture)
    assert np.array_equal(marking.mask, picture > 0.5)
    assert (marking.version, marking.trained) == (7, True)


def test_what_is_drawn_is_the_truth(view: SegmentationView, draw: Callable[..., None]) -> None:
    asked: list[np.ndarray] = []
    view.asked.connect(asked.append)
    view.set_trained(True)
    assert "Preparing the clutter" in shown(view)
    view.set_clutter(CLUTTER)
    assert np.array_equal(asked[-1], CLUTTER)
    draw(view.pad)
    ink = inked(view.pad.drawing.strokes) >= 0.5
    view.show_answer(MaskPrediction(ink, 1, True))
    assert "100.00 %" in shown(view)
    assert f"found: {ink.sum()}" in shown(view)
    view.show_answer(MaskPrediction(NOTHING, 1, True))
    assert f"missed: {ink.sum()}" in shown(view)
    assert "0 %" in shown(view)


def test_without_ink_there_is_no_share_of_it(view: SegmentationView) -> None:
    view.set_trained(True)
    view.set_clutter(CLUTTER)
    view.show_answer(MaskPrediction(NOTHING, 1, True))
    assert "No ink, and none is marked" in shown(view)
    assert "%" not in shown(view)


def test_clearing_comes_back_to_the_clutter_and_can_be_undone(
    view: SegmentationView, draw: Callable[..., None]
) -> None:
    view.set_clutter(CLUTTER)
    assert not view.pad.commands.clear.isEnabled()
    draw(view.pad)
    drawn = view.pad.picture()
    view.pad.clear()
    assert np.array_equal(view.pad.picture(), CLUTTER)
    view.pad.undo()
    assert np.array_equal(view.pad.picture(), drawn)


def test_of_a_field_of_the_test_set_the_truth_is_known_and_of_a_pasted_picture_not(view: SegmentationView) -> None:
    view.set_trained(True)
    mask = NOTHING.copy()
    mask[10:20, 10] = True
    view.show_field(CLUTTER, mask)
    view.show_answer(MaskPrediction(mask, 1, True))
    assert "100.00 %" in shown(view)
    view.pad.show_image(Image(CLUTTER))
    view.show_answer(MaskPrediction(mask, 1, True))
    assert "%" not in shown(view)
    assert "marked: 10" in shown(view)


def test_chance_loading_problems_and_failures_are_said(view: SegmentationView, draw: Callable[..., None]) -> None:
    view.set_clutter(CLUTTER)
    assert "not been trained" in shown(view)
    draw(view.pad)
    view.show_answer(MaskPrediction(NOTHING, 0, False))
    assert "by chance" in shown(view)
    view.set_loading(True)
    assert "loading PyTorch…" in shown(view)
    view.set_loading(False)
    view.show_answer(InferenceError(message("It was {what}.", what="too hard")))
    assert "It was too hard." in shown(view)
    draw(view.pad)
    view.set_message(message("Mend the network first."))
    assert "Mend the network first." in shown(view)
