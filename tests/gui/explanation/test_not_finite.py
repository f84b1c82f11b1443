"""A network that diverged gives no explanation, whatever the method and the kind of example: it says so."""

from __future__ import annotations

import pytest
import torch

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.probes.attributions import AttributionError
from playground.gui.explanation.inference import WhyQuestion
from playground.gui.explanation.kinds import explain_example
from playground.gui.panels.layer_probe import Example
from playground.gui.session.inference_thread import NetworkSource
from playground.spec.attribution_methods import OFFERED, SIMILAR, ExampleKind
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe

DIGITS = Experiment(data=MNIST(), stack=Stack(layers=(Flatten(), Linear(out_features=10))))
LENGTH = Experiment(
    data=Table(target="petal length"), stack=Stack(layers=(Linear(out_features=1),)), recipe=Recipe(loss=MSE())
)


@pytest.mark.parametrize(
    ("experiment", "kind", "content"),
    [(DIGITS, ExampleKind.PICTURE, None), (LENGTH, ExampleKind.ROW, (5.0, 3.5, 0.2, 0.0))],
)
def test_it_says_that_numbers_are_not_finite(experiment: Experiment, kind: ExampleKind, content: object) -> None:
    network = build(experiment)
    with torch.no_grad():
        network[-1].weight.fill_(float("nan"))
    scaling = load(experiment.data).scaling if kind is ExampleKind.ROW else None
    source = NetworkSource(experiment, dict(network.state_dict()), 7, True, scaling)
    inputs = torch.full((1, 1, 28, 28), 0.5)
    example = Example(content, experiment.data, lambda _source, _content: inputs, lambda *_: None)
    for method in OFFERED[kind]:
        if method is SIMILAR or method.layered:
            continue
        with pytest.raises(AttributionError, match="not finite"):
            list(explain_example(network, source, WhyQuestion(example, method, None, None)))
