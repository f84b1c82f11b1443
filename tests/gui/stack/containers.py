"""A document with containers in containers, and how its stack is written in letters."""

from __future__ import annotations

from playground.gui.session.document import Document
from playground.gui.stack.view import StackView
from playground.spec.container import Container
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Parallel, Repeat, Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.pooling import MaxPool2d
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten

LETTERS = {Conv2d: "C", ReLU: "R", BatchNorm: "B", MaxPool2d: "M", Flatten: "F", Linear: "L", Dropout: "D"}


def stack(*layers: Layer) -> Stack:
    return Stack(layers=layers)


def drawn(layers: tuple[Layer, ...]) -> str:
    text = ""
    for layer in layers:
        inner = "|".join(drawn(branch.layers) for branch in layer.branches) if isinstance(layer, Container) else ""
        text += f"[{inner}]" if isinstance(layer, Container) else LETTERS[type(layer)]
    return text


def nested_document() -> Document:
    """C[CBR]M[[R]|]FL: a Residual, and a Parallel with a Repeat in one branch and nothing in the other."""
    conv = Conv2d(out_channels=4, padding=1)
    layers = (
        conv,
        Residual(branches=(stack(conv.model_copy(), BatchNorm(), ReLU()),)),
        MaxPool2d(),
        Parallel(branches=(stack(Repeat(branches=(stack(ReLU()),))), stack())),
        Flatten(),
        Linear(out_features=10),
    )
    return Document(Experiment(stack=stack(*layers)))


def shown(view: StackView) -> list[str]:
    return [view.stack.block(row).name for row in range(1, view.stack.rowCount())]
