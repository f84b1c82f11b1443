"""The description of a network for the inference thread, which builds a copy from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.engine.data.scaling import Scaling
from playground.engine.provenance import Derivation
from playground.spec.experiment import Experiment

if TYPE_CHECKING:
    from torch import Tensor

    from playground.engine.probes.interventions import Intervention
    from playground.gui.session.worker_mailbox import Weights


@dataclass(frozen=True, slots=True)
class NetworkSource:
    """A network's description; without weights it is the network before the first step."""

    experiment: Experiment
    weights: Mapping[str, Tensor] | None
    version: int  # the step after which these weights were current
    trained: bool
    scaling: Scaling | None = None  # of the data that it learned from, if there is one and it is known
    intervention: Intervention | None = None  # what is broken in it on purpose
    provenance: tuple[Derivation, ...] = ()  # see `Trained`

    @classmethod
    def of(cls, weights: Weights, intervention: Intervention | None = None, *, trained: bool = True) -> NetworkSource:
        """The network of published weights."""
        known = (weights.scaling, intervention, weights.provenance)
        return cls(weights.experiment, weights.tensors, weights.step, trained, *known)

    @classmethod
    def initial(cls, experiment: Experiment, intervention: Intervention | None = None) -> NetworkSource:
        """The network of an experiment before its first step."""
        return cls(experiment, None, 0, trained=False, intervention=intervention)

    def is_network_of(self, other: NetworkSource) -> bool:
        """Whether both describe the network of the same moment, so that it need not run for both."""
        pairs = (
            (self.experiment, other.experiment),
            (self.weights, other.weights),
            (self.intervention, other.intervention),
        )
        return all(own is its for own, its in pairs)
