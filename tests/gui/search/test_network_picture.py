"""The small drawing of a network: its bars, in the row of a trial and in the tool tip of a point."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QTextDocument

from playground.gui.search.network_picture import network_bars, picture_html
from playground.gui.search.window import SearchWindow
from playground.gui.style.theme import DARK
from playground.spec.files.presets import preset
from playground.spec.layer import Kind
from tests.gui.search.conftest import FEW, tell, trial


def test_bars_are_as_wide_as_layers_have_units() -> None:
    first, last = network_bars(FEW)
    assert (first.kind, last.kind) == (Kind.DENSE, Kind.DENSE)
    assert first.share == 1.0
    assert last.share == pytest.approx(0.12 + 0.88 / 3)  # 2 of 8 units, by logarithms
    assert [bar.text for bar in (first, last)] == ["Linear: 8", "Linear: 2"]


def test_pictures_have_channels() -> None:
    bars = network_bars(preset("fast-cnn").experiment)
    assert bars[0].kind is Kind.CONVOLUTION
    assert bars[0].text == "Conv2d: 16"


def test_the_chosen_trial_shows_its_network(window: SearchWindow) -> None:
    tell(window, trial(0, 0.9, 300), trial(20, 0.8, 400))
    assert window.trial.picture.isHidden()
    window.choose(20)
    assert [bar.text for bar in window.trial.picture.bars] == ["Linear: 22", "Linear: 2"]
    assert not window.trial.picture.isHidden()
    image = window.trial.picture.grab().toImage()
    kind = DARK.kind(Kind.DENSE)
    light = image.pixelColor(image.width() // 2, image.height() // 2)
    assert light.hue() == pytest.approx(kind.hue(), abs=12)


def test_a_point_of_the_front_shows_its_network_in_its_tip(window: SearchWindow) -> None:
    tell(window, trial(0, 0.9, 300), trial(20, 0.8, 400))
    window.grab()
    scatter = window.front._dots.scatter
    (point,) = [item for item in scatter.points() if item.data() == 20]
    tip = scatter.opts["tip"](x=point.pos().x(), y=point.pos().y(), data=point.data())
    assert QPointF(point.pos()).y() == 80.0
    document = QTextDocument()
    document.setHtml(tip)
    assert document.toPlainText().startswith("Trial 20: Validation score 80.00 %, Parameters 400")
    assert document.size().height() > 84.0  # the picture is in it


def test_a_tip_without_a_network_has_its_words(qapp: object) -> None:
    assert "&lt;b&gt;" in picture_html((), "<b>", DARK)
