"""The experiment: data, stack, recipe and seed, as one frozen value."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field

import playground.spec.datasets
import playground.spec.layers  # noqa: F401
from playground.spec.component import Component, component, integer, later, text
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.mnist import MNIST
from playground.spec.layer import Stack
from playground.spec.messages import tr_noop
from playground.spec.recipe.recipe import Recipe
from playground.spec.search.space import SearchSpace

LONGEST_NAME = 120


class Experiment(Component):
    """Everything that decides what a run does; two equal experiments on one machine give the same bits."""

    label: ClassVar[str] = tr_noop("Experiment")
    help: ClassVar[str] = tr_noop("The network, its data and how it is trained.")

    name: str = text("Untitled", tr_noop("Name"), tr_noop("The name in the window's title."), longest=LONGEST_NAME)
    about: str = text("", tr_noop("About"), tr_noop("A description, and something to try."), longest=4000)
    data: Dataset = component(MNIST(), tr_noop("Data"), tr_noop("The data that the network is trained on."))
    stack: Stack = component(Stack(), tr_noop("Stack"), tr_noop("The layers, in order."))
    recipe: Recipe = component(Recipe(), tr_noop("Recipe"), tr_noop("How it is trained."))
    seed: int = integer(
        0, tr_noop("Seed"), tr_noop("Seed of all random numbers; the same seed gives the same run."), ge=0, le=2**32 - 1
    )
    search: SearchSpace | None = Field(None, json_schema_extra=later(5))  # what a search may change
    # The confidence below which the trained network gives no answer: 0 answers always. Confidences are those of
    # `probabilities`; scores and losses count all samples, whatever it is.
    refuse_below: float = Field(
        0.0, strict=True, ge=0.0, le=1.0, json_schema_extra=later(6, label=tr_noop("Refuse below"))
    )

    @property
    def can_refuse(self) -> bool:
        """Whether the network gives one class for each sample, so that it can be unsure of it."""
        return self.data.task.classes is not None and self.data.task.positions == 1

    def refuses(self, confidence: float) -> bool:
        """Whether an answer of that confidence, the greatest probability in [0, 1], is not given."""
        return self.can_refuse and confidence < self.refuse_below

    def presented_as(self, other: Experiment) -> Self:
        """The same training, with what of another experiment no training depends on; search spaces stay."""
        return self.with_(name=other.name, about=other.about, refuse_below=other.refuse_below)
