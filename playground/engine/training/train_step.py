"""One training step: forward, loss, gradients, penalty, clipping and the optimizer."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

import torch
from torch import Tensor, nn

from playground.engine.build import BuildError, calls, enabled_rows, parts, trained_parameters
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.engine.probes.step_probe import StepProbe
from playground.engine.runtime.random_streams import RandomStream
from playground.engine.runtime.ranks import Ranks
from playground.engine.training.divergence import Evidence
from playground.engine.training.forward_backward import ForwardBackward
from playground.engine.training.optimizer_update import OptimizerUpdate
from playground.engine.training.penalty import Penalty, norm
from playground.engine.training.replay import Replayed
from playground.engine.training.shared_step import SharedForwardBackward
from playground.engine.training.snapshots import Terms
from playground.engine.training.stable_rate import sharpness
from playground.spec.call import Call
from playground.spec.check.output_problems import ALL_FROZEN, NO_WEIGHTS
from playground.spec.experiment import Experiment
from playground.spec.messages import message

_KEEP_EVERY = 8  # steps from one copy of the weights to the next: one for each costs a twentieth of a small step


class StepMemory(NamedTuple):
    """The memory of a training step besides tensors."""

    steps: int  # made so far
    kept_at: int  # after so many steps the weights were as those that are kept,
    verified_at: int  # and as those that were verified
    norm_at_start: float  # of the weights
    optimizer: tuple[str, ...]  # names of what the optimizer remembers of parameters, as torch calls it


class StepResult(NamedTuple):
    """The result of a step, computed before it changed anything."""

    loss: float  # data part, mean over the batch
    terms: Terms
    sums: tuple[float, ...]  # what the score is made of, see `Scoring`
    weight: float  # how much its loss counts beside that of other batches, see `Objective.weight`

    @property
    def finite(self) -> bool:
        """Whether the loss was finite; otherwise no step was made."""
        return isfinite(self.loss + sum(self.terms))


class TrainStep:
    """Trains a network batch by batch, and can restore recent weights with a finite loss.

    A step is two functions: `ForwardBackward`, and then `OptimizerUpdate`. Both are played back kernel by kernel where
    that gives the same bits, see `replay`.

    Chance in the network (layers that declare themselves `random`) is drawn from a stream of its own, so that a run's
    bits do not depend on what else uses torch's global generator, nor does the run disturb it. On a GPU the device's
    generator is used as it is.
    """

    def __init__(
        self,
        experiment: Experiment,
        network: nn.Sequential,
        chance: int,
        *,
        replay: bool = True,
        ranks: Ranks | None = None,
    ) -> None:
        """`chance` seeds the layers that draw random numbers. Without `replay` every step runs as it is written.

        With `ranks` other processes make the same step, see `SharedForwardBackward`; there is no replay then.

        Raises:
            BuildError: the network has nothing to learn.
        """
        self.network = network
        parameters = trained_parameters(network)
        if not parameters and any(True for _ in network.parameters()):
            raise BuildError(message(ALL_FROZEN))
        if not parameters:
            raise BuildError(message(NO_WEIGHTS))
        device, self._count = parameters[0].device, len(parameters)
        self.objective = Objective(experiment.recipe.loss, experiment.data.task, device)
        self.scoring = Scoring(experiment.data.task, experiment.recipe.loss.output_activation)
        random = any(row.layer.is_stochastic for row in enabled_rows(experiment))
        if ranks is not None:
            chance, replay = chance + ranks.rank, False
        stream = self.stream = RandomStream(chance) if random and device.type == "cpu" else None
        replay = replay and device.type != "mps"  # where chance cannot be put back, nothing can be compared
        self._move_as_written = OptimizerUpdate(experiment, network)
        look = _pass(network, self.objective, self.scoring, stream, ranks)
        self._adds = look.adds
        self._look_as_written = look
        self._look = Replayed(look, stream, allowed=replay)
        self._move = Replayed(self._move_as_written, allowed=replay)
        self._state = [tensor.detach() for tensor in network.state_dict().values()]
        self._kept = [tensor.clone() for tensor in self._state]
        self._verified = [tensor.clone() for tensor in self._state]
        self._steps = self._kept_at = self._verified_at = 0
        self._latest: tuple[Tensor, Tensor, StepResult] | None = None  # the batch that was looked at last
        self._norm_at_start = norm(self._move_as_written.penalty.weights)
        self._moved = 0.0  # by how much `restore` took the weights back, a norm
        self._restored_at = 0

    @property
    def replayed(self) -> bool:
        """Whether steps are played back."""
        return self._look.played and self._move.played

    def learn(
        self, inputs: Tensor, targets: Tensor, learning_rate: float, probe: StepProbe | None = None
    ) -> StepResult:
        """Train on a batch; a loss that is not finite changes no weights. `probe` examines the step."""
        loss, *found = self._look(inputs, targets)
        sums, gradients = found[: -self._count], found[-self._count :]
        divergence = 0.0
        if self._adds:
            added, *sums = sums
            divergence = added.item()
        terms = Terms(self._move_as_written.penalty(), divergence)
        weight = self.objective.weight(targets)
        outcome = StepResult(loss.item(), terms, tuple(item.item() for item in sums), weight)
        if outcome.finite:
            if self._steps % _KEEP_EVERY == 0:
                _copy(self._state, self._kept)
                self._kept_at = self._steps
            self._steps += 1
            if probe:
                probe.before(self._steps, inputs, targets, list(gradients), self._move_as_written.penalty)
            self._move(*gradients, learning_rate)
            if probe:
                probe.after()
        self._latest = (inputs, targets, outcome)
        return outcome

    def memory(self) -> StepMemory:
        """The memory besides `tensors`."""
        names = self._move_as_written.names()
        return StepMemory(self._steps, self._kept_at, self._verified_at, self._norm_at_start, names)

    def tensors(self) -> dict[str, Tensor]:
        """Every tensor that decides how it goes on, by name: the optimizer's, and weights to go back to."""
        own = {f"optimizer.{name}": tensor for name, tensor in self._move_as_written.tensors().items()}
        names = self.network.state_dict()
        for what, tensors in (("weights", self._state), ("kept", self._kept), ("verified", self._verified)):
            own |= {f"{what}.{name}": tensor for name, tensor in zip(names, tensors, strict=True)}
        return own

    def prepare(self, memory: StepMemory) -> None:
        """Restore the memory, and allocate each of the `tensors` that belong to it; their values are arbitrary."""
        self._steps, self._kept_at, self._verified_at, self._norm_at_start, names = memory
        if self._steps:
            self._move_as_written.prepare(names)

    def adopt(self, old: Experiment, new: Experiment) -> None:
        """Go on with the settings of `new`, which differs from `old` in live fields only."""
        was, now = old.recipe.optimizer, new.recipe.optimizer
        if was.with_(lr=now.lr) != now:
            self._move_as_written.adopt(now)
            self._move.forget()
        if old.recipe.regularizer != new.recipe.regularizer:
            self._move_as_written.penalty = Penalty(new, trained_parameters(self.network))
            self._move.forget()
        for module, before, after in zip(self.network, calls(old), calls(new), strict=True):
            for (part, was_made), (_, is_made) in zip(parts(module, before), parts(module, after), strict=True):
                changed = {item for item in set(is_made.kwargs) - set(was_made.kwargs) if not isinstance(item[1], Call)}
                for name, value in changed:
                    setattr(part, name, value)
                    self._look.forget()

    def verify(self) -> bool:
        """Whether all weights are finite; if so, keep a copy of them for `restore`."""
        if not _all_finite(self._state):
            return False
        _copy(self._state, self._verified)
        self._verified_at = self._steps
        return True

    def restore(self) -> int:
        """Restore the latest kept weights with a finite loss; return the number of steps after which they were current.

        If they are not all finite, which an activation can hide from the loss, restore the last verified ones.
        """
        kept, at = (self._kept, self._kept_at) if _all_finite(self._kept) else (self._verified, self._verified_at)
        weights = self._move_as_written.penalty.weights
        before = [weight.clone() for weight in weights]
        _copy(kept, self._state)
        self._moved, self._restored_at = norm(map(torch.sub, before, weights)), at
        return at

    def evidence(self) -> Evidence | None:
        """The evidence of why a run diverged, once `restore` has been called; None before the first batch.

        The last batch, which failed, or behind which a validation did, is looked at again with the weights that were
        restored, which stay as they are.
        """
        if self._latest is None:
            return None
        inputs, targets, outcome = self._latest
        before = [tensor.clone() for tensor in self._state]
        found = self._look_as_written(inputs, targets)
        _copy(before, self._state)  # BatchNorm takes note of what it sees
        gradients = list(found[-self._count :])
        curvature = self._sharpness(inputs, targets)
        _copy(before, self._state)
        of_loss, of_penalty, weights, numbers = self._move_as_written.penalty.norms(gradients)
        return Evidence(
            steps=self._steps,
            loss=outcome.loss,
            penalty=outcome.terms.penalty,
            kl_divergence=outcome.terms.kl_divergence,
            largest_input=_largest(inputs),
            largest_target=_largest(targets),
            loss_gradient=of_loss,
            penalty_gradient=of_penalty,
            weights=weights,
            weights_at_start=self._norm_at_start,
            moved=self._moved,
            moved_in=self._steps - self._restored_at,
            numbers=numbers,
            recurrent_gradient=self._recurrent(gradients),
            sharpness=curvature,
        )

    def _sharpness(self, inputs: Tensor, targets: Tensor) -> float:
        """The curvature of a batch's loss at the last verified weights, which become the state."""
        _copy(self._verified, self._state)
        chance = self.stream.generator.get_state() if self.stream else None

        def gradients() -> tuple[Tensor, ...]:
            if self.stream and chance is not None:
                self.stream.generator.set_state(chance)
            with torch.enable_grad():
                return self._look_as_written(inputs, targets)[-self._count :]

        return sharpness(gradients, [parameter.detach() for parameter in trained_parameters(self.network)])

    def _recurrent(self, gradients: list[Tensor]) -> float:
        """The norm of the gradients of recurrent layers."""
        layers = [module for module in self.network.modules() if isinstance(module, nn.RNNBase)]
        inside = {id(parameter) for layer in layers for parameter in layer.parameters()}
        pairs = zip(trained_parameters(self.network), gradients, strict=True)
        return norm(gradient for parameter, gradient in pairs if id(parameter) in inside)


def _pass(
    network: nn.Sequential, objective: Objective, scoring: Scoring, chance: RandomStream | None, ranks: Ranks | None
) -> ForwardBackward:
    if ranks is None:
        return ForwardBackward(network, objective, scoring, chance)
    return SharedForwardBackward(network, objective, scoring, chance, ranks=ranks)


def _largest(tensor: Tensor) -> float:
    """The largest magnitude; NaN where there is one. Of codes and classes it does not matter."""
    return tensor.abs().max().item() if tensor.is_floating_point() else 0.0


def _all_finite(tensors: list[Tensor]) -> bool:
    return all(bool(tensor.isfinite().all()) for tensor in tensors)


@torch.no_grad()
def _copy(source: list[Tensor], target: list[Tensor]) -> None:
    torch._foreach_copy_(target, source)
