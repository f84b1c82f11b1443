"""The legend calls what is added to the loss by its name."""

from __future__ import annotations

import pytest

from playground.gui.curves.entries import added_words
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.latent import GaussianLatent
from playground.spec.layers.shape import Flatten
from playground.spec.recipe import Recipe
from playground.spec.regularizers import L1L2, NoRegularizer, Regularizer


@pytest.mark.parametrize(
    ("layers", "regularizer", "word"),
    [
        ((), L1L2(l2=0.01), "penalty"),
        ((GaussianLatent(),), NoRegularizer(), "divergence"),
        ((GaussianLatent(),), L1L2(l2=0.01), "penalty + divergence"),
    ],
)
def test_what_is_added_to_the_loss_is_called_what_it_is(
    layers: tuple[Layer, ...], regularizer: Regularizer, word: str
) -> None:
    stack = Stack(layers=(Flatten(), *layers, Linear(out_features=10)))
    chosen = Experiment(stack=stack, recipe=Recipe(regularizer=regularizer))
    assert added_words(chosen) == word
