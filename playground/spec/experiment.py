"""The experiment: data, stack, recipe and seed, as one frozen value."""

from __future__ import annotations

from typing import ClassVar

import playground.spec.datasets
import playground.spec.layers  # noqa: F401
from playground.spec.component import Component, integer, part, text
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.mnist import MNIST
from playground.spec.layer import Stack
from playground.spec.messages import mark
from playground.spec.recipe.recipe import Recipe

LONGEST_NAME = 120


class Experiment(Component):
    """Everything that decides what a run does; two equal experiments on one machine give the same bits."""

    label: ClassVar[str] = mark("Experiment")
    help: ClassVar[str] = mark("What is trained, on what, and how.")

    name: str = text("Untitled", mark("Name"), mark("What the window calls it."), longest=LONGEST_NAME)
    about: str = text("", mark("About"), mark("What to look at and what to try."), longest=4000)
    data: Dataset = part(MNIST(), mark("Data"), mark("What the network learns from."))
    stack: Stack = part(Stack(), mark("Stack"), mark("The layers, in order."))
    recipe: Recipe = part(Recipe(), mark("Recipe"), mark("How it is trained."))
    seed: int = integer(
        0, mark("Seed"), mark("Where all chance begins; the same seed gives the same run."), ge=0, le=2**32 - 1
    )
