"""The one-cycle policy: the learning rate rises to its peak, then falls far below its start, over the whole run."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, Written, call
from playground.spec.component import proportion, real
from playground.spec.messages import tr_noop
from playground.spec.recipe.schedules import STEPS, Schedule, half_cosine


class OneCycle(Schedule):
    """`torch.optim.lr_scheduler.OneCycleLR` without cycling momentum (Smith and Topin, 2018, arXiv:1708.07120)."""

    id: ClassVar[str] = "one_cycle"
    label: ClassVar[str] = tr_noop("One cycle")
    help: ClassVar[str] = tr_noop(
        "Rises to the learning rate, then falls far below where it began. Learns fast with high rates."
    )

    pct_start: float = proportion(
        0.3, tr_noop("Rise"), tr_noop("Share of the run in which the rate rises."), ge=0.01, le=0.99
    )
    div_factor: float = real(
        25.0,
        tr_noop("Starts at 1 /"),
        tr_noop("The rate begins at the peak divided by this."),
        ge=1.0,
        le=1e6,
        logarithmic=True,
    )
    final_div_factor: float = real(
        1e4,
        tr_noop("Ends at 1 /"),
        tr_noop("The rate ends at its beginning divided by this."),
        ge=1.0,
        le=1e9,
        logarithmic=True,
    )

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:
        start = 1.0 / self.div_factor
        end = start / self.final_div_factor
        top = self._rise(steps) * steps - 1
        if step <= top:
            return half_cosine(start, 1.0, step / top)
        return half_cosine(1.0, end, min(1.0, (step - top) / (steps - 1 - top)))

    def calls(self, lr: float) -> tuple[Call, ...]:
        cycle = call(
            "torch.optim.lr_scheduler.OneCycleLR",
            max_lr=lr,
            total_steps=Written(STEPS),
            pct_start=self._rise_as_code,
            div_factor=self.div_factor,
            final_div_factor=self.final_div_factor,
            cycle_momentum=False,
        )
        return (cycle,)

    def _rise(self, steps: int) -> float:
        """`pct_start`, moved slightly where the peak would fall on the first step, at which torch divides 0 by 0."""
        return self.pct_start - 1e-9 if self.pct_start * steps == 1.0 else self.pct_start

    @property
    def _rise_as_code(self) -> Written:
        """`_rise` for a run of any length."""
        always = self.pct_start * round(1.0 / self.pct_start) != 1.0
        return Written(repr(self.pct_start) if always else f"{self.pct_start!r} - 1e-9")
