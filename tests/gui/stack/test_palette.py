"""A layer is found in a few letters and inserted without the mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from playground.gui.stack.clipboard import clipping_of
from playground.gui.stack.layer_search import ranked
from playground.gui.stack.palette import Palette
from playground.gui.stack.palette_model import PaletteModel, PaletteRole
from playground.gui.stack.view import StackView
from playground.spec.check.insertion_points import InsertionPoint
from playground.spec.check.shapes import walk
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Section, Shape, Stack, Tokens
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.reshaping import Reshape
from playground.spec.layers.shape import Flatten

KEY = Qt.Key


@pytest.fixture
def palette(qtbot: QtBot) -> Palette:
    made = Palette()
    qtbot.addWidget(made)
    made.resize(200, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


def shown(model: PaletteModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("conv", "Conv2d"),
        ("dense", "Linear"),
        ("bn", "BatchNorm"),
        ("max pool", "MaxPool2d"),
        ("GELU", "GELU"),
        ("recurrent", "RNN"),
        ("transformer", "TransformerBlock"),
        ("attention", "SelfAttention"),
        ("patch", "Patches"),
        ("embedding", "Embedding"),
        ("vae", "GaussianLatent"),
    ],
)
def test_a_few_letters_name_a_layer(query: str, first: str) -> None:
    assert ranked(Layer.members(), query)[0].label == first


def test_nothing_fits_nonsense() -> None:
    assert ranked(Layer.members(), "qqq") == ()


def test_every_layer_stands_in_its_section(palette: Palette) -> None:
    model = palette.model
    section, found = "", []
    for row in range(model.rowCount()):
        member = model.member(row)
        if member is None:
            section = model.index(row).data()
        else:
            assert member.section == section
            found.append(member)
    assert sorted(member.id for member in found) == sorted(member.id for member in Layer.members())
    assert [name for name in shown(model) if name in list(Section)] == [
        name for name in Section if name in shown(model)
    ]


@pytest.mark.parametrize(("data", "last"), [((1, 28, 28), "Attention"), (Tokens(64, vocabulary=65), "Image")])
def test_what_is_made_for_the_data_stands_first(palette: Palette, data: Shape, last: str) -> None:
    palette.show_suiting(data)
    sections = [name for name in shown(palette.model) if name in list(Section)]
    assert sorted(sections) == sorted({member.section for member in Layer.members()})
    assert sections[-1] == last
    assert sections[0] == "Core"
    assert shown(palette.model)[1:3] == ["Linear", "Flatten"]


def test_qt_finds_nothing_wrong(palette: Palette, qtmodeltester: object) -> None:
    qtmodeltester.check(palette.model)
    palette.search.setText("conv")
    palette.search.setText("")


def test_typing_and_enter_insert_behind_the_selection(
    palette: Palette, view: StackView, names: Callable[[], list[str]], qtbot: QtBot
) -> None:
    palette.chosen.connect(view.insert)
    view.select_rows(1, 1)
    palette.focus_search()
    qtbot.keyClicks(palette.search, "drop")
    qtbot.keyClick(palette.search, KEY.Key_Return)
    assert names()[:2] == ["Conv2d", "Dropout"]
    qtbot.keyClicks(palette.search, "avg")  # replaces what was typed before
    qtbot.keyClick(palette.search, KEY.Key_Down)
    qtbot.keyClick(palette.search, KEY.Key_Return)
    assert names()[2] == ranked(Layer.members(), "avg")[1].label


def test_escape_clears_and_gives_the_keyboard_back(palette: Palette, qtbot: QtBot) -> None:
    palette.list.setFocus()
    qtbot.waitUntil(palette.list.hasFocus)
    palette.focus_search()
    qtbot.keyClicks(palette.search, "conv")
    qtbot.keyClick(palette.search, KEY.Key_Escape)
    assert palette.search.text() == ""
    assert palette.list.hasFocus()


def test_escape_where_what_had_the_keyboard_is_gone(palette: Palette, qtbot: QtBot) -> None:
    field = QLineEdit(palette)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    palette.focus_search()
    delete(field)
    qtbot.keyClick(palette.search, KEY.Key_Escape)  # pytest-qt fails where a slot raises
    palette.focus_search()
    qtbot.waitUntil(palette.search.hasFocus)


def test_enter_without_a_choice_inserts_nothing(palette: Palette, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(palette.search, KEY.Key_Return)
        qtbot.keyClicks(palette.search, "qqq")
        qtbot.keyClick(palette.search, KEY.Key_Return)


def test_a_double_click_chooses(palette: Palette, qtbot: QtBot) -> None:
    place = palette.list.visualRect(palette.model.index(1)).center()
    with qtbot.waitSignal(palette.chosen) as told:
        qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    member = palette.model.member(1)
    assert member is not None
    assert told.args == [member()]


def test_what_is_dragged_out_is_that_layer(palette: Palette) -> None:
    (layer,) = clipping_of(palette.model.mimeData([palette.model.index(1)])).layers
    member = palette.model.member(1)
    assert member is not None
    assert layer == member()


def place(*layers: Layer, at: int, data: Dataset | None = None) -> InsertionPoint:
    experiment = Experiment(stack=Stack(layers=layers), data=data or MNIST())
    return InsertionPoint(experiment, walk(experiment.stack, experiment.data.sample_shape), (at,))


def fits(palette: Palette) -> dict[str, bool]:
    """Whether each layer fits, by its name."""
    indices = map(palette.model.index, range(palette.model.rowCount()))
    return {index.data(): index.data(PaletteRole.FITS) for index in indices}


def test_layers_that_would_not_fit_are_told_apart(palette: Palette) -> None:
    palette.show_fitting(place(Flatten(), Linear(out_features=10), at=2))
    assert fits(palette)["Linear"] is True
    assert fits(palette)["Conv2d"] is False
    palette.grab()


@pytest.mark.parametrize(
    ("layers", "at", "name", "said"),
    [
        ((Flatten(), Linear(out_features=10)), 2, "Conv2d", "receives a vector of 10. Drop it before Flatten."),
        ((Conv2d(), Flatten(), Linear(out_features=10)), 1, "Linear", "26 × 26. Drop it behind Flatten."),
        ((Flatten(), Linear(out_features=10)), 2, "Embedding", "Embedding reads codes, but receives a vector of 10."),
    ],
)
def test_why_a_layer_does_not_fit_is_told_and_where_it_does(
    palette: Palette, layers: tuple[Layer, ...], at: int, name: str, said: str
) -> None:
    palette.show_fitting(place(*layers, at=at))
    index = next(index for index in map(palette.model.index, range(palette.model.rowCount())) if index.data() == name)
    for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
        assert index.data(role).endswith(said)


def test_what_fits_says_nothing_more_than_what_it_does(palette: Palette) -> None:
    palette.show_fitting(place(Flatten(), at=1))
    (index,) = (item for item in map(palette.model.index, range(palette.model.rowCount())) if item.data() == "Linear")
    assert index.data(Qt.ItemDataRole.ToolTipRole) == Linear.help


def test_in_a_language_model_so_are_layers_that_look_ahead(palette: Palette) -> None:
    palette.show_fitting(place(Reshape(first=49, second=16), at=1))
    assert fits(palette)["Conv1d"] is True
    palette.show_fitting(place(Embedding(), at=1, data=Shakespeare()))
    after = fits(palette)
    assert (after["Conv1d"], after["LSTM"], after["TransformerBlock"]) == (False, True, True)


def test_so_they_are_where_the_same_shape_arrives(palette: Palette) -> None:
    palette.show_fitting(place(Reshape(first=28, second=28), at=1))
    assert fits(palette)["Conv1d"] is True
    palette.show_fitting(place(Embedding(embedding_dim=28), at=1, data=Shakespeare(context=28)))
    assert fits(palette)["Conv1d"] is False


def test_where_it_would_fit_is_asked_of_the_layer_as_it_would_be_inserted(palette: Palette) -> None:
    """A TransformerBlock that looks ahead would fit nowhere in a language model."""
    palette.show_fitting(place(Embedding(), Linear(out_features=65), at=0, data=Shakespeare()))
    rows = map(palette.model.index, range(palette.model.rowCount()))
    (block,) = (item for item in rows if item.data() == "TransformerBlock")
    assert block.data(PaletteRole.FITS) is False
    assert block.data(Qt.ItemDataRole.ToolTipRole).endswith("Drop it behind Embedding.")


def test_elsewhere_layers_are_made_as_they_are_declared(palette: Palette) -> None:
    palette.show_fitting(place(Reshape(first=28, second=28), at=1))
    made = filter(None, map(palette.model.made, range(palette.model.rowCount())))
    assert all(layer == type(layer)() for layer in made)


def test_another_place_is_painted_at_once(palette: Palette, qtbot: QtBot) -> None:
    palette.show_fitting(place(Flatten(), at=0))
    with qtbot.waitSignal(palette.model.dataChanged):
        palette.show_fitting(place(Flatten(), at=1))
    with qtbot.assertNotEmitted(palette.model.dataChanged):
        palette.show_fitting(place(Flatten(), Linear(), at=1))  # the same shape arrives there


@pytest.mark.parametrize(("name", "field", "value"), [("TransformerBlock", "causal", True), ("LSTM", "output", "all")])
def test_what_is_inserted_into_a_language_model_looks_back_alone(
    palette: Palette, qtbot: QtBot, name: str, field: str, value: object
) -> None:
    palette.show_fitting(place(Embedding(), at=1, data=Shakespeare()))
    with qtbot.waitSignal(palette.chosen) as told:
        qtbot.keyClicks(palette.search, name)
        qtbot.keyClick(palette.search, KEY.Key_Return)
    (layer,) = told.args
    assert layer.label == name
    assert getattr(layer, field) == value
    assert getattr(type(layer)(), field) != value
