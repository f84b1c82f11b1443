"""What the file of a pruned network says of the one that it was made from, and of what was done to it."""

from __future__ import annotations

from collections.abc import Sequence

from playground.engine.provenance import Derivation, Point, learned
from playground.engine.pruning.prune import By, Plan
from playground.engine.pruning.study import Size
from playground.engine.training.snapshots import Epoch, Figures
from playground.spec.number_text import percent_text, setting_text


def pruned_from(
    source: str,
    run: str | None,
    plan: Plan,
    sizes: tuple[Size, Size],
    before: Figures,
    epochs: Sequence[Epoch] = (),
    *,
    rewound: bool = False,
) -> Derivation:
    """The derivation of a pruned network.

    Args:
        source: the whole network, see `Derivation`.
        run: of the whole network.
        plan: how it was pruned.
        sizes: of the whole network and of the pruned one.
        before: how long the whole network had been trained.
        epochs: of the training that followed.
        rewound: whether weights went back to earlier ones, see `rewind`.
    """
    whole, left = sizes
    then, now, what = whole.flops, left.flops, "of the FLOPs"
    if plan.by is By.WEIGHT:
        then, now, what = whole.nonzero, left.nonzero, "of the parameters that were not zero"
    settings = [("by", plan.by.value)]
    if plan.by is not By.RANK:
        settings.append(("criterion", plan.criterion.value))
    settings += [
        ("removed", f"{percent_text((then - now) / max(1, then), 1)} {what}"),
        ("chosen", "among all layers together" if plan.everywhere else "the same share in every layer"),
        ("parameters", f"{left.parameters:,}, before {whole.parameters:,}"),
        ("fine-tuning", f"{plan.epochs:,} epoch{'s' * (plan.epochs != 1)}"),
    ]
    if rewound:
        settings.append(("rewound", "weights that stay went back to those of an earlier moment"))
    if plan.temperature is not None:
        settings.append(("teacher", f"the network before, at temperature {setting_text(plan.temperature)}"))
    curve = tuple(Point.of(epoch, losses=plan.temperature is None) for epoch in epochs)
    return Derivation("pruned", source, run, (*settings, *learned(before)), curve)
