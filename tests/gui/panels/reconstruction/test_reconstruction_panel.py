"""Painted again: the drawing, the plane of a bottleneck of two numbers, and digits from its points."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QSlider
from pytestqt.qtbot import QtBot
from torch import nn

from playground.engine.build import build
from playground.engine.data.sources.mnist import read
from playground.gui.panels.reconstruction.inference import (
    ACROSS,
    LatentRange,
    Reconstruction,
    ReconstructionInference,
    ReconstructionRequest,
    plane,
)
from playground.gui.panels.reconstruction.view import ReconstructionView
from playground.gui.session.background import Background
from playground.gui.session.network_source import NetworkSource
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.latent import GaussianLatent
from playground.spec.layers.shape import Flatten
from playground.spec.layers.unflatten import Unflatten
from playground.spec.recipe.losses import BinaryCrossEntropy
from playground.spec.recipe.recipe import Recipe
from tests.slices import last_answer

PICTURE = np.random.default_rng(2).random((28, 28), np.float32)
ENDING = (Linear(out_features=784), Unflatten(channels=1, height=28, width=28))


def source(*middle: Layer) -> NetworkSource:
    stack = Stack(layers=(Flatten(), *middle, *ENDING))
    experiment = Experiment(data=ReconstructedMNIST(), stack=stack, recipe=Recipe(loss=BinaryCrossEntropy()))
    return NetworkSource(experiment, None, 3, trained=True)


def paint(
    painter: ReconstructionInference, network: nn.Sequential, chosen: NetworkSource, wish: ReconstructionRequest
) -> Reconstruction:
    return last_answer(painter(network, chosen, wish))


PLANE, WIDE = source(GaussianLatent(latent_features=2)), source(Linear(out_features=5))


@pytest.fixture
def view(qtbot: QtBot, background: Background) -> ReconstructionView:
    made = ReconstructionView(background)
    qtbot.addWidget(made)
    made.resize(318, 466)
    made.show()
    return made


def shown(view: ReconstructionView) -> str:
    """All that the view says now."""
    return " | ".join(label.text() for label in view.findChildren(QLabel) if label.isVisible())


def test_a_drawing_is_painted_again_as_the_network_means_it() -> None:
    network = build(PLANE.experiment)
    painted = paint(ReconstructionInference(), network, PLANE, ReconstructionRequest(PICTURE))
    with torch.inference_mode():
        expected = network.eval()(torch.from_numpy(PICTURE)[None, None]).sigmoid()[0, 0].numpy()
    assert painted.again == pytest.approx(expected, abs=1e-6)
    assert painted.point is None


def test_the_sheet_is_the_plane_and_a_point_is_what_stands_on_it() -> None:
    """In squares of equal probability: Kingma and Welling, 2013, figure 4."""
    network, painter = build(PLANE.experiment), ReconstructionInference()
    sheet = paint(painter, network, PLANE, ReconstructionRequest(None)).sheet
    assert sheet is not None
    assert sheet.shape == (560, 560)
    for row, column in ((0, 0), (3, 17), (19, 4)):
        point = plane()[row * ACROSS + column]
        tile = sheet[28 * row : 28 * row + 28, 28 * column : 28 * column + 28]
        assert paint(painter, network, PLANE, ReconstructionRequest(None, point)).point == pytest.approx(tile, abs=1e-5)
    assert plane()[0] == (0.025, 0.975)  # the second number grows upwards


def test_a_drawing_is_answered_before_the_plane_is_painted_anew_and_the_plane_goes_on_after_it() -> None:
    wide = source(GaussianLatent(latent_features=2), Linear(out_features=2000))
    network, painter = build(wide.experiment), ReconstructionInference()
    old = paint(painter, network, wide, ReconstructionRequest(PICTURE)).sheet
    with torch.no_grad():
        network[-2].bias.add_(1.0)
    newer = NetworkSource(wide.experiment, None, 4, trained=True)
    slices = painter(network, newer, ReconstructionRequest(PICTURE))
    first = next(slices)
    assert first is not None
    assert first.sheet is old
    expected = paint(ReconstructionInference(), network, newer, ReconstructionRequest(PICTURE))
    assert first.again == pytest.approx(expected.again)
    next(slices)  # a piece of the plane, then something else is drawn
    left = len(painter._plane)
    assert left > 0
    *_, last = painter(network, newer, ReconstructionRequest(1 - PICTURE))
    assert last is not None
    assert last.sheet == pytest.approx(expected.sheet)
    assert len(painter._pieces) == left + 1  # none was painted twice


def test_a_bottleneck_without_a_distribution_reaches_as_far_as_digits_do() -> None:
    painted = paint(ReconstructionInference(), build(WIDE.experiment), WIDE, ReconstructionRequest(PICTURE, (0.5, 0.0)))
    assert painted.sheet is None
    assert painted.bottleneck is not None
    assert painted.bottleneck.width == 5
    assert painted.code is not None
    assert all(0.0 <= share <= 1.0 for share in painted.code)
    assert painted.point is not None


@pytest.mark.parametrize("span", [LatentRange(-2.0, 3.0), LatentRange(0.0, 1.0, gaussian=True)])
def test_shares_and_values_are_each_others_reverse(span: LatentRange) -> None:
    for share in (0.01, 0.3, 0.5, 0.99):
        assert span.share(span.value(share)) == pytest.approx(share)
    assert abs(span.value(1.0)) < 4.0


def test_a_network_without_a_vector_paints_the_drawing_alone() -> None:
    stack = Stack(layers=(Conv2d(out_channels=1, padding=1),))
    experiment = Experiment(data=ReconstructedMNIST(), stack=stack, recipe=Recipe(loss=BinaryCrossEntropy()))
    painted = paint(
        ReconstructionInference(),
        build(experiment),
        NetworkSource(experiment, None, 0, trained=False),
        ReconstructionRequest(PICTURE, (0.5, 0.5)),
    )
    assert painted.again is not None
    assert painted.bottleneck is painted.sheet is painted.point is None


def answer(view: ReconstructionView, chosen: NetworkSource) -> Reconstruction:
    painted = paint(ReconstructionInference(), build(chosen.experiment), chosen, view.request())
    view.show_answer(painted)
    return painted


def test_the_view_shows_the_plane_and_asks_for_points_on_it(
    view: ReconstructionView, draw: Callable[..., None], qtbot: QtBot
) -> None:
    view.set_trained(True)
    wishes: list[ReconstructionRequest] = []
    view.asked.connect(wishes.append)
    draw(view.pad)
    assert wishes[-1].picture is view.pad.picture()
    answer(view, PLANE)
    assert view.map.isVisible()
    assert "GaussianLatent, 2 numbers" in shown(view)
    view.map.setFocus()
    QTest.keyClick(view.map, Qt.Key.Key_Up)
    assert wishes[-1].point is not None
    answer(view, PLANE)
    assert "painted from there" in shown(view)
    draw(view.pad)
    assert wishes[-1].point is None


def test_the_view_has_a_slider_for_each_number_of_a_wider_bottleneck(
    view: ReconstructionView, draw: Callable[..., None]
) -> None:
    wishes: list[ReconstructionRequest] = []
    view.asked.connect(wishes.append)
    draw(view.pad)
    painted = answer(view, WIDE)
    sliders = view.findChildren(QSlider)
    assert len(sliders) == 5
    assert painted.code is not None
    assert [slider.value() for slider in sliders] == [round(200 * share) for share in painted.code]
    assert wishes[-1].point is None  # to follow the drawing is not to be moved
    sliders[2].setValue(13)
    assert wishes[-1].point is not None
    assert wishes[-1].point[2] == 13 / 200


def _pixels(image: QImage) -> np.ndarray:
    return np.array([[image.pixelColor(x, y).value() for x in range(image.width())] for y in range(image.height())])


@pytest.mark.parametrize("middle", [Linear(out_features=5), GaussianLatent(latent_features=5)], ids=repr)
def test_a_slider_changes_its_own_number_alone(
    view: ReconstructionView, draw: Callable[..., None], middle: Layer
) -> None:
    """Beside plain torch; also where other numbers of the drawing lie beyond their sliders' ends."""
    chosen = source(middle)
    network, painter = build(chosen.experiment).eval(), ReconstructionInference()
    with torch.no_grad():
        for parameter in network[1].parameters():
            parameter.mul_(6)
    draw(view.pad)
    view.show_answer(paint(painter, network, chosen, view.request()))
    view.findChildren(QSlider)[2].setValue(60)
    view.show_answer(paint(painter, network, chosen, view.request()))
    picture = view.pad.picture()
    assert picture is not None
    with torch.no_grad():
        code = network[:2](torch.from_numpy(picture)[None, None])
        codes = network[:2](read(1, 0).test.cut(0, 300)[0])[:, 2]
        low, high = codes.min(), codes.max()
        gaussian = isinstance(middle, GaussianLatent)
        code[0, 2] = NormalDist().inv_cdf(0.3) if gaussian else low + 0.3 * (high - low)
        expected = network[2:](code).sigmoid()[0, 0].numpy()
    assert "painted from there" in shown(view) or "chance" in shown(view)
    assert np.abs(_pixels(view.painted._image) - 255 * expected).max() < 0.51


@pytest.mark.parametrize("middle", [Linear(out_features=5), GaussianLatent(latent_features=5)], ids=repr)
def test_numbers_beyond_the_range_stay_as_the_drawing_has_them(middle: Layer) -> None:
    chosen = source(middle)
    network, painter = build(chosen.experiment).eval(), ReconstructionInference()
    with torch.no_grad():
        for parameter in network[1].parameters():
            parameter.mul_(8)
        code = network[:2](torch.from_numpy(PICTURE)[None, None])
        shares = paint(painter, network, chosen, ReconstructionRequest(PICTURE)).code
        assert shares is not None
        assert min(shares) < 1e-3  # one number lies at the lower end, or beyond
        again = network[2:](code).sigmoid()[0, 0].numpy()
    assert paint(painter, network, chosen, ReconstructionRequest(PICTURE, shares)).point == pytest.approx(
        again, abs=1e-6
    )
    assert paint(painter, network, chosen, ReconstructionRequest(PICTURE, shares[:1])).point == pytest.approx(
        again, abs=1e-6
    )


def test_the_sheet_and_the_ring_are_those_of_plain_torch() -> None:
    """The first number grows to the right and the second upwards, both by the normal distribution's quantiles."""
    network = build(PLANE.experiment).eval()
    painted = paint(ReconstructionInference(), network, PLANE, ReconstructionRequest(PICTURE, (0.2, 0.7)))
    assert painted.sheet is not None
    assert painted.code is not None
    with torch.no_grad():
        means = network[1].moments(torch.from_numpy(PICTURE).flatten()[None])[0, :2]
        assert painted.code == pytest.approx(torch.distributions.Normal(0.0, 1.0).cdf(means).tolist(), abs=1e-6)
        for row, column in ((0, 0), (5, 12), (19, 3)):
            shares = torch.tensor([[(column + 0.5) / 20, 1 - (row + 0.5) / 20]])
            tile = network[2:](torch.distributions.Normal(0.0, 1.0).icdf(shares)).sigmoid()[0, 0].numpy()
            found = painted.sheet[28 * row : 28 * row + 28, 28 * column : 28 * column + 28]
            assert found == pytest.approx(tile, abs=1e-5)
        pointed = torch.distributions.Normal(0.0, 1.0).icdf(torch.tensor([[0.2, 0.7]]))
        assert painted.point == pytest.approx(network[2:](pointed).sigmoid()[0, 0].numpy(), abs=1e-5)


def test_a_code_that_is_no_number_lies_nowhere() -> None:
    network = build(WIDE.experiment)
    with torch.no_grad():
        network[1].bias.fill_(float("nan"))
    assert paint(ReconstructionInference(), network, WIDE, ReconstructionRequest(PICTURE, (0.5,))).code is None


def test_chance_loading_and_problems_are_said(view: ReconstructionView, draw: Callable[..., None]) -> None:
    view.set_loading(True)
    assert "loading PyTorch…" in shown(view)
    view.set_loading(False)
    draw(view.pad)
    answer(view, PLANE)
    assert "by chance" in shown(view)
    view.set_message("Mend the network first.")
    assert "Mend the network first." in shown(view)
    assert not view.map.isVisible()


def test_nothing_moves_when_what_is_painted_is_chance(
    view: ReconstructionView, draw: Callable[..., None], qtbot: QtBot
) -> None:
    before = view.pad.geometry(), view.painted.geometry()
    draw(view.pad)
    view._painted_words.setText("painted again, by chance, in words that take much room")
    view.layout().activate()
    assert (view.pad.geometry(), view.painted.geometry()) == before
    assert before[0].width() == before[1].width()
