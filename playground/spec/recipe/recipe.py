"""The recipe: all settings of training."""

from __future__ import annotations

from math import ceil
from typing import ClassVar

import playground.spec.recipe.one_cycle  # noqa: F401  registers it
from playground.spec.call import Call, call
from playground.spec.component import Component, choice, component, flag, integer, real
from playground.spec.devices import Device
from playground.spec.messages import tr_noop
from playground.spec.recipe.augmentations import Augmentation
from playground.spec.recipe.losses import CrossEntropy, Loss
from playground.spec.recipe.optimizers import Adam, Optimizer
from playground.spec.recipe.regularizers import NoRegularizer, Regularizer
from playground.spec.recipe.schedules import Constant, Schedule

MOST_EPOCHS = 10_000


class Stopping(Component):
    """Base of all stopping rules, which may end a run before its last epoch."""

    def call(self) -> Call | None:
        """The monitor that takes each epoch's validation loss and decides when to stop, or None."""
        return None


class NoStopping(Stopping):
    """Trains all epochs."""

    id: ClassVar[str] = "none"
    label: ClassVar[str] = tr_noop("Off")
    help: ClassVar[str] = tr_noop("Trains all epochs.")


class EarlyStopping(Stopping):
    """Stops when the validation loss has not fallen for a while (Prechelt, 1998, Early Stopping — But When?)."""

    id: ClassVar[str] = "early"
    label: ClassVar[str] = tr_noop("Early stopping")
    help: ClassVar[str] = tr_noop(
        "Stops when the loss on the validation data no longer falls: the loss that is trained with, label smoothing "
        "and class weights included. Needs validation data."
    )

    patience: int = integer(
        3,
        tr_noop("Patience"),
        tr_noop("Epochs without a better loss before it stops."),
        ge=1,
        le=1000,
        unit=tr_noop("epochs"),
    )
    restore_best: bool = flag(True, tr_noop("Restore best"), tr_noop("Goes back to the weights of the best epoch."))

    def call(self) -> Call | None:
        target = "playground.engine.training.early_stopping.EarlyStoppingMonitor"
        return call(target, patience=self.patience, restore_best=self.restore_best)


class Averaging(Component):
    """Base of all averaging: whether weights of the last step or averaged ones are tested, saved and read."""

    def call(self) -> Call | None:
        """The class that keeps the average, without its first argument, the network; or None."""
        return None


class NoAveraging(Averaging):
    """The weights of the last step."""

    id: ClassVar[str] = "none"
    label: ClassVar[str] = tr_noop("Off")
    help: ClassVar[str] = tr_noop("Takes the weights as the last step left them.")


class EMA(Averaging):
    """`torch.optim.swa_utils.AveragedModel` with an exponential moving average (Polyak and Juditsky, 1992)."""

    id: ClassVar[str] = "ema"
    label: ClassVar[str] = tr_noop("EMA")
    help: ClassVar[str] = tr_noop(
        "Keeps a moving average of the weights, which varies less than the weights themselves: the average is tested, "
        "saved and read."
    )
    keywords: ClassVar[str] = tr_noop("exponential moving average polyak swa averaged weights")

    decay: float = real(
        0.998,
        tr_noop("Decay"),
        tr_noop("Share of the average kept in each step: 0.998 averages about 500 steps."),
        ge=0.0,
        le=0.99999,
    )

    def call(self) -> Call | None:
        average = call("torch.optim.swa_utils.get_ema_multi_avg_fn", self.decay)
        return call("torch.optim.swa_utils.AveragedModel", multi_avg_fn=average, use_buffers=True)


class Recipe(Component):
    """Optimizer, schedule, loss, regularizer, augmentations, and the remaining numbers."""

    label: ClassVar[str] = tr_noop("Recipe")
    help: ClassVar[str] = tr_noop("How the network is trained.")

    optimizer: Optimizer = component(Adam(), tr_noop("Optimizer"), tr_noop("How a gradient becomes a step."), live=True)
    schedule: Schedule = component(
        Constant(), tr_noop("Schedule"), tr_noop("How the learning rate changes over the run.")
    )
    loss: Loss = component(CrossEntropy(), tr_noop("Loss"), tr_noop("The number that training minimises."))
    regularizer: Regularizer = component(
        NoRegularizer(), tr_noop("Regularizer"), tr_noop("Penalty for large weights."), live=True
    )
    batch_size: int = integer(32, tr_noop("Batch"), tr_noop("Number of samples in a step."), ge=1, le=60_000)
    epochs: int = integer(
        10,
        tr_noop("Epochs"),
        tr_noop("Number of passes over the training data. More may be added during training."),
        ge=1,
        le=MOST_EPOCHS,
        live=True,
    )
    augmentations: tuple[Augmentation, ...] = component(
        (), tr_noop("Augment"), tr_noop("Changes training images at random, in this order."), most=32
    )
    stopping: Stopping = component(NoStopping(), tr_noop("Stopping"), tr_noop("When to end before the last epoch."))
    averaging: Averaging = component(
        NoAveraging(),
        tr_noop("Average"),
        tr_noop("Whether a moving average of the weights is tested and saved."),
    )
    clip_norm: float = real(
        0.0,
        tr_noop("Clip"),
        tr_noop(
            "Largest norm of all gradients together, those of an L1 or L2 penalty included (unlike weight_decay in "
            "torch.optim, which is added after clipping); 0 leaves them as they are."
        ),
        ge=0.0,
        le=1e6,
        logarithmic=True,
        on=1.0,
    )
    device: Device = choice(
        "auto",
        tr_noop("Device"),
        tr_noop("The device that computes. Automatic uses a GPU where it helps."),
        labels={
            "auto": tr_noop("Automatic"),
            "cpu": tr_noop("CPU"),
            "cuda": tr_noop("NVIDIA GPU"),
            "mps": tr_noop("Apple GPU"),
        },
    )

    def steps_per_epoch(self, train_count: int) -> int:
        """Batches in an epoch over `train_count` samples; the last may be smaller."""
        return ceil(train_count / self.batch_size)
