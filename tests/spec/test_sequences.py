"""Codes, sequences and images are told apart, and where one was meant to be another the fix makes it so."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch

from playground.engine.build import run
from playground.spec.check.shapes import output_of, walk
from playground.spec.container import Container
from playground.spec.layer import Layer, Shape, ShapeMismatch, Stack, Tokens, described
from playground.spec.layers.attention import SelfAttention
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.convolution1d import Conv1d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding, OneHot
from playground.spec.layers.normalization import LayerNorm
from playground.spec.layers.patches import Patches
from playground.spec.layers.permutation import Permute
from playground.spec.layers.pooling1d import MaxPool1d
from playground.spec.layers.recurrent import LSTM
from playground.spec.layers.reshaping import Reshape
from playground.spec.layers.rows import Rows
from playground.spec.layers.shape import Flatten

TEXT = Tokens(8, vocabulary=65)


def test_codes_are_no_vector_and_know_their_vocabulary() -> None:
    assert Tokens(8, vocabulary=65) == TEXT
    assert TEXT not in ((8,), Tokens(8, vocabulary=64), Tokens(9, vocabulary=65))
    assert TEXT != (8,)
    assert len({TEXT, Tokens(8, vocabulary=65), (8,)}) == 2
    for copied in (copy.deepcopy(TEXT), pickle.loads(pickle.dumps(TEXT)), eval(repr(TEXT))):
        assert copied == TEXT
        assert copied.vocabulary == 65


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (TEXT, "8 codes out of 65"),
        ((784,), "a vector of 784"),
        ((28, 64), "a sequence of 28 × 64"),
        ((1, 28, 28), "an image of 1 × 28 × 28"),
    ],
)
def test_shapes_are_named(shape: Shape, words: str) -> None:
    assert str(described(shape)) == words


@pytest.mark.parametrize(
    "member", [item for item in Layer.members() if not (item.reads_tokens or issubclass(item, Container))]
)
def test_every_layer_that_cannot_read_codes_asks_for_an_embedding(member: type[Layer]) -> None:
    with pytest.raises(ShapeMismatch) as found:
        output_of(member(), TEXT)
    assert found.value.before == Embedding()


@pytest.mark.parametrize("layer", [Embedding(), OneHot()])
@pytest.mark.parametrize("shape", [(8,), (8, 3), (1, 28, 28)])
def test_what_reads_codes_reads_nothing_else(layer: Layer, shape: Shape) -> None:
    with pytest.raises(ShapeMismatch) as found:
        output_of(layer, shape)
    assert found.value.before is None
    assert found.value.instead is None


def test_a_language_model_keeps_its_steps() -> None:
    layers = (Embedding(embedding_dim=16), LSTM(hidden_size=32, output="all"), LayerNorm(), Linear(out_features=65))
    assert [row.output for row in walk(Stack(layers=layers), TEXT)] == [(8, 16), (8, 32), (8, 32), (8, 65)]


@pytest.mark.parametrize(
    ("layer", "shape", "before"),
    [
        (LSTM(), (1, 28, 28), Rows()),
        (SelfAttention(), (1, 28, 28), Rows()),
        (LSTM(), (12,), Reshape(first=12, second=1)),
        (Conv1d(), (12,), Reshape(first=1, second=12)),
        (Conv1d(), (1, 28, 28), Rows()),
        (Conv1d(kernel_size=5), (28, 3), Permute()),
        (MaxPool1d(), (28, 1), Permute()),
        (Conv2d(), (28, 64), Reshape(first=1, second=28, third=64)),
        (Linear(), (1, 28, 28), Flatten()),
    ],
)
def test_what_was_probably_meant_is_offered(layer: Layer, shape: Shape, before: Layer) -> None:
    with pytest.raises(ShapeMismatch) as found:
        output_of(layer, shape)
    assert found.value.before == before
    assert output_of(layer, output_of(before, shape))


@pytest.mark.parametrize(
    ("layer", "shape", "instead"),
    [
        (SelfAttention(num_heads=5), (4, 12), SelfAttention(num_heads=4)),
        (Patches(patch_size=5), (1, 28, 28), Patches(patch_size=4)),
        (Reshape(first=3, second=7), (28,), Reshape(first=4, second=7)),
        (Reshape(first=3, second=5), (28,), Reshape(first=28, second=0)),
    ],
)
def test_a_setting_that_fits_is_offered(layer: Layer, shape: Shape, instead: Layer) -> None:
    with pytest.raises(ShapeMismatch) as found:
        output_of(layer, shape)
    assert found.value.instead == instead


def made(layer: Layer, image: torch.Tensor) -> torch.Tensor:
    for call in layer.calls(tuple(image.shape[1:])):
        image = run(call)(image)
    return image


def test_rows_and_columns_are_steps() -> None:
    image = torch.arange(24.0).reshape(1, 2, 3, 4)
    assert torch.equal(made(Rows(), image)[0, 1], torch.cat((image[0, 0, 1], image[0, 1, 1])))
    assert torch.equal(made(Rows(direction="columns"), image)[0, 3], torch.cat((image[0, 0, :, 3], image[0, 1, :, 3])))
    assert torch.equal(made(Rows(), image[:, :1])[0], image[0, 0])


def test_patches_are_read_row_by_row() -> None:
    torch.manual_seed(0)
    layer = Patches(patch_size=2, embedding_dim=3)
    modules = [run(call) for call in layer.calls((1, 4, 6))]
    image = torch.rand(1, 1, 4, 6)
    steps = image
    for module in modules:
        steps = module(steps)
    weights, bias = modules[0].weight.flatten(1), modules[0].bias
    squares = [image[0, 0, y : y + 2, x : x + 2].flatten() for y in (0, 2) for x in (0, 2, 4)]
    torch.testing.assert_close(steps[0], torch.stack([weights @ square + bias for square in squares]))
